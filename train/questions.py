"""Questions whose candidates were matched and reranked: what the combination is learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from app.retrieval.combination import Combination, Weights, combined_scores
from app.retrieval.relevance import Floats
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

    def score(self, scores: Floats, measure: Measure) -> float:
        """The measure of the order that ``scores`` give; ties keep the fused order."""
        order = np.argsort(-scores, kind="stable")
        documents = list(dict.fromkeys(self.documents[place] for place in order))
        return measure.score(documents, self.judged)

    @property
    def best(self) -> float:
        """See `app.retrieval.relevance.Calibration`."""
        unread = np.isnan(self.rerank).all()
        return float(self.matches.max() if unread else np.nanmax(self.rerank))

    def unreranked(self) -> Question:
        """As if there were no reranker."""
        return replace(self, rerank=np.full_like(self.fused, np.nan))


Sets: TypeAlias = Mapping[str, Sequence[Question]]
"""Questions by the name of their set."""
