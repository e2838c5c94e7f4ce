"""Average precision; its mean over queries is MAP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import count_relevant, cut, is_relevant


def average_precision(ranking: Sequence[str], judgments: Mapping[str, int], k: int) -> float:
    """Precision at the rank of each relevant document in the first ``k``, over all relevant ones.

    Relevant documents beyond ``k`` count as found at a precision of 0. Where ``k`` is at least the
    length of the ranking this is the uncut average precision.

    Source: ``map_cut_k`` of trec_eval (m_map_cut.c); C. Buckley and E. M. Voorhees, "Evaluating
    Evaluation Measure Stability", SIGIR 2000.
    """
    found = 0
    total = 0.0
    for rank, document_id in enumerate(cut(ranking, k), start=1):
        if is_relevant(document_id, judgments):
            found += 1
            total += found / rank
    relevant = count_relevant(judgments)
    return total / relevant if relevant else 0.0
