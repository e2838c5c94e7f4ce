"""Questions whose candidates were matched and reranked: what the combination is learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from app.retrieval.ranking.combination import Weights, combined_scores, recalled_scores, settled
from app.retrieval.ranking.learned import Combination
from app.retrieval.ranking.relevance import Floats
from app.retrieval.ranking.rerank import SLICE
from eval.metrics.measure import Measure


@dataclass(frozen=True, slots=True)
class Question:
    """One question's best candidates, in their fused order.

    ``fused``, ``matches`` and ``rerank`` are ``(n,)`` scores, the last NaN where nothing reranked;
    ``documents`` are the ids of what the candidates are passages of, ``judged`` the grades of
    documents.
    """

    fused: Floats
    matches: Floats
    rerank: Floats
    documents: tuple[str, ...]
    judged: Mapping[str, int]
    language: str

    def combined(self, combination: Combination) -> Floats:
        """Scores by what was learned."""
        return combined_scores(
            self.fused, self.matches, self.rerank, weights=Weights(), combination=combination
        )

    def ranking(self, scores: Floats) -> list[str]:
        """Documents by their best passage; ties keep the fused order."""
        order = np.argsort(-scores, kind="stable")
        return list(dict.fromkeys(self.documents[place] for place in order))

    def score(self, scores: Floats, measure: Measure) -> float:
        """What the order by ``scores`` is worth."""
        return measure.score(self.ranking(scores), self.judged)

    @property
    def best(self) -> float:
        """See `app.retrieval.ranking.relevance.Calibration`."""
        unread = np.isnan(self.rerank).all()
        return float(self.matches.max() if unread else np.nanmax(self.rerank))

    def stopped(self, combination: Combination, *, below: float) -> Question:
        """As if the reranker had stopped where `app.retrieval.ranking.combination.settled` lets it.

        Slices are those of `app.retrieval.ranking.rerank`.
        """
        readable = np.flatnonzero(~np.isnan(self.rerank))
        recalled = recalled_scores(
            self.fused, self.matches, weights=Weights(), combination=combination
        )
        order = readable[np.argsort(-recalled[readable], kind="stable")]
        seen, waiting = np.full_like(self.rerank, np.nan), ~np.isnan(self.rerank)
        for start in range(0, len(order), SLICE):
            part = order[start : start + SLICE]
            seen[part], waiting[part] = self.rerank[part], False
            if settled(
                self.fused,
                self.matches,
                seen,
                waiting,
                below=below,
                weights=Weights(),
                combination=combination,
            ):
                break
        return replace(self, rerank=seen)

    def unreranked(self) -> Question:
        """As if there were no reranker."""
        return replace(self, rerank=np.full_like(self.fused, np.nan))


Sets: TypeAlias = Mapping[str, Sequence[Question]]
"""Questions by the name of their set."""
