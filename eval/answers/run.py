"""An evaluation of answers as the command line shows it: progress, tables, a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.domain import Scalar
from app.ports import Generator
from eval.answers.evaluate import Answerer, evaluate_answers
from eval.answers.render import to_terminal
from eval.answers.report import AnswerReport
from eval.dataset import Dataset


def run_answers(
    dataset: Dataset,
    answerer: Answerer,
    *,
    generator: str,
    provenance: Mapping[str, Scalar],
    console: Console,
    judge: Generator | None = None,
    limit: int | None = None,
    withhold: bool = False,
    out: Path | None = None,
) -> AnswerReport:
    """Evaluates answers, shows the report, and writes its JSON to ``out``.

    See `evaluate_answers` for the rest, and for what it raises.
    """
    with Progress(console=console) as bar:
        task = bar.add_task("answering", total=None)
        report = evaluate_answers(
            dataset,
            answerer,
            generator=generator,
            provenance=provenance,
            judge=judge,
            limit=limit,
            withhold=withhold,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(to_terminal(report))
    if out is not None:
        report.save(out)
        console.print(f"written: {out}")
    return report
