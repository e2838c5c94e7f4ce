"""Runs an evaluation of answers for the command line: progress, tables, files, gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from app.domain.documents import Scalar
from app.durability.files import write_text
from app.ports.models import Generator
from eval.answers.answer_report import AnswerReport
from eval.answers.evaluate import Answerer, evaluate_answers
from eval.answers.outcomes.comparison import (
    AnswerComparison,
    check_answer_regression,
    compare_answers,
)
from eval.answers.outcomes.thresholds import check_answer_thresholds, parse_answer_threshold
from eval.answers.render_answers import to_terminal
from eval.answers.shown import ShownAnswer, to_json_lines
from eval.datasets.dataset import Dataset
from eval.page.answers_page import answers_to_html
from eval.reports.wording import printable

LISTED: Final = 40
"""Number of lost questions that the terminal lists; a page or the texts have all."""


@dataclass(frozen=True, slots=True)
class AnswerOutputs:
    """Output files of an evaluation; ``None`` writes nothing.

    ``texts`` gets one line of JSON per question, ``html`` a page. ``keep_texts`` adds the texts to
    the JSON report, which otherwise has only ids and numbers.
    """

    json: Path | None = None
    texts: Path | None = None
    html: Path | None = None
    keep_texts: bool = False


@dataclass(frozen=True, slots=True)
class AnswerGates:
    """Gates of an evaluation, see `eval.answers.outcomes`."""

    thresholds: Sequence[str] = ()
    base: Path | None = None


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
    outputs: AnswerOutputs = AnswerOutputs(),
    gates: AnswerGates = AnswerGates(),
) -> tuple[AnswerReport, list[str]]:
    """Evaluates answers, shows the report, and writes what ``outputs`` asks for.

    See `evaluate_answers` for the rest.

    Returns:
        The report, and the gates that failed, in words.

    Raises:
        EvaluationError: as `evaluate_answers`; or a threshold or the base can't be read, which is
            raised before the first question.
    """
    for threshold in gates.thresholds:
        parse_answer_threshold(threshold)
    base = AnswerReport.read(gates.base) if gates.base else None
    shown: list[ShownAnswer] = []
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
            on_answer=shown.append,
        )
    if outputs.keep_texts:
        report = replace(report, shown=tuple(shown))
    console.print(to_terminal(report))
    _write(report, shown, outputs, console)
    failures = check_answer_thresholds(report, gates.thresholds)
    if base is not None:
        comparison = compare_answers(report, base)
        _tell_lost(comparison, console)
        failures += check_answer_regression(report, comparison)
    return report, failures


def _write(
    report: AnswerReport, shown: Sequence[ShownAnswer], outputs: AnswerOutputs, console: Console
) -> None:
    if outputs.json is not None:
        report.save(outputs.json)
    if outputs.texts is not None:
        write_text(outputs.texts, to_json_lines(shown))
    if outputs.html is not None:
        write_text(outputs.html, answers_to_html(report, shown))
    for path in (outputs.json, outputs.texts, outputs.html):
        if path is not None:
            console.print(f"written: {path}")


def _tell_lost(comparison: AnswerComparison, console: Console) -> None:
    """Lists the questions whose outcome got worse, significant or not."""
    lost = comparison.lost
    won = len(comparison.changed) - len(lost)
    console.print(f"against the base: {won} questions won, {len(lost)} lost")
    for found in lost[:LISTED]:
        line = f"lost: {printable(found.id)}: {found.before.value}, now {found.after.value}"
        console.print(line, markup=False)
    if len(lost) > LISTED:
        console.print(f"and {len(lost) - LISTED} more")
