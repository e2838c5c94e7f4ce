"""The table: a row for each stage, a column for each measure, and what separates the rows.

Every row keeps, for each query, the rank of the first relevant document. Hit rate and reciprocal
rank at any depth follow from it, so that any two stages of any two tables over the same dataset can
be compared later (`eval.retrieval.traces`, `eval.reports.compare`). `eval.retrieval.verdict` puts
comparisons into words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from eval.errors import InvalidRun
from eval.metrics.aggregate import mean_over_queries, score_queries
from eval.metrics.measure import Measure
from eval.retrieval.runs import Run
from eval.statistics.holm import holm
from eval.statistics.ranks import first_relevant, score_of_rank
from eval.statistics.significance import (
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
    Measure("precision", 10),
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
    """A mean over the judged queries."""

    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Row:
    """One stage; ``cells`` are by the label of their measure.

    ``ranks`` are those of the first relevant document of each query, in the order of
    ``Table.queries``; ``None`` where the stage found none.
    """

    stage: str
    cells: Mapping[str, Cell]
    ranks: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stage against another on one measure. ``won`` and ``lost`` count queries.

    ``p_corrected`` is the p-value of the randomisation test by Holm's method, over all comparisons
    of the table; the p-values in ``test`` are of this comparison alone.
    """

    stage: str
    baseline: str
    measure: str
    test: PairedTest
    p_corrected: float
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Table:
    """``routes`` are the stages that are one route alone; the others combine them.

    ``comparisons`` are made on the headline measures: of every stage with the route that is best
    on the measure, and of every combination with the one before it. The best route is chosen on
    the same queries, which favours the route: a stage that is better than it, is better than any.
    """

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

    @property
    def combinations(self) -> tuple[str, ...]:
        """The stages that combine routes, in their order."""
        return tuple(row.stage for row in self.rows if row.stage not in self.routes)

    @property
    def final(self) -> str:
        """What a search returns in the end: the last combination, or the last route alone."""
        return (self.combinations or self.routes)[-1]

    def headline(self) -> tuple[Measure, Measure]:
        """What verdicts are given on: hit rate at the smallest k and MRR at the largest."""
        return headline(self.ks)


def headline(ks: Sequence[int]) -> tuple[Measure, Measure]:
    """Hit rate at the smallest k and MRR at the largest."""
    return Measure("hit", min(ks)), Measure("mrr", max(ks))


def build_table(
    runs: Sequence[Run],
    qrels: Mapping[str, Mapping[str, int]],
    *,
    routes: Sequence[str],
    ks: Sequence[int],
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Table:
    """Scores every run and compares the stages on the headline measures.

    Rows stand in the order of ``runs``, queries in that of ``qrels``.

    Raises:
        InvalidRun: a stage has two runs or none, or no stage is a route.
        QueryMismatch: a run is not over exactly the judged queries.
        ValueError: ``ks`` is empty.
    """
    stages = [run.stage for run in runs]
    if len(set(stages)) != len(stages):
        raise InvalidRun(f"a stage has more than one run: {', '.join(stages)}")
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
        comparisons=_compare(rows, routes, headline(ks), resampling),
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
        cells[measure.label] = Cell(
            mean=mean_over_queries(by_query, qrels),
            interval=bootstrap_interval(
                tuple(by_query.values()),
                level=resampling.level,
                resamples=resampling.resamples,
                seed=resampling.seed,
            ),
        )
    ranks = (first_relevant(rankings[query_id], judged) for query_id, judged in qrels.items())
    return Row(run.stage, cells, tuple(ranks))


def _compare(
    rows: Sequence[Row],
    routes: Sequence[str],
    measures: Sequence[Measure],
    resampling: Resampling,
) -> tuple[Comparison, ...]:
    family = [
        _comparison(row, baseline, measure, resampling)
        for measure in measures
        for row, baseline in _pairs(rows, routes, measure)
    ]
    corrected = holm([found.test.p_randomisation for found in family])
    return tuple(replace(found, p_corrected=p) for found, p in zip(family, corrected, strict=True))


def _pairs(
    rows: Sequence[Row], routes: Sequence[str], measure: Measure
) -> Iterator[tuple[Row, Row]]:
    """Each stage with the best route, and each combination with the one that it builds on."""
    best = max(
        (row for row in rows if row.stage in routes),
        key=lambda row: row.cells[measure.label].mean,
    )
    yield from ((row, best) for row in rows if row is not best)
    combinations = [row for row in rows if row.stage not in routes]
    yield from zip(combinations[1:], combinations, strict=False)


def _comparison(row: Row, baseline: Row, measure: Measure, resampling: Resampling) -> Comparison:
    """The comparison as if it were the only one."""
    scores = [score_of_rank(measure, rank) for rank in row.ranks]
    others = [score_of_rank(measure, rank) for rank in baseline.ranks]
    test = paired_test(
        scores,
        others,
        level=resampling.level,
        resamples=resampling.resamples,
        seed=resampling.seed,
    )
    return Comparison(
        stage=row.stage,
        baseline=baseline.stage,
        measure=measure.label,
        test=test,
        p_corrected=test.p_randomisation,
        won=sum(a > b for a, b in zip(scores, others, strict=True)),
        lost=sum(a < b for a, b in zip(scores, others, strict=True)),
    )
