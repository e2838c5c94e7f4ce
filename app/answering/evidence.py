"""Whether the collection can answer a question at all, before anything is written.

Two measures, each in [0, 1], and their weighted mean::

    evidence = nearness_weight · nearness + (1 - nearness_weight) · coverage

``nearness`` is that of the chunk nearest to the question (see `app.answering.meaning`);
``coverage`` the largest share of the question's terms that a single passage holds. Neither decides
alone: words are not shared across languages, and every vector is near to something. The weight is
the ratio that logistic regression gave the two on answerable and unanswerable questions
(``benchmarks/answer_quality.py``); of what else was tried, the margin to the other candidates'
cosines, agreement of the routes and BM25 scores, nothing added to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NEARNESS_WEIGHT: Final = 0.8
"""The rest is the weight of coverage."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``nearness`` is ``None`` where the embedder could not be asked."""

    nearness: float | None
    coverage: float

    @property
    def value(self) -> float:
        """In [0, 1]; what coverage says stands for both where it is alone."""
        if self.nearness is None:
            return self.coverage
        return NEARNESS_WEIGHT * self.nearness + (1.0 - NEARNESS_WEIGHT) * self.coverage


def measure_evidence(
    readings: Sequence[frozenset[str]],
    passage_terms: Sequence[frozenset[str]],
    *,
    nearness: Sequence[float] | None,
) -> Evidence:
    """The best of each measure.

    Args:
        readings: The terms of the question, and those of it below the questions before it: a
            follow-up has few of its own.
        passage_terms: Those of each passage, the headings above it included.
        nearness: Of each retrieved chunk; ``None`` where the embedder could not be asked.
    """
    shares = [
        len(held & asked) / max(1, len(asked)) for asked in readings for held in passage_terms
    ]
    return Evidence(
        nearness=None if nearness is None else max(nearness, default=0.0),
        coverage=max(shares, default=0.0),
    )
