"""From fused candidates to their final order: term matches, a reranker, and both combined."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from app.domain.documents import Chunk
from app.domain.hits import Fused
from app.domain.queries import Query
from app.errors import AttestError
from app.observing.stages import Stages
from app.ports.analyzer import Analyzer
from app.ports.models import Reranker
from app.ports.store import Collection
from app.retrieval.ranking.combination import (
    Combined,
    Weights,
    as_fused,
    best_recalled,
    combine,
    is_settled,
)
from app.retrieval.ranking.learned import NO_RERANKER, Learned
from app.retrieval.ranking.rerank import Pace, score_within
from app.retrieval.ranking.term_match import MOST_TERMS, term_matches
from app.settings import RetrievalSettings

logger = logging.getLogger(__name__)


class Ranker:
    """Orders candidates of one collection. Keeps the pace of its reranker, and no more."""

    def __init__(
        self,
        collection: Collection,
        *,
        analyzer: Analyzer,
        reranker: Reranker | None,
        learned: Learned,
        settings: RetrievalSettings,
    ) -> None:
        self._collection = collection
        self._analyzer = analyzer
        self._reranker = reranker
        self._learned = learned
        self._settings = settings
        self._weights = Weights(match=settings.match_weight, rerank=settings.rerank_weight)
        self._pace = Pace()

    @property
    def reranker_id(self) -> str | None:
        """``None`` where there is none."""
        return self._reranker.id if self._reranker else None

    def rank(
        self, query: Query, fused: Sequence[Fused], stages: Stages, degraded: list[str]
    ) -> list[Combined]:
        """All candidates; those beyond ``match_depth`` follow in their fused order.

        Args:
            query: What was asked.
            fused: Candidates in their fused order.
            stages: Told of the stages ``match`` and ``rerank``.
            degraded: Told of a reranker that failed or ran out of time.
        """
        if not (self._weights.match or self._weights.rerank):
            return as_fused(fused)
        part = fused[: self._settings.match_depth]
        with stages.stage("match"):
            chunks = {c.id: c for c in self._collection.chunks([c.chunk_id for c in part])}
            matches = self._term_matches(query, list(chunks.values()))
        scores: Mapping[str, float] = {}
        if self._reranker and chunks and self._weights.rerank:
            with stages.stage("rerank"):
                scores = self._rerank(self._reranker, query, part, chunks, matches, degraded)
        return combine(
            fused,
            matches,
            scores,
            depth=len(part),
            weights=self._weights,
            learned=self._learned,
            reranker=self.reranker_id or NO_RERANKER,
        )

    def _term_matches(self, query: Query, chunks: Sequence[Chunk]) -> Mapping[str, float]:
        """By chunk id."""
        terms = query.terms[:MOST_TERMS]
        texts = [chunk.indexed_text for chunk in chunks]
        found = term_matches(terms, self._analyzer.occurrences(texts, frozenset(terms)))
        return {chunk.id: match for chunk, match in zip(chunks, found, strict=True)}

    def _rerank(
        self,
        reranker: Reranker,
        query: Query,
        fused: Sequence[Fused],
        chunks: Mapping[str, Chunk],
        matches: Mapping[str, float],
        degraded: list[str],
    ) -> Mapping[str, float]:
        """By chunk id, of the first ones; empty where the reranker fails."""
        settings, combination = self._settings, self._learned.combination
        best = [
            chunk_id
            for chunk_id in best_recalled(
                fused,
                matches,
                count=settings.rerank_depth,
                weights=self._weights,
                combination=combination,
            )
            if chunk_id in chunks  # else it was deleted since it was recalled
        ]

        def settled(scores: Sequence[float]) -> bool:
            return is_settled(
                fused,
                matches,
                dict(zip(best, scores, strict=False)),  # of the first
                unread=best[len(scores) :],
                below=settings.rerank_stop,
                weights=self._weights,
                combination=combination,
            )

        try:
            found = score_within(
                reranker,
                query.text,
                [chunks[chunk_id].indexed_text for chunk_id in best],
                budget_ms=settings.rerank_budget_ms,
                pace=self._pace,
                settled=settled,
            )
        except AttestError as error:
            degraded.append(f"rerank: {error.public_message}")
            logger.warning("reranking failed: %s", error)
        except Exception:
            degraded.append(f"rerank: {AttestError.public_message}")
            logger.exception("reranking failed")
        else:
            if found.out_of_time:
                degraded.append(
                    f"rerank: time for {len(found.scores)} of {len(best)} candidates only"
                )
            return dict(zip(best, found.scores, strict=False))
        return {}
