"""The order after reranking: the reranker's score and the fused one, in a given proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain import Fused


def blend(fused: Sequence[Fused], scores: Mapping[str, float], *, weight: float) -> list[Fused]:
    """Reranked candidates by w · rerank + (1 − w) · fused, then the others in their fused order.

    Both scores are stretched to [0, 1] over the reranked candidates. Ties keep the fused order.

    Args:
        fused: Candidates in their fused order.
        scores: Rerank scores by chunk id, of some of them.
        weight: w, 0 to 1; at 1 the reranker alone decides.
    """
    reranked = [candidate for candidate in fused if candidate.chunk_id in scores]
    by_reranker = _stretched([scores[candidate.chunk_id] for candidate in reranked])
    by_fusion = _stretched([candidate.score for candidate in reranked])
    blended = {
        candidate.chunk_id: weight * reranker + (1.0 - weight) * fusion
        for candidate, reranker, fusion in zip(reranked, by_reranker, by_fusion, strict=True)
    }
    return sorted(
        fused, key=lambda c: (c.chunk_id not in blended, -blended.get(c.chunk_id, 0.0), c.rank)
    )


def _stretched(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    low, high = min(scores), max(scores)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]
