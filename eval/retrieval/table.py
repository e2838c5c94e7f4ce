"""The table of an evaluation: a row per stage, a column per measure, and comparisons of rows.

Every row keeps the rank of the first relevant document for each query. Hit rate and reciprocal rank
at any depth follow from it, so any two stages of any two tables over the same dataset can be
compared later (`eval.retrieval.traces`, `eval.reports.compare`). `eval.retrieval.verdict` puts
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
"""Metrics of the columns at each k."""
FURTHER_MEASURES: Final = (
    Measure("mrr", 10),
    Measure("ndcg", 10),
    Measure("recall", 10),
    Measure("recall", 100),
    Measure("precision", 10),
    Measure("map", 100),
)
"""Measures that reports have beside the columns."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """Parameters of intervals and p-values."""

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
    """The scores of a stage; ``cells`` are by measure label.

    ``ranks`` are those of the first relevant document of each query, in the order of
    ``Table.queries``; ``None`` if the stage found none.
    """

    stage: str
    cells: Mapping[str, Cell]
    ranks: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of a stage with a baseline on one measure. ``won`` and ``lost`` count queries.

    ``p_corrected`` is the p-value of the randomisation test, Holm-corrected over all comparisons of
    the table; those in ``test`` are uncorrected.
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
    """The scores of all stages; ``routes`` are the stages that are a single route.

    ``comparisons`` are on the headline measures: every stage with the best route on that measure,
    and every combination with the one before it. The best route is chosen on the same queries,
    which favours it; so a stage that beats it beats any route.
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
        """The stages that combine routes, in order."""
        return tuple(row.stage for row in self.rows if row.stage not in self.routes)

    @property
    def final(self) -> str:
        """The stage that a search returns: the last combination, or the last route."""
        return (self.combinations or self.routes)[-1]

    def headline(self) -> tuple[Measure, Measure]:
        """The measures of verdicts: hit rate at the smallest k and MRR at the largest."""
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

    Rows are in the order of ``runs``, queries in that of ``qrels``.

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
    """Yields each stage with the best route, and each combination with the previous one."""
    best = max(
        (row for row in rows if row.stage in routes),
        key=lambda row: row.cells[measure.label].mean,
    )
    yield from ((row, best) for row in rows if row is not best)
    combinations = [row for row in rows if row.stage not in routes]
    yield from zip(combinations[1:], combinations, strict=False)


def _comparison(row: Row, baseline: Row, measure: Measure, resampling: Resampling) -> Comparison:
    """The comparison before the correction for multiple comparisons."""
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
