"""Renders the reference results as one page, from the reports of `make results`.

python benchmarks/reference_table.py docs/results docs/results/README.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.stages import ENSEMBLE, ENSEMBLE_RERANK
from eval.retrieval.verdict import outcome
from eval.statistics.significance import PairedTest

SETS = (
    *("scifact", "covidqa", "covidqa_full", "clapnq_dev", "codebase_qa", "medquad_eval"),
    *("news_snippets_zh_dev", "chunking_eval", "cmrc2018_dev", "cmrc2018_dev_pooled"),
)
FORCED = ("english_only_cmrc2018_dev", "english_only_cmrc2018_dev_pooled")
MEASURES = ("hit@1", "mrr@10", "ndcg@10")


def signed(test: PairedTest) -> str:
    return f"{test.difference:+.3f} [{test.interval.low:+.3f}, {test.interval.high:+.3f}]"


def stages(reports: dict[str, RetrievalReport]) -> Iterator[str]:
    yield "| set | questions | stage | " + " | ".join(MEASURES) + " |"
    yield "|---|---|---|" + "---|" * len(MEASURES)
    for name, report in reports.items():
        for row in report.table.rows:
            cells = " | ".join(f"{row.cells[measure].mean:.3f}" for measure in MEASURES)
            yield f"| {name} | {len(report.table.queries)} | {row.stage} | {cells} |"


def compared(
    reports: dict[str, RetrievalReport], stage: str, *, with_ensemble: bool
) -> Iterator[str]:
    """Compares `stage` with the ensemble, or with the best single route."""
    yield f"| set | measure | baseline | {stage} − baseline | p, corrected | |"
    yield "|---|---|---|---|---|---|"
    for name, report in reports.items():
        for found in report.table.comparisons:
            if found.stage == stage and (found.baseline == ENSEMBLE) is with_ensemble:
                verdict = outcome(found.test, found.p_corrected)
                yield (
                    f"| {name} | {found.measure} | {found.baseline} | {signed(found.test)} "
                    f"| {found.p_corrected:.3g} | {verdict.value} |"
                )


def tuned(folder: Path) -> Iterator[str]:
    yield "| set | settings kept | tuned − configured, MRR@10, held out | p, corrected |"
    yield "|---|---|---|---|"
    for name in SETS:
        path = folder / f"{name}.json"
        if not path.exists():
            continue
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        attempts = {attempt["scope"]: attempt for attempt in report["attempts"]}
        attempt = attempts[report["scope"] or "all queries"]
        gain = attempt["held_out"]
        interval = f"[{gain['interval']['low']:+.4f}, {gain['interval']['high']:+.4f}]"
        kept = report["settings"] if report["scope"] else {}
        weights = kept.get("weights", {})
        words = ", ".join(f"{route} {weight:g}" for route, weight in weights.items())
        settings = f"{kept['fusion']}, depth {kept['depth']}, {words}" if kept else "as configured"
        yield (
            f"| {name} | {settings} | {gain['difference']:+.4f} {interval} "
            f"| {attempt['p_corrected']:.3g} |"
        )


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    reports = {
        name: RetrievalReport.read(folder / f"{name}.json")
        for name in SETS
        if (folder / f"{name}.json").exists()
    }
    forced = {
        name: RetrievalReport.read(folder / f"{name}.json")
        for name in FORCED
        if (folder / f"{name}.json").exists()
    }
    lines = [
        "# Reference results",
        "",
        "Made by `make results` with the bundled models and default settings; every number is in",
        "the JSON of the same name beside this page, with the dataset's hash, versions, commit and",
        "the embedder, which is not the same in all of them.",
        "P-values are of randomisation tests, corrected by Holm's method within each report.",
        "",
        "## Every stage",
        "",
        *stages(reports),
        "",
        "## The ensemble against the best single route",
        "",
        *compared(reports, ENSEMBLE, with_ensemble=False),
        "",
        "## Reordered by term matches, against the ensemble",
        "",
        *compared(reports, ENSEMBLE_RERANK, with_ensemble=True),
        "",
        "## Reordered by term matches, against the best single route",
        "",
        *compared(reports, ENSEMBLE_RERANK, with_ensemble=False),
        "",
        "## An English-only embedder forced onto Chinese text",
        "",
        *stages(forced),
        "",
        *compared(forced, ENSEMBLE, with_ensemble=False),
        "",
        *compared(forced, ENSEMBLE_RERANK, with_ensemble=False),
        "",
        "## Tuned against the default settings",
        "",
        "Each question is scored by settings that were chosen without it.",
        "",
        *tuned(folder / "tuning"),
        "",
        "## Tuned against reciprocal rank fusion with K = 60 and equal weights",
        "",
        *tuned(folder / "tuning_from_rrf"),
    ]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
