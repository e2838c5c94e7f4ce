"""Adapts the search pipeline of a collection to a sweep: chunk rankings by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.hits import Trace
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline
from eval.errors import InvalidRun
from eval.retrieval.stages import ENSEMBLE, ENSEMBLE_RERANK, STAGE_OF_ROUTE
from eval.spans.measures.region import Passage


class PipelineChunkSearch:
    """Implements `eval.spans.sweep.ChunkSearch`: one search a query, read from its trace."""

    def __init__(
        self,
        pipeline: SearchPipeline,
        chunks: Mapping[str, Passage],
        *,
        digest: str,
        routes: tuple[str, ...],
    ) -> None:
        self._pipeline = pipeline
        self._routes = routes
        self.chunks = chunks
        self.digest = digest

    def search(self, query: str) -> Mapping[str, Sequence[str]]:
        """See `ChunkSearch.search`. Raises `InvalidRun` where a part of the search failed."""
        result = self._pipeline.search(SearchRequest(query, routes=self._routes, explain=True))
        if result.degraded:
            raise InvalidRun(f"the search was not whole: {'; '.join(result.degraded)}")
        assert result.trace is not None  # it was asked for
        return self._stages(result.trace)

    def _stages(self, trace: Trace) -> Mapping[str, Sequence[str]]:
        stages: dict[str, Sequence[str]] = {}
        for route in self._routes:
            seen = [c for c in trace.candidates if route in c.routes]
            seen.sort(key=lambda c: c.routes[route].rank)
            stages[STAGE_OF_ROUTE.get(route, route)] = [c.chunk_id for c in seen]
        fused = sorted(trace.candidates, key=lambda c: c.fused_rank)
        stages[ENSEMBLE] = [c.chunk_id for c in fused]
        stages[ENSEMBLE_RERANK] = [c.chunk_id for c in trace.candidates]
        return stages
