"""What became of every candidate of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.documents import Chunk
from app.domain.hits import CandidateTrace, Hit
from app.retrieval.ranking.combination import Combined


def candidate_traces(
    order: Sequence[Combined], hits: Sequence[Hit], chunks: Sequence[Chunk], *, limit: int
) -> tuple[CandidateTrace, ...]:
    """One a candidate, in the order after reranking.

    Args:
        order: All candidates.
        hits: Those of them that were returned.
        chunks: Those of them that are stored still.
        limit: How many hits were asked for.
    """
    returned = {hit.chunk.id: hit.rank for hit in hits}
    documents = {chunk.id: chunk.document_id for chunk in chunks}
    return tuple(
        CandidateTrace(
            chunk_id=candidate.fused.chunk_id,
            document_id=documents.get(candidate.fused.chunk_id, ""),
            routes=candidate.fused.routes,
            fused_rank=candidate.fused.rank,
            fused_score=candidate.fused.score,
            term_match=candidate.term_match,
            rerank_score=candidate.rerank_score,
            relevance=candidate.relevance,
            final_rank=returned.get(candidate.fused.chunk_id),
            dropped=_dropped(candidate.fused.chunk_id, returned, documents, limit),
        )
        for candidate in order
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
