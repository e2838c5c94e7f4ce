"""The table: a row for each stage, a column for each measure, and what separates the rows.

Every cell keeps the score of each query, so that any two tables over the same dataset can be
compared later. `eval.verdict` puts the comparisons into words, `eval.render` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.errors import InvalidRun
from eval.metrics.aggregate import mean_over_queries, score_queries
from eval.metrics.measure import Measure
from eval.runs import Run
from eval.significance import (
    LEVEL,
    RESAMPLES,
    SEED,
    Interval,
    PairedTest,
    bootstrap_interval,
    paired_test,
)

COLUMN_METRICS: Final = ("hit", "mrr")
"""What the columns show at each k."""
FURTHER_MEASURES: Final = (
    Measure("mrr", 10),
    Measure("ndcg", 10),
    Measure("recall", 10),
    Measure("recall", 100),
    Measure("map", 100),
)
"""What reports hold beside the columns."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals and p-values are computed."""

    level: float = LEVEL
    resamples: int = RESAMPLES
    seed: int = SEED


DEFAULT_RESAMPLING: Final = Resampling()
"""95 % intervals from 10,000 resamples."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A mean over the judged queries. ``scores`` are in the order of ``Table.queries``."""

    mean: float
    interval: Interval
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One stage; ``cells`` are by the label of their measure."""

    stage: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stage against the single route that is best on this measure.

    The route is chosen on the same queries, which favours the route: a stage that is better than
    it, is better than either. P-values are of one comparison, uncorrected for their number.
    ``won`` and ``lost`` count queries.
    """

    stage: str
    route: str
    measure: str
    test: PairedTest
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Table:
    """``routes`` are the stages that are one route alone; the others combine them."""

    ks: tuple[int, ...]
    routes: tuple[str, ...]
    queries: tuple[str, ...]
    resampling: Resampling
    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]

    def row(self, stage: str) -> Row:
        """The row of a stage. Raises `KeyError`."""
        for row in self.rows:
            if row.stage == stage:
                return row
        raise KeyError(stage)

    def headline(self) -> tuple[str, str]:
        """What verdicts are given on: hit rate at the smallest k and MRR at the largest."""
        return Measure("hit", min(self.ks)).label, Measure("mrr", max(self.ks)).label


def build_table(
    runs: Sequence[Run],
    qrels: Mapping[str, Mapping[str, int]],
    *,
    routes: Sequence[str],
    ks: Sequence[int],
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Table:
    """Scores every run and compares each with the best single route, measure by measure.

    Rows stand in the order of ``runs``, queries in that of ``qrels``.

    Raises:
        InvalidRun: two runs of one stage, or a route without a run, or no route.
        QueryMismatch: a run lacks a judged query, or has one that is not judged.
    """
    stages = [run.stage for run in runs]
    if len(set(stages)) != len(stages):
        raise InvalidRun(f"several runs have the same stage: {', '.join(stages)}")
    if not routes or not set(routes) <= set(stages):
        raise InvalidRun(f"routes ({', '.join(routes)}) must be stages ({', '.join(stages)})")
    if not ks:
        raise ValueError("a table needs at least one k")
    columns = [Measure(metric, k) for metric in COLUMN_METRICS for k in sorted(set(ks))]
    measures = list(dict.fromkeys([*columns, *FURTHER_MEASURES]))
    rows = tuple(_row(run, measures, qrels, resampling) for run in runs)
    return Table(
        ks=tuple(sorted(set(ks))),
        routes=tuple(routes),
        queries=tuple(qrels),
        resampling=resampling,
        rows=rows,
        comparisons=tuple(
            comparison
            for measure in measures
            for comparison in _compare(rows, routes, measure.label, resampling)
        ),
    )


def _row(
    run: Run,
    measures: Sequence[Measure],
    qrels: Mapping[str, Mapping[str, int]],
    resampling: Resampling,
) -> Row:
    rankings = run.document_ids()
    cells: dict[str, Cell] = {}
    for measure in measures:
        by_query = score_queries(measure, rankings, qrels)
        scores = tuple(by_query.values())
        cells[measure.label] = Cell(
            mean=mean_over_queries(by_query, qrels),
            interval=bootstrap_interval(
                scores,
                level=resampling.level,
                resamples=resampling.resamples,
                seed=resampling.seed,
            ),
            scores=scores,
        )
    return Row(run.stage, cells)


def _compare(
    rows: Sequence[Row], routes: Sequence[str], measure: str, resampling: Resampling
) -> list[Comparison]:
    best = max(
        (row for row in rows if row.stage in routes),
        key=lambda row: row.cells[measure].mean,
    )
    baseline = best.cells[measure].scores
    comparisons = []
    for row in rows:
        if row is best:
            continue
        scores = row.cells[measure].scores
        comparisons.append(
            Comparison(
                stage=row.stage,
                route=best.stage,
                measure=measure,
                test=paired_test(
                    scores,
                    baseline,
                    level=resampling.level,
                    resamples=resampling.resamples,
                    seed=resampling.seed,
                ),
                won=sum(a > b for a, b in zip(scores, baseline, strict=True)),
                lost=sum(a < b for a, b in zip(scores, baseline, strict=True)),
            )
        )
    return comparisons
