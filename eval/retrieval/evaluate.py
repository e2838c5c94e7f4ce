"""Evaluates retrieval on every question of a dataset."""

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
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.runs import Ranking, Run, collapse
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling, build_table

DEFAULT_KS: Final = (1, 3, 5, 10)
"""Depths of the columns of the table."""

Progress: TypeAlias = Callable[[int, int], None]
"""``progress(done, total)``, called after each question."""


@dataclass(frozen=True, slots=True)
class StageResults:
    """Results of one search by stage: ``(document id, chunk score)``, best chunk first.

    Stages are each route by its name and each combination of them (``ensemble``,
    ``ensemble_rerank``). They are the same for every query and in the same order; a stage without
    results is empty. ``degraded`` names what failed, as in `app.domain.hits.SearchResult`.
    """

    stages: Mapping[str, Ranking]
    degraded: tuple[str, ...] = ()


class Searcher(Protocol):
    """A search over the dataset's corpus that exposes every stage."""

    def routes(self) -> tuple[str, ...]:
        """The stages that are a single route, for example ``("bm25", "embedding")``."""

    def search(self, query: str) -> StageResults:
        """Searches with one query. The range of scores depends on the stage."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Runs of all stages over a dataset, which can be cached and scored again."""

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
) -> RetrievalReport:
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
) -> RetrievalReport:
    """Scores the runs; ``routes`` are the stages that are a single route.

    Raises:
        InvalidRun: stages and routes don't fit each other.
        QueryMismatch: a run is not over exactly the dataset's judged queries.
    """
    asked = [dataset.queries[query_id] for query_id in dataset.qrels]
    return RetrievalReport(
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
    """Searches with each judged query in turn and collects the ranked documents of each stage.

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
    """Refuses results from a collection with other documents: scores would not compare."""
    for document_id, _ in ranking:
        if document_id not in dataset.documents:
            raise InvalidRun(
                f'{stage} found document "{document_id}", which {dataset.name} does not hold; '
                "evaluate a collection that was built from its corpus alone"
            )
