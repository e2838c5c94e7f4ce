"""Adapts the search pipeline of a collection to an evaluation of its stages."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.hits import Trace
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline
from eval.retrieval.evaluate import StageResults
from eval.retrieval.runs import Ranking
from eval.retrieval.stages import ENSEMBLE, ENSEMBLE_RERANK, STAGE_OF_ROUTE


class PipelineSearcher:
    """Implements `eval.retrieval.evaluate.Searcher`: one search a query, read from its trace."""

    def __init__(self, pipeline: SearchPipeline, *, routes: tuple[str, ...]) -> None:
        self._pipeline = pipeline
        self._routes = routes

    def routes(self) -> tuple[str, ...]:
        """See `Searcher.routes`."""
        return tuple(STAGE_OF_ROUTE.get(route, route) for route in self._routes)

    def search(self, query: str) -> StageResults:
        """See `Searcher.search`."""
        result = self._pipeline.search(SearchRequest(query, routes=self._routes, explain=True))
        assert result.trace is not None  # it was asked for
        return StageResults(self._stages(result.trace), result.degraded)

    def _stages(self, trace: Trace) -> Mapping[str, Ranking]:
        stages: dict[str, Ranking] = {}
        for route in self._routes:
            seen = [c for c in trace.candidates if route in c.routes]
            seen.sort(key=lambda c: c.routes[route].rank)
            stages[STAGE_OF_ROUTE.get(route, route)] = [
                (c.document_id, c.routes[route].score) for c in seen
            ]
        fused = sorted(trace.candidates, key=lambda c: c.fused_rank)
        stages[ENSEMBLE] = [(c.document_id, c.fused_score) for c in fused]
        # The pipeline's own order; scores of reranked and merely fused chunks don't compare.
        order = enumerate(trace.candidates, start=1)
        stages[ENSEMBLE_RERANK] = [(c.document_id, 1.0 / rank) for rank, c in order]
        return stages
