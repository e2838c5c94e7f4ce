"""Reciprocal rank; its mean over queries is MRR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import cut, is_relevant


def reciprocal_rank(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant document, 0 if none is among the first ``k``.

    Source: E. M. Voorhees, "The TREC-8 Question Answering Track Report", 1999; ``recip_rank`` of
    trec_eval on a ranking that is cut at ``k``.
    """
    for rank, document_id in enumerate(cut(ranking, k), start=1):
        if is_relevant(document_id, judgments):
            return 1.0 / rank
    return 0.0
