"""Normalised discounted cumulative gain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from eval.metrics.relevance_grades import cut


def ndcg(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """Discounted gain of the first ``k`` documents over the best possible one; 0 to 1.

    The gain of a document is its grade (linear, not 2^grade − 1); unjudged documents and negative
    grades gain nothing. 0 where no document has a positive grade.

    Source: K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques",
    TOIS 20(4), 2002, with the discount log2(rank + 1) of ``ndcg_cut_k`` in trec_eval
    (m_ndcg_cut.c).
    """
    gained = _discounted(judgments.get(document_id, 0) for document_id in cut(ranking, k))
    ideal = _discounted(sorted(judgments.values(), reverse=True)[:k])
    return gained / ideal if ideal else 0.0


def _discounted(grades: Iterable[int]) -> float:
    return sum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))
