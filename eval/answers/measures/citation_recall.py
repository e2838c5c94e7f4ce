"""Citation recall."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from eval.metrics.relevance_grades import count_relevant, is_relevant


def citation_recall(cited: Collection[str], judgments: Mapping[str, int]) -> float:
    """Share of the relevant documents that an answer cites; 0 if it cites nothing.

    Unlike recall in ALCE (see `citation_precision`), which is the share of an answer's statements
    that their citations support: that one is `cited_statements`.
    """
    relevant = count_relevant(judgments)
    found = sum(is_relevant(document_id, judgments) for document_id in set(cited))
    return found / relevant if relevant else 0.0
