"""Shows a report: as Markdown for a page, with rich on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from eval.metrics.measure import Measure
from eval.report import Report
from eval.table import COLUMN_METRICS, Cell, Comparison, Table
from eval.verdict import verdict

TITLES: Final = {"hit": "Hit rate", "mrr": "MRR"}
"""How the metrics of the columns are written above them."""


def to_markdown(report: Report) -> str:
    """What was asked; a table for each metric, cells with their interval; the verdicts."""
    table = report.table
    lines = [" ".join(_about(report)), ""]
    for metric in COLUMN_METRICS:
        header = [TITLES[metric], *(f"top {k}" for k in table.ks)]
        lines += ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
        for row in table.rows:
            cells = [_cell(row.cells[Measure(metric, k).label]) for k in table.ks]
            lines.append("| " + " | ".join([row.stage, *cells]) + " |")
        lines.append("")
    lines += [_caption(table), ""]
    lines += [f"- {measure}: {verdict(found, table)}." for measure, found in _headlines(table)]
    return "\n".join(lines).rstrip() + "\n"


def to_terminal(report: Report) -> Group:
    """The same for a rich console; fits 80 columns with four values of k."""
    table = report.table
    parts: list[Grid | Text] = [Text(line) for line in _about(report)]
    for metric in COLUMN_METRICS:
        grid = Grid(title=TITLES[metric], title_justify="left", box=box.SIMPLE_HEAD)
        grid.add_column("")
        for k in table.ks:
            grid.add_column(f"top {k}", justify="right", no_wrap=True)
        for row in table.rows:
            cells = [row.cells[Measure(metric, k).label] for k in table.ks]
            grid.add_row(row.stage, *(_two_lines(cell) for cell in cells))
        parts.append(grid)
    parts.append(Text(_caption(table), style="dim"))
    parts += [Text(f"{measure}: {verdict(found, table)}") for measure, found in _headlines(table)]
    return Group(*parts)


def _about(report: Report) -> list[str]:
    """The dataset, and whatever a reader must know before the numbers."""
    questions = len(report.table.queries)
    lines = [f"{report.dataset}: {questions} questions over {report.documents:,} documents."]
    if report.unjudged:
        lines.append(f"Left out, as they have no relevant document: {len(report.unjudged)}.")
    lines += [
        f"Degraded on {count} of {questions} questions: {reason}."
        for reason, count in sorted(report.degraded.items())
    ]
    return lines


def _headlines(table: Table) -> Iterator[tuple[str, Comparison]]:
    for measure in table.headline():
        for comparison in table.comparisons:
            if comparison.measure == measure:
                yield measure, comparison


def _cell(cell: Cell) -> str:
    return f"{cell.mean:.3f} [{cell.interval.low:.3f}, {cell.interval.high:.3f}]"


def _two_lines(cell: Cell) -> Text:
    interval = f"{cell.interval.low:.3f}–{cell.interval.high:.3f}"
    return Text.assemble((f"{cell.mean:.3f}\n", "bold"), (interval, "dim"))


def _caption(table: Table) -> str:
    return (
        f"Means over {len(table.queries)} questions with {table.resampling.level:.0%} "
        "bootstrap intervals; p-values are of a randomisation test, two-sided, uncorrected."
    )
