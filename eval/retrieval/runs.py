"""Runs: ranked documents of one stage for each query."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eval.errors import InvalidRun

Ranking: TypeAlias = Sequence[tuple[str, float]]
"""Ids with scores, best first. The order is the ranking. Scores are kept for inspection and need
not be comparable over a whole ranking, because a reranker scores only its first n."""


@dataclass(frozen=True, slots=True)
class Run:
    """The run of one stage (``bm25``, ``embedding``, ``ensemble``, …): query id → ranked documents.

    Raises `InvalidRun` if a document is ranked twice or a score is not finite. A query without
    results has an empty ranking.
    """

    stage: str
    rankings: Mapping[str, tuple[tuple[str, float], ...]]

    def __post_init__(self) -> None:
        for query_id, ranking in self.rankings.items():
            ids = [document_id for document_id, _ in ranking]
            if len(set(ids)) != len(ids):
                raise InvalidRun(f'{self.stage} ranks a document twice for query "{query_id}"')
            if not all(math.isfinite(score) for _, score in ranking):
                raise InvalidRun(f'{self.stage} has a score for "{query_id}" that is not finite')

    def document_ids(self) -> dict[str, list[str]]:
        """The rankings without scores, as metrics take them."""
        return {
            query_id: [document_id for document_id, _ in ranking]
            for query_id, ranking in self.rankings.items()
        }


def collapse(hits: Ranking) -> tuple[tuple[str, float], ...]:
    """Ranks documents by their best chunk, with its score.

    ``hits`` are ``(document id, chunk score)``, best chunk first.
    """
    best: dict[str, float] = {}
    for document_id, score in hits:
        best.setdefault(document_id, score)
    return tuple(best.items())
