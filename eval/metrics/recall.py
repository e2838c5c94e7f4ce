"""Recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import count_relevant, cut, is_relevant


def recall(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """Share of the relevant documents that is among the first ``k``; 0 if there are none.

    Source: ``recall_k`` of trec_eval (m_recall.c).
    """
    found = sum(is_relevant(document_id, judgments) for document_id in cut(ranking, k))
    relevant = count_relevant(judgments)
    return found / relevant if relevant else 0.0
