"""Sends every hostile input of the tests to a server and records its cost.

python benchmarks/hostile_inputs.py benchmarks/results/hostile_inputs.json [PART-OF-A-NAME …]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from machine import provenance

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # for the inputs, which lie with the tests

from tests.integration.hostile.bodies import BODIES  # noqa: E402 - see above
from tests.integration.hostile.cases import CPU_S, FileCase, RequestCase  # noqa: E402 - see above
from tests.integration.hostile.measuring import (  # noqa: E402 - see above
    HEALTHZ_S,
    MEMORY_BYTES,
    Cost,
    Server,
)
from tests.integration.hostile.packed_files import PACKED_FILES  # noqa: E402 - see above
from tests.integration.hostile.questions import QUESTIONS  # noqa: E402 - see above
from tests.integration.hostile.text_files import TEXT_FILES  # noqa: E402 - see above


def main() -> None:
    out, wanted = Path(sys.argv[1]), sys.argv[2:]
    cases: list[FileCase | RequestCase] = [*TEXT_FILES, *PACKED_FILES, *BODIES, *QUESTIONS]
    chosen = [case for case in cases if not wanted or any(part in case.name for part in wanted)]
    costs: dict[str, Cost] = {}
    others: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as directory, Server(ROOT, Path(directory)) as server:
        for case in chosen:
            cost = server.upload(case) if isinstance(case, FileCase) else server.send(case)
            costs[case.name] = cost
            if cost.outcome != case.outcome:
                others[case.name] = f"{cost.outcome}, where {case.outcome} was expected"
            if cost.cpu_s > case.cpu_s:
                others[case.name] = f"{cost.cpu_s:g} s, where {case.cpu_s:g} are allowed"
            if not server.answers():
                others[case.name] = "the server does not answer any more"
            print(case.name, cost, others.get(case.name, ""), flush=True)
        traced = server.log().count("Traceback")
    result = {
        "inputs": len(costs),
        "other_outcomes": others,
        "tracebacks_in_the_log": traced,
        "over_a_bound": {
            f"cpu_s > {CPU_S:g}": _names(costs, lambda cost: cost.cpu_s > CPU_S),
            "memory_bytes > 2**30": _names(costs, lambda cost: cost.memory_bytes > MEMORY_BYTES),
            f"healthz_s > {HEALTHZ_S:g}": _names(costs, lambda cost: cost.healthz_s > HEALTHZ_S),
        },
        "most": {
            "cpu_s": max(cost.cpu_s for cost in costs.values()),
            "memory_bytes": max(cost.memory_bytes for cost in costs.values()),
            "healthz_s": max(cost.healthz_s for cost in costs.values()),
        },
        "by_input": {name: asdict(cost) for name, cost in costs.items()},
        "provenance": provenance("lxml", "markdown-it-py", "pypdfium2", "uvicorn"),
    }
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in result.items() if k != "by_input"}, indent=2))


def _names(costs: dict[str, Cost], over: Callable[[Cost], bool]) -> list[str]:
    return [name for name, cost in costs.items() if over(cost)]


if __name__ == "__main__":
    main()
