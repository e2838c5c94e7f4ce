"""A query's way to ranked hits: recall, fuse, rerank; with a trace of every candidate."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future

from app.domain import Candidate, CandidateTrace, Fused, Hit, SearchResult, Trace
from app.errors import AttestError, InvalidRequest, OperatorError, RequestError
from app.ports import Analyzer, Collection, Embedder, Reranker
from app.requests import SearchRequest
from app.retrieval.fusion import convex_combination, weighted_rrf
from app.retrieval.rerank import score_within
from app.retrieval.routes import BM25, DENSE, BM25Route, DenseRoute, Route
from app.retrieval.stopwatch import Stopwatch
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
        settings: RetrievalSettings,
        executor: Executor,
    ) -> None:
        self._collection = collection
        self._analyzer = analyzer
        self._reranker = reranker
        self._settings = settings
        self._executor = executor
        self._routes: Mapping[str, Route] = {
            BM25: BM25Route(collection, analyzer),
            DENSE: DenseRoute(collection, embedder),
        }

    def search(self, request: SearchRequest) -> SearchResult:
        """The best chunks for a query.

        A route or a reranker that fails is named in ``degraded`` and the rest goes on.

        Raises:
            InvalidRequest: the query is blank, or a route does not exist.
            RequestError: what a route says of the request itself.
            AttestError: every route failed; the error of the first.
        """
        if not request.query.strip():
            raise InvalidRequest("The query is empty; ask something.")
        watch = Stopwatch()
        degraded: list[str] = []
        rankings = self._recall(request, watch, degraded)
        with watch.stage("fuse"):
            fused = self._fuse(rankings)
        scores = self._rerank(request, fused, watch, degraded)
        order = sorted(
            fused, key=lambda c: (c.chunk_id not in scores, -scores.get(c.chunk_id, 0), c.rank)
        )
        with watch.stage("fetch"):
            hits = self._hits(order, scores, request.limit)
        trace = self._trace(request, order, scores, hits) if request.explain else None
        return SearchResult(hits, tuple(degraded), watch.timings_ms(), trace)

    def recall(self, request: SearchRequest) -> Mapping[str, Sequence[Candidate]]:
        """Every route's own ranking, before they are fused: what tuning starts from."""
        return self._recall(request, Stopwatch(), [])

    def _recall(
        self, request: SearchRequest, watch: Stopwatch, degraded: list[str]
    ) -> Mapping[str, Sequence[Candidate]]:
        """Every route's ranking, in the order of the request; routes run at the same time."""
        wanted = request.routes or self._settings.routes
        if unknown := [name for name in wanted if name not in self._routes]:
            raise InvalidRequest(
                f'There is no route "{unknown[0]}"; there are {", ".join(self._routes)}.'
            )
        pending: dict[str, Future[list[Candidate]]] = {
            name: self._executor.submit(self._timed_recall, self._routes[name], request, watch)
            for name in dict.fromkeys(wanted)
        }
        rankings: dict[str, list[Candidate]] = {}
        failures: list[AttestError] = []
        for name, future in pending.items():
            try:
                rankings[name] = future.result()
            except RequestError:
                raise
            except AttestError as error:
                failures.append(error)
                degraded.append(f"{name}: {error.public_message}")
                logger.warning("route %s failed: %s", name, error)
            except Exception:
                failures.append(OperatorError(f"route {name} failed; see the log"))
                degraded.append(f"{name}: {AttestError.public_message}")
                logger.exception("route %s failed", name)
        if not rankings:
            raise failures[0]
        return rankings

    def _timed_recall(
        self, route: Route, request: SearchRequest, watch: Stopwatch
    ) -> list[Candidate]:
        depth = max(self._settings.depth, request.limit)
        with watch.stage(route.name):
            return route.recall(request.query, limit=depth, where=request.where)

    def _fuse(self, rankings: Mapping[str, Sequence[Candidate]]) -> list[Fused]:
        weights = self._weights(rankings)
        if self._settings.fusion == "rrf":
            return weighted_rrf(rankings, weights=weights, k=self._settings.rrf_k)
        return convex_combination(rankings, weights=weights, minima={BM25: 0.0})

    def _weights(self, answered: Iterable[str]) -> Mapping[str, float]:
        """The settings' weights, or equal ones where every route that answered weighs nothing."""
        weights = {name: self._settings.weights.get(name, 0.0) for name in answered}
        return weights if any(weights.values()) else dict.fromkeys(weights, 1.0)

    def _rerank(
        self,
        request: SearchRequest,
        fused: Sequence[Fused],
        watch: Stopwatch,
        degraded: list[str],
    ) -> Mapping[str, float]:
        """Scores of the best fused candidates; empty where nothing reranks."""
        if self._reranker is None or request.rerank is False:
            return {}
        with watch.stage("rerank"):
            depth = max(self._settings.rerank_depth, request.limit)
            chunks = self._collection.chunks([candidate.chunk_id for candidate in fused[:depth]])
            try:
                scores = score_within(
                    self._reranker,
                    request.query,
                    [chunk.indexed_text for chunk in chunks],
                    budget_ms=self._settings.rerank_budget_ms,
                )
                return {chunk.id: score for chunk, score in zip(chunks, scores, strict=True)}
            except AttestError as error:
                degraded.append(f"rerank: {error.public_message}")
                logger.warning("reranking failed: %s", error)
            except Exception:
                degraded.append(f"rerank: {AttestError.public_message}")
                logger.exception("reranking failed")
        return {}

    def _hits(
        self, order: Sequence[Fused], scores: Mapping[str, float], limit: int
    ) -> tuple[Hit, ...]:
        best = {candidate.chunk_id: candidate for candidate in order[:limit]}
        return tuple(
            Hit(
                rank=rank,
                score=best[chunk.id].score,
                chunk=chunk,
                routes=best[chunk.id].routes,
                rerank_score=scores.get(chunk.id),
            )
            for rank, chunk in enumerate(self._collection.chunks(list(best)), start=1)
        )

    def _trace(
        self,
        request: SearchRequest,
        order: Sequence[Fused],
        scores: Mapping[str, float],
        hits: Sequence[Hit],
    ) -> Trace:
        returned = {hit.chunk.id: hit.rank for hit in hits}
        chunks = self._collection.chunks([candidate.chunk_id for candidate in order])
        documents = {chunk.id: chunk.document_id for chunk in chunks}
        return Trace(
            query=request.query,
            language=self._analyzer.language(request.query),
            terms=tuple(self._analyzer.terms(request.query)),
            settings={
                **self._settings.model_dump(),
                "reranker": self._reranker.id if self._reranker else None,
            },
            candidates=tuple(
                CandidateTrace(
                    chunk_id=candidate.chunk_id,
                    document_id=documents.get(candidate.chunk_id, ""),
                    routes=candidate.routes,
                    fused_rank=candidate.rank,
                    fused_score=candidate.score,
                    rerank_score=scores.get(candidate.chunk_id),
                    final_rank=returned.get(candidate.chunk_id),
                    dropped=_dropped(candidate.chunk_id, returned, documents, request.limit),
                )
                for candidate in order
            ),
        )


def _dropped(
    chunk_id: str, returned: Mapping[str, int], stored: Mapping[str, str], limit: int
) -> str | None:
    """Why a candidate is no hit; ``None`` where it is one."""
    if chunk_id in returned:
        return None
    if chunk_id not in stored:
        return "deleted while the search ran"
    return f"ranked below the limit of {limit}"
