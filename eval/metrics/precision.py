"""Precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import cut, is_relevant


def precision(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """Share of relevant documents among the first ``k``; over ``k`` even if fewer are ranked.

    Source: ``P_k`` of trec_eval (m_P.c).
    """
    return sum(is_relevant(document_id, judgments) for document_id in cut(ranking, k)) / k
