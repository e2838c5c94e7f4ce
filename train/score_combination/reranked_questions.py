"""Questions with fused, term-match and rerank scores of their candidates."""

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
class RerankedQuestion:
    """A question and its best candidates in fused order.

    ``fused``, ``matches`` and ``rerank`` are ``(n,)`` scores; a rerank score is NaN where there is
    none. ``documents`` are the ids of the candidates' documents, ``judged`` the grades of
    documents.
    """

    fused: Floats
    matches: Floats
    rerank: Floats
    documents: tuple[str, ...]
    judged: Mapping[str, int]
    language: str

    def combined(self, combination: Combination) -> Floats:
        """Combines the scores."""
        return combined_scores(
            self.fused, self.matches, self.rerank, weights=Weights(), combination=combination
        )

    def ranking(self, scores: Floats) -> list[str]:
        """Ranks documents by their best passage; ties keep the fused order."""
        order = np.argsort(-scores, kind="stable")
        return list(dict.fromkeys(self.documents[place] for place in order))

    def score(self, scores: Floats, measure: Measure) -> float:
        """Value of ``measure`` for the order by ``scores``."""
        return measure.score(self.ranking(scores), self.judged)

    @property
    def best(self) -> float:
        """The best score of the query, see `app.retrieval.ranking.relevance.Calibration`."""
        unread = np.isnan(self.rerank).all()
        return float(self.matches.max() if unread else np.nanmax(self.rerank))

    def stopped(self, combination: Combination, *, below: float) -> RerankedQuestion:
        """Drops the rerank scores that early stopping would not have computed.

        See `app.retrieval.ranking.combination.settled`; slices are those of
        `app.retrieval.ranking.rerank`.
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

    def unreranked(self) -> RerankedQuestion:
        """Drops all rerank scores."""
        return replace(self, rerank=np.full_like(self.fused, np.nan))


QuestionSets: TypeAlias = Mapping[str, Sequence[RerankedQuestion]]
"""Questions by the name of their set."""
