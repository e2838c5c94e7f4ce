"""Renders a retrieval report as Markdown or for a terminal."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from eval.datasets.dataset import Dataset
from eval.metrics.measure import Measure
from eval.reports.grids import Grid, all_measures, broken_down, columns, comparisons
from eval.reports.markdown import plain, table
from eval.reports.retrieval_report import RetrievalReport
from eval.reports.wording import TITLES, about, caption, printable, rank_text, verdicts
from eval.retrieval.breakdown import breakdowns
from eval.retrieval.table import COLUMN_METRICS, Cell, Table
from eval.retrieval.traces import Diff, QuestionTrace, diff

SHOWN_QUESTIONS: Final = 5
"""Number of won questions that are listed, and of lost ones."""


def to_markdown(report: RetrievalReport) -> str:
    """Renders verdicts, tables of all metrics and comparisons, and questions won and lost."""
    found = report.table
    blocks = [
        [plain(line) for line in about(report)],
        [f"- {line}" for line in verdicts(found)],
        *(_lines(columns(found, metric)) for metric in COLUMN_METRICS),
        [caption(found)],
        _lines(comparisons(found)),
        _lines(all_measures(found)),
        *(_lines(broken_down(breakdown)) for breakdown in breakdowns(report)),
        *(lines for pair in _pairs(found) for lines in _questions(diff(report, *pair))),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _lines(grid: Grid) -> list[str]:
    return table(grid.header, grid.rows) if grid.rows else []


def _pairs(found: Table) -> list[tuple[str, str]]:
    """Each combination with the stage that it is compared with on MRR."""
    _, mrr = found.headline()
    return [
        (item.stage, item.baseline)
        for item in found.comparisons
        if item.measure == mrr.label and item.stage in found.combinations
    ]


def _questions(found: Diff) -> list[list[str]]:
    rows = [
        [result, trace.id, *map(rank_text, trace.ranks.values())] for result, trace in _first(found)
    ]
    return [[_tally(found)], table(["", "question", *found.stages], rows)] if rows else []


def _tally(found: Diff) -> str:
    tally = (
        f"{found.stage} against {found.baseline} on {found.measure}, question by question: "
        f"{len(found.won)} won, {len(found.lost)} lost"
    )
    if not found.won and not found.lost:
        return f"{tally}."
    return (
        f"{tally}; the largest differences, with the rank of the first relevant document on every "
        "stage:"
    )


def _first(found: Diff) -> list[tuple[str, QuestionTrace]]:
    """The largest gains and losses."""
    won = [("won", trace) for trace in found.won[:SHOWN_QUESTIONS]]
    return won + [("lost", trace) for trace in found.lost[:SHOWN_QUESTIONS]]


def to_terminal(report: RetrievalReport) -> Group:
    """Renders columns, breakdown and verdicts for a rich console of 80 columns."""
    found = report.table
    parts: list[RichTable | Text] = [Text(printable(line)) for line in about(report)]
    for metric in COLUMN_METRICS:
        shown = _rich_table(TITLES[metric], "", *(f"top {k}" for k in found.ks))
        for row in found.rows:
            at_depths = [row.cells[Measure(metric, k).label] for k in found.ks]
            shown.add_row(row.stage, *map(_two_lines, at_depths))
        parts.append(shown)
    for grid in map(broken_down, breakdowns(report)):
        shown = _rich_table(grid.header[0], "", *grid.header[1:])
        for cells in grid.rows:
            shown.add_row(*(Text(printable(cell)) for cell in cells))
        parts.append(shown)
    parts.append(Text(caption(found), style="dim"))
    parts += [Text(line) for line in verdicts(found)]
    return Group(*parts)


def diff_to_terminal(found: Diff, dataset: Dataset | None = None) -> Group:
    """Renders the first questions won and lost, with their texts if the dataset is given."""
    if not found.won and not found.lost:
        return Group(Text(_tally(found)))
    shown = _rich_table("", "", *found.stages)
    for result, trace in _first(found):
        asked = dataset.queries[trace.id].text if dataset else trace.id
        ranks = (rank_text(rank) for rank in trace.ranks.values())
        shown.add_row(Text(f"{result}: {printable(asked)}"), *ranks)
    return Group(Text(_tally(found)), shown)


def _rich_table(title: str, *header: str) -> RichTable:
    shown = RichTable(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(header):
        shown.add_column(column, justify="right" if number else "left", no_wrap=bool(number))
    return shown


def _two_lines(cell: Cell) -> Text:
    interval = f"{cell.interval.low:.3f}–{cell.interval.high:.3f}"
    return Text.assemble((f"{cell.mean:.3f}\n", "bold"), (interval, "dim"))
