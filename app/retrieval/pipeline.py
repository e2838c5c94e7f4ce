"""A query's way to ranked hits: recall, fuse, match, rerank; with a trace of every candidate."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

from app.domain.hits import Hit, SearchResult, Trace
from app.domain.queries import Query
from app.errors import (
    ConfigurationError,
    InvalidRequest,
    OperatorError,
    StoreCorrupted,
)
from app.observing.stages import Stages
from app.ports.analyzer import Analyzer
from app.ports.models import Embedder, Generator, Reranker, SparseEmbedder
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.fusion.fuse import fuse
from app.retrieval.fusion.trust import Trust
from app.retrieval.ranking.combination import Combined, as_fused
from app.retrieval.ranking.learned import NO_RERANKER, Learned, shipped
from app.retrieval.ranking.ranker import Ranker
from app.retrieval.recall.registry import minima, routes
from app.retrieval.recall.route import Parts, Route
from app.retrieval.recall.running import RecallResult, recall
from app.retrieval.tracing import candidate_traces
from app.retrieval.tuned import InForce, settings_in_force
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import Understood, understand
from app.settings import RetrievalSettings

logger = logging.getLogger(__name__)


class SearchPipeline:
    """Searches one collection. Keeps no state between queries."""

    def __init__(
        self,
        collection: Collection,
        *,
        analyzer: Analyzer,
        embedder: Embedder,
        sparse_embedder: SparseEmbedder | None,
        reranker: Reranker | None,
        learned: Learned,
        generator: Generator | None,
        in_force: InForce,
        executor: Executor,
        on_damage: Callable[[], None],
    ) -> None:
        self._collection = collection
        self._analyzer = analyzer
        self._generator = generator
        self._in_force = in_force
        self._settings = in_force.settings
        self._executor = executor
        self._on_damage = on_damage
        self._ranker = Ranker(
            collection,
            analyzer=analyzer,
            reranker=reranker,
            learned=learned,
            settings=in_force.settings,
        )
        parts = Parts(collection, analyzer, embedder, in_force.settings, sparse_embedder)
        self._kinds = routes()
        self._routes: Mapping[str, Route] = {
            name: kind.make(parts) for name, kind in self._kinds.items()
        }
        self._trust = Trust(
            self._routes,
            self._kinds,
            collection=collection,
            analyzer=analyzer,
            settings=in_force.settings,
        )
        if unknown := [name for name in in_force.settings.routes if name not in self._routes]:
            raise ConfigurationError(
                f'setting retrieval.routes: there is no route "{unknown[0]}"; there are '
                f"{', '.join(self._routes)}"
            )

    @property
    def in_force(self) -> InForce:
        """The settings that it searches with, and where they come from."""
        return self._in_force

    def understand(self, request: SearchRequest) -> Understood:
        """The query of a request as `search` reads it.

        Raises:
            InvalidRequest: the query is blank, or what a step of understanding says of it.
        """
        return understand(
            Means(request, self._collection, self._analyzer, self._settings, self._generator)
        )

    def search(
        self, request: SearchRequest, *, understood: Understood | None = None
    ) -> SearchResult:
        """The best chunks for a query.

        A route or a reranker that fails is named in ``degraded`` and the rest goes on.
        ``understood`` is what `understand` gave for the request, where it was asked already.

        Raises:
            InvalidRequest: the query is blank, or a route does not exist.
            RequestError: what a route says of the request itself.
            AttestError: every route failed; the error of the first.
        """
        try:
            return self._search(request, understood)
        except StoreCorrupted:
            self._on_damage()  # since whoever asked may go on without this search
            raise

    def _search(self, request: SearchRequest, understood: Understood | None) -> SearchResult:
        stages = Stages()
        degraded: list[str] = []
        recalled = self._recall(request, understood, stages, degraded)
        with stages.stage("fuse"):
            weights = self.weights(recalled)
            fused = fuse(
                recalled.rankings,
                weights=weights,
                settings=self._settings,
                minima=minima(recalled.sources),
            )
        if request.rerank is False:
            order = as_fused(fused)
        else:
            order = self._ranker.rank(recalled.query, fused, stages, degraded)
        with stages.stage("fetch"):
            hits = self._hits(order[: request.limit])
        trace = (
            self._trace(recalled.query, request.limit, weights, order, hits)
            if request.explain
            else None
        )
        return SearchResult(
            hits, tuple(degraded), stages.timings_ms(), recalled.query.readings, trace
        )

    def recall(self, request: SearchRequest) -> RecallResult:
        """Every route's own ranking, before they are fused: what tuning starts from.

        Raises:
            InvalidRequest: as `search`.
            AttestError: a route failed; what is left would be taken for all that it finds.
        """
        degraded: list[str] = []
        recalled = self._recall(request, None, Stages(), degraded)
        if degraded:
            raise OperatorError(f"recall failed: {'; '.join(degraded)}")
        return recalled

    def weights(self, recalled: RecallResult) -> Mapping[str, float]:
        """What each ranking counts for this query: see `app.retrieval.fusion.trust`."""
        return self._trust.weights(recalled)

    def factors(self, recalled: RecallResult) -> Mapping[str, float]:
        """How far each route that answered is to be trusted with this query, 0 to 1."""
        return self._trust.factors(recalled)

    def _recall(
        self,
        request: SearchRequest,
        understood: Understood | None,
        stages: Stages,
        degraded: list[str],
    ) -> RecallResult:
        with stages.stage("read"):
            understood = understood or self.understand(request)
        degraded += understood.degraded
        wanted = request.routes or self._settings.routes
        if unknown := [name for name in wanted if name not in self._routes]:
            raise InvalidRequest(
                f'There is no route "{unknown[0]}"; there are {", ".join(self._routes)}.'
            )
        return recall(
            understood.query,
            {name: self._routes[name] for name in wanted},
            depth=max(self._settings.depth, request.limit),
            where=understood.where,
            executor=self._executor,
            stages=stages,
            degraded=degraded,
            on_damage=self._on_damage,
        )

    def _hits(self, best: Sequence[Combined]) -> tuple[Hit, ...]:
        found = {candidate.fused.chunk_id: candidate for candidate in best}
        return tuple(
            Hit(
                rank=rank,
                score=found[chunk.id].fused.score,
                chunk=chunk,
                routes=found[chunk.id].fused.routes,
                term_match=found[chunk.id].term_match,
                rerank_score=found[chunk.id].rerank_score,
                relevance=found[chunk.id].relevance,
            )
            for rank, chunk in enumerate(self._collection.chunks(list(found)), start=1)
        )

    def _trace(
        self,
        query: Query,
        limit: int,
        weights: Mapping[str, float],
        order: Sequence[Combined],
        hits: Sequence[Hit],
    ) -> Trace:
        chunks = self._collection.chunks([candidate.fused.chunk_id for candidate in order])
        tuning = self._in_force.tuning
        return Trace(
            query=query.text,
            language=query.language,
            terms=query.terms,
            variants=query.variants,
            settings={
                **self._settings.model_dump(),
                "weights_of_query": weights,
                "query_kind": query.kind,
                "tuning": dict(tuning.evidence) if tuning else None,
                "tuning_ignored": self._in_force.ignored,
                "reranker": self._ranker.reranker_id,
            },
            candidates=candidate_traces(order, hits, chunks, limit=limit),
        )


def make_pipeline(
    collection: Collection,
    *,
    analyzer: Analyzer,
    embedder: Embedder,
    reranker: Reranker | None,
    settings: RetrievalSettings,
    executor: Executor,
    sparse_embedder: SparseEmbedder | None = None,
    learned: Learned | None = None,
    generator: Generator | None = None,
    on_damage: Callable[[], None] = lambda: None,
) -> SearchPipeline:
    """A pipeline with the settings that are in force for the collection now.

    ``learned`` is what ships where it is not given; ``generator`` writes variants where settings
    ask for them. ``on_damage`` is called where a search finds
    the collection damaged, though another route may answer it.
    """
    learned = learned or shipped()
    in_force = settings_in_force(
        settings,
        collection.tuning(),
        fingerprint=collection.fingerprint,
        reranker=reranker.id if reranker else NO_RERANKER,
        learned=learned.combination,
    )
    if in_force.ignored:
        logger.warning("the tuning of %s is not used: %s", collection.name, in_force.ignored)
    return SearchPipeline(
        collection,
        analyzer=analyzer,
        embedder=embedder,
        sparse_embedder=sparse_embedder,
        reranker=reranker,
        learned=learned,
        generator=generator,
        in_force=in_force,
        executor=executor,
        on_damage=on_damage,
    )
