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
from app.ports.models import Embedder, Reranker
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.fusion.coverage import lead, lead_factor
from app.retrieval.fusion.fuse import Rankings, fuse
from app.retrieval.fusion.weighting import route_weights
from app.retrieval.ranking.combination import Combined, as_fused
from app.retrieval.ranking.learned import NO_RERANKER, Learned, shipped
from app.retrieval.ranking.ranker import Ranker
from app.retrieval.recall.registry import least_scores, routes
from app.retrieval.recall.route import Parts, Route
from app.retrieval.recall.running import RecallResult, recall
from app.retrieval.tracing import candidate_traces
from app.retrieval.tuned import InForce, settings_in_force
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import understand
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
        reranker: Reranker | None,
        learned: Learned,
        in_force: InForce,
        executor: Executor,
        on_damage: Callable[[], None],
    ) -> None:
        self._collection = collection
        self._analyzer = analyzer
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
        parts = Parts(collection, analyzer, embedder, in_force.settings)
        self._kinds = routes()
        self._routes: Mapping[str, Route] = {
            name: kind.make(parts) for name, kind in self._kinds.items()
        }
        if unknown := [name for name in in_force.settings.routes if name not in self._routes]:
            raise ConfigurationError(
                f'setting retrieval.routes: there is no route "{unknown[0]}"; there are '
                f"{', '.join(self._routes)}"
            )

    @property
    def in_force(self) -> InForce:
        """The settings that it searches with, and where they come from."""
        return self._in_force

    def search(self, request: SearchRequest) -> SearchResult:
        """The best chunks for a query.

        A route or a reranker that fails is named in ``degraded`` and the rest goes on.

        Raises:
            InvalidRequest: the query is blank, or a route does not exist.
            RequestError: what a route says of the request itself.
            AttestError: every route failed; the error of the first.
        """
        try:
            return self._search(request)
        except StoreCorrupted:
            self._on_damage()  # since whoever asked may go on without this search
            raise

    def _search(self, request: SearchRequest) -> SearchResult:
        stages = Stages()
        degraded: list[str] = []
        recalled = self._recall(request, stages, degraded)
        with stages.stage("fuse"):
            weights = self.weights(recalled)
            fused = fuse(
                recalled.rankings,
                weights=weights,
                settings=self._settings,
                minima=_minima(recalled),
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
        recalled = self._recall(request, Stages(), degraded)
        if degraded:
            raise OperatorError(f"recall failed: {'; '.join(degraded)}")
        return recalled

    def weights(self, recalled: RecallResult) -> Mapping[str, float]:
        """What each ranking counts for this query: `route_weights`, times its variant's weight."""
        of_routes = route_weights(
            self._settings,
            language=recalled.query.language,
            kind=recalled.query.kind,
            factors=self.factors(recalled),
            answered=dict.fromkeys(source.route for source in recalled.sources.values()),
        )
        return {
            name: of_routes[source.route] * (source.variant.weight if source.variant else 1.0)
            for name, source in recalled.sources.items()
        }

    def factors(self, recalled: RecallResult) -> Mapping[str, float]:
        """How far each route that answered is to be trusted with this query, 0 to 1."""
        query = recalled.query
        rankings = {
            name: ranking
            for name, ranking in recalled.rankings.items()
            if recalled.sources[name].variant is None
        }
        routes = dict.fromkeys(source.route for source in recalled.sources.values())
        factors = {name: self._routes[name].trust(query.language) for name in routes}
        leading = {name: found for name, found in rankings.items() if not self._kinds[name].follows}
        full = self._settings.bm25_lead
        for name in leading:
            others = (factors[other] for other in leading if other != name)
            if full and self._kinds[name].counts_by_lead and any(others):
                found = lead(
                    name, leading, query, collection=self._collection, analyzer=self._analyzer
                )
                factors[name] *= lead_factor(found, full=full)
        if leading and len(leading) < len(rankings):
            first = self._first(query, leading, factors)
            for name in rankings.keys() - leading.keys():
                factors[name] *= [c.chunk_id for c in rankings[name][:1]] == first
        return factors

    def _first(self, query: Query, rankings: Rankings, factors: Mapping[str, float]) -> list[str]:
        """The id of the first chunk after fusion of these alone; empty where there is none."""
        weights = route_weights(
            self._settings,
            language=query.language,
            kind=query.kind,
            factors=factors,
            answered=rankings,
        )
        fused = fuse(rankings, weights=weights, settings=self._settings, minima=least_scores())
        return [candidate.chunk_id for candidate in fused[:1]]

    def _recall(self, request: SearchRequest, stages: Stages, degraded: list[str]) -> RecallResult:
        with stages.stage("read"):
            understood = understand(
                Means(request, self._collection, self._analyzer, self._settings)
            )
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


def _minima(recalled: RecallResult) -> Mapping[str, float]:
    """The least score of each ranking that has one."""
    least = least_scores()
    return {
        name: least[source.route]
        for name, source in recalled.sources.items()
        if source.route in least
    }


def make_pipeline(
    collection: Collection,
    *,
    analyzer: Analyzer,
    embedder: Embedder,
    reranker: Reranker | None,
    settings: RetrievalSettings,
    executor: Executor,
    learned: Learned | None = None,
    on_damage: Callable[[], None] = lambda: None,
) -> SearchPipeline:
    """A pipeline with the settings that are in force for the collection now.

    ``learned`` is what ships where it is not given. ``on_damage`` is called where a search finds
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
        reranker=reranker,
        learned=learned,
        in_force=in_force,
        executor=executor,
        on_damage=on_damage,
    )
