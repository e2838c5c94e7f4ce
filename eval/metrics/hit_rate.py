"""Hit rate, also called success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import cut, is_relevant


def hit_rate(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """1 if any of the first ``k`` documents is relevant, else 0.

    Source: ``success_k`` of trec_eval (m_success.c).
    """
    return float(any(is_relevant(document_id, judgments) for document_id in cut(ranking, k)))
