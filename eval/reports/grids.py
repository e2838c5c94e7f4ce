"""The tables of a report as text, shared by all formats."""

from __future__ import annotations

from dataclasses import dataclass

from eval.metrics.measure import Measure
from eval.reports.wording import TITLES
from eval.retrieval.breakdown import Breakdown
from eval.retrieval.table import FURTHER_MEASURES, Cell, Table
from eval.retrieval.verdict import difference


@dataclass(frozen=True, slots=True)
class Grid:
    """A header, and rows with the same number of cells; the first cell of a row names it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def columns(table: Table, metric: str) -> Grid:
    """A table of one metric for every stage and k, with intervals."""
    return Grid(
        (TITLES[metric], *(f"top {k}" for k in table.ks)),
        tuple(
            (row.stage, *(_with_interval(row.cells[Measure(metric, k).label]) for k in table.ks))
            for row in table.rows
        ),
    )


def comparisons(table: Table) -> Grid:
    """A table of every comparison with its figures."""
    p_values = ("p bootstrap", "p randomisation", "p corrected")
    return Grid(
        ("Comparison", "measure", "difference", *p_values, "won", "lost"),
        tuple(
            (
                f"{found.stage} − {found.baseline}",
                found.measure,
                difference(found.test),
                f"{found.test.p_bootstrap:.4f}",
                f"{found.test.p_randomisation:.4f}",
                f"{found.p_corrected:.4f}",
                str(found.won),
                str(found.lost),
            )
            for found in table.comparisons
        ),
    )


def all_measures(table: Table) -> Grid:
    """A table of the measures without columns of their own, beside MRR."""
    labels = [measure.label for measure in FURTHER_MEASURES]
    return Grid(
        ("All measures", *labels),
        tuple(
            (row.stage, *(f"{row.cells[label].mean:.3f}" for label in labels)) for row in table.rows
        ),
    )


def broken_down(breakdown: Breakdown) -> Grid:
    """A table of the headline measures of each group of questions on each stage."""
    labels = next(iter(breakdown.groups[0].means.values())).keys()
    return Grid(
        (f"By {breakdown.by}", "questions", "stage", *labels),
        tuple(
            (group.name, str(group.questions), stage, *(f"{means[label]:.3f}" for label in labels))
            for group in breakdown.groups
            for stage, means in group.means.items()
        ),
    )


def _with_interval(cell: Cell) -> str:
    """``0.750 [0.662, 0.838]``."""
    return f"{cell.mean:.3f} [{cell.interval.low:.3f}, {cell.interval.high:.3f}]"
