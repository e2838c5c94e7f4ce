"""Renders a report on answers as Markdown or for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich import box
from rich.console import Group as Lines
from rich.table import Table
from rich.text import Text

from eval.answers.answer_report import AnswerReport
from eval.answers.grouping import Group
from eval.answers.judge import JudgeReport
from eval.answers.measures.abstention import Abstention
from eval.answers.measures.mean_score import Score
from eval.answers.outcomes.outcome_grids import group_grids, outcome_words, overall_grid
from eval.answers.scoring import MEASURES
from eval.reports.grids import Grid
from eval.reports.markdown import plain, table

GROUP_MEASURES: Final = ("f1", "recall", "contains", "reference_cited", "citation_hit")
"""Measures shown by group; the JSON has all."""


def to_markdown(report: AnswerReport) -> str:
    """Renders the report as Markdown: data, measures with their denominators, and groups."""
    blocks = [
        [plain(line) for line in _about(report)],
        *(table(grid.header, grid.rows) for grid in _outcomes(report, intervals=True)),
        table(_header(report), (_row(name, score, of) for name, score, of in _scores(report))),
        *(
            table(_group_header(report, by), _group_rows(report, groups))
            for by, groups in report.groups.items()
            if groups
        ),
        [plain(_closing(report))],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def to_terminal(report: AnswerReport) -> Lines:
    """Renders the report for a rich console."""
    parts: list[Table | Text] = [Text(line) for line in _about(report)]
    outcomes = _outcomes(report, intervals=False)
    parts += [_grid(grid.header, grid.rows) for grid in outcomes[:1]]
    if outcomes[1:]:
        parts.append(Text("Shares of the questions that have an answer, and of those with none:"))
        parts += [_grid(grid.header, grid.rows, whole_names=True) for grid in outcomes[1:]]
    parts.append(_grid(_header(report), [_row(*line) for line in _scores(report)]))
    parts += [
        _grid(_group_header(report, by), list(_group_rows(report, groups)))
        for by, groups in report.groups.items()
        if groups
    ]
    parts.append(Text(_closing(report)))
    return Lines(*parts)


def _outcomes(report: AnswerReport, *, intervals: bool) -> list[Grid]:
    """Tables of outcomes; empty if no question could be judged."""
    if not report.outcomes.overall.counts:
        return []
    grouped = group_grids(report.outcomes, intervals=intervals)
    return [overall_grid(report.outcomes), *(grid for _, grid in grouped)]


def _grid(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, whole_names: bool = False
) -> Table:
    grid = Table(box=box.SIMPLE_HEAD)
    for column in header:
        grid.add_column(
            column,
            justify="left" if column in (header[0], "of") else "right",
            no_wrap=whole_names and column == header[0],
        )
    for row in rows:
        grid.add_row(*row)
    return grid


def _about(report: AnswerReport) -> list[str]:
    """The dataset and remarks that belong before the numbers."""
    overall = report.overall
    asked = overall.answerable + overall.unanswerable
    questions = f"{overall.answerable} answerable and {overall.unanswerable} unanswerable questions"
    lines = [
        f"{report.dataset}: {questions} over {report.documents:,} documents.",
        f"Generator: {report.generator}.",
    ]
    if report.unjudged:
        lines.append(f"Left out, as they have no relevant document: {len(report.unjudged)}.")
    lines += [
        f"Degraded on {count} of {asked} questions: {reason}."
        for reason, count in sorted(report.degraded.items())
    ]
    if report.misquoted:
        lines.append(
            f"NOT VERBATIM: {report.misquoted} of {report.quotations} quotations and sentences."
        )
    if report.judge:
        judge = report.judge
        lines.append(
            f"Judged by {judge.model}: {len(judge.judgements)} of {judge.asked} answers; "
            f"{judge.unparsable} verdicts could not be read, {judge.unavailable} were not given."
        )
    return lines


def _closing(report: AnswerReport) -> str:
    verbatim = report.quotations - report.misquoted
    return (
        f"{outcome_words(report.outcomes)} {_calibration(report)}"
        f"Verbatim: {verbatim} of {report.quotations} quotations and sentences. "
        f"Time to an answer: {report.milliseconds.p50:.0f} ms (median), "
        f"{report.milliseconds.p95:.0f} ms (95th percentile)."
    ).strip()


def _calibration(report: AnswerReport) -> str:
    found = report.calibration.get("all")
    if found is None:
        return ""
    auc = "" if found.auc is None else f", area under the curve {found.auc:.3f}"
    return f"Probabilities of {found.answers} answers: calibration error {found.error:.3f}{auc}. "


def _scores(report: AnswerReport) -> Iterator[tuple[str, Score, str]]:
    """Yields every mean with its name and the questions that it is over."""
    for measure, of in MEASURES.items():
        if measure in report.overall.measures:
            yield measure, report.overall.measures[measure], of
    if report.abstention.answered:
        yield "answered", report.abstention.answered, "answerable questions"
    yield from _abstention_scores(report.abstention, "unanswerable questions")
    if report.withheld:
        yield from _abstention_scores(report.withheld, "questions without what answers them")
    if report.judge:
        yield from _judge_scores(report.judge)


def _abstention_scores(found: Abstention, over: str) -> Iterator[tuple[str, Score, str]]:
    for name, score, of in (
        ("abstention precision", found.precision, f"abstentions on answerable and {over}"),
        ("abstention recall", found.recall, over),
    ):
        if score is not None:
            yield name, score, of


def _judge_scores(judge: JudgeReport) -> Iterator[tuple[str, Score, str]]:
    for name, score, of in (
        ("judged supported", judge.supported, "answers with a verdict"),
        ("judged to answer", judge.answers, "those of answerable questions"),
        ("judged to answer", judge.answers_unanswerable, "those of unanswerable questions"),
    ):
        if score is not None:
            yield name, score, of


def _header(report: AnswerReport) -> list[str]:
    levels = {score.interval.level for _, score, _ in _scores(report)}
    return ["measure", "mean", f"{min(levels):.0%} interval", "n", "of"]


def _row(name: str, score: Score, of: str) -> list[str]:
    interval = f"[{score.interval.low:.3f}, {score.interval.high:.3f}]"
    return [name, f"{score.mean:.3f}", interval, str(score.n), of]


def _shown(report: AnswerReport) -> list[str]:
    return [measure for measure in GROUP_MEASURES if measure in report.overall.measures]


def _group_header(report: AnswerReport, by: str) -> list[str]:
    return [by, "answerable", "unanswerable", "abstained", *_shown(report)]


def _group_rows(report: AnswerReport, groups: Mapping[str, Group]) -> Iterator[list[str]]:
    for name, group in groups.items():
        means = [
            f"{group.measures[measure].mean:.3f}" if measure in group.measures else "–"
            for measure in _shown(report)
        ]
        counts = [group.answerable, group.unanswerable, group.abstained]
        yield [name, *map(str, counts), *means]
