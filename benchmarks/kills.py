"""Kills processes that write to a store a thousand times, and records the damage found.

python benchmarks/kills.py benchmarks/results/kills.json 1000 7
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from machine import provenance

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    out, kills, seed = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    machine = provenance("faiss-cpu", "tantivy")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", kills, seed],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    result = json.loads(done.stdout) | {"provenance": machine}
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
