"""Asks every question of a dataset, and makes the report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from app.domain.documents import Scalar
from app.text.language import detect_language
from eval.datasets.dataset import Dataset
from eval.errors import InvalidRun
from eval.reports.report import Report
from eval.retrieval.runs import Ranking, Run, collapse
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling, build_table

DEFAULT_KS: Final = (1, 3, 5, 10)
"""The depths of the table's columns."""

Progress: TypeAlias = Callable[[int, int], None]
"""``progress(done, total)``, called after each question."""


@dataclass(frozen=True, slots=True)
class StageResults:
    """What one search returned at every stage: ``(document id, chunk score)``, best chunk first.

    Stages are each route by its name and each combination of them (``ensemble``,
    ``ensemble_rerank``), the same for every query and always in the same order; one that found
    nothing is empty. ``degraded`` names what failed, as in `app.domain.hits.SearchResult`.
    """

    stages: Mapping[str, Ranking]
    degraded: tuple[str, ...] = ()


class Searcher(Protocol):
    """A search over the dataset's corpus, laid open stage by stage."""

    def routes(self) -> tuple[str, ...]:
        """The stages that are one route alone, for example ``("bm25", "embedding")``."""

    def search(self, query: str) -> StageResults:
        """Every stage for one query. A score's range is its stage's own."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The runs of all stages over a dataset, as they can be cached and scored again."""

    runs: tuple[Run, ...]
    degraded: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def evaluate(
    dataset: Dataset,
    searcher: Searcher,
    *,
    ks: Sequence[int] = DEFAULT_KS,
    provenance: Mapping[str, Scalar],
    resampling: Resampling = DEFAULT_RESAMPLING,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Searches with every query of the dataset and scores every stage.

    Raises:
        InvalidRun: stages differ between queries, or a result is not of the dataset's corpus.
    """
    return make_report(
        dataset,
        search_all(dataset, searcher, progress=progress),
        routes=searcher.routes(),
        ks=ks,
        provenance=provenance,
        resampling=resampling,
    )


def make_report(
    dataset: Dataset,
    searched: Searched,
    *,
    routes: Sequence[str],
    ks: Sequence[int] = DEFAULT_KS,
    provenance: Mapping[str, Scalar],
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> Report:
    """Scores what was searched; ``routes`` are the stages that are one route alone.

    Raises:
        InvalidRun: stages and routes don't fit each other.
        QueryMismatch: a run is not over exactly the dataset's judged queries.
    """
    asked = [dataset.queries[query_id] for query_id in dataset.qrels]
    return Report(
        dataset=dataset.name,
        dataset_hash=dataset.hash,
        documents=len(dataset.documents),
        unanswerable=len(dataset.unanswerable),
        unjudged=dataset.unjudged,
        synthetic=tuple(query.id for query in asked if query.synthetic),
        table=build_table(
            searched.runs, dataset.qrels, routes=routes, ks=ks, resampling=resampling
        ),
        languages=tuple(query.lang or detect_language(query.text) for query in asked),
        kinds=tuple(query.kind for query in asked),
        degraded=searched.degraded,
        provenance=provenance,
        seconds=searched.seconds,
    )


def search_all(
    dataset: Dataset,
    searcher: Searcher,
    *,
    progress: Progress = lambda _done, _total: None,
) -> Searched:
    """The documents that each stage ranks for each judged query, one query after the other.

    Raises:
        InvalidRun: stages differ between queries, or a result is not of the dataset's corpus.
    """
    started = time.perf_counter()
    rankings: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {}
    degraded: Counter[str] = Counter()
    for done, query in enumerate(dataset.queries.values(), start=1):
        results = searcher.search(query.text)
        if rankings and results.stages.keys() != rankings.keys():
            raise InvalidRun(
                f'query "{query.id}" has the stages {", ".join(results.stages)}; '
                f"those before it had {', '.join(rankings)}"
            )
        for stage, hits in results.stages.items():
            ranking = collapse(hits)
            _check_corpus(dataset, stage, ranking)
            rankings.setdefault(stage, {})[query.id] = ranking
        degraded.update(set(results.degraded))
        progress(done, len(dataset.queries))
    return Searched(
        runs=tuple(Run(stage, by_query) for stage, by_query in rankings.items()),
        degraded=dict(degraded),
        seconds=time.perf_counter() - started,
    )


def _check_corpus(dataset: Dataset, stage: str, ranking: Ranking) -> None:
    """A collection with other documents would give numbers that compare with nothing."""
    for document_id, _ in ranking:
        if document_id not in dataset.documents:
            raise InvalidRun(
                f'{stage} found document "{document_id}", which {dataset.name} does not hold; '
                "evaluate a collection that was built from its corpus alone"
            )
