"""Whether the collection can answer a question at all, before anything is written.

Four measures, each in [0, 1], and their weighted mean::

    evidence = nearness_weight · nearness + relevance_weight · relevance
             + coverage_weight · coverage + probability_weight · probability

``nearness`` is that of the chunk nearest to the question (see `app.answering.meaning`);
``relevance`` that of the best sentence (see `app.answering.relevance`); ``coverage`` the largest
share of the question's terms that a single passage holds; ``probability`` the highest, of a hit, to
be relevant (see `app.retrieval.combination`). None decides alone: words are not shared across
languages, and every vector is near to something. What can't be measured is left out of the mean.

The weights were chosen on answerable and unanswerable questions of ``rag eval answers``, those made
by withholding the relevant documents included; of what else was tried, the margin to the other
candidates' cosines, agreement of the routes and BM25 scores added little to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the parts of evidence; their sum is 1."""

    nearness: float = 0.34
    relevance: float = 0.34
    coverage: float = 0.17
    probability: float = 0.15


@dataclass(frozen=True, slots=True)
class Evidence:
    """``nearness`` and ``relevance`` are ``None`` where the embedder could not be asked.

    ``probability`` is where the search told none.
    """

    nearness: float | None
    relevance: float | None
    coverage: float
    probability: float | None

    def value(self, weights: Weights = Weights()) -> float:
        """In [0, 1]: the mean of what is known."""
        known = [
            (weight, measure)
            for weight, measure in (
                (weights.nearness, self.nearness),
                (weights.relevance, self.relevance),
                (weights.coverage, self.coverage),
                (weights.probability, self.probability),
            )
            if measure is not None
        ]
        return sum(w * m for w, m in known) / sum(w for w, _ in known)


def measure_evidence(
    readings: Sequence[frozenset[str]],
    passage_terms: Sequence[frozenset[str]],
    *,
    nearness: Sequence[float] | None,
    relevance: Sequence[float] | None,
    probability: Sequence[float] | None,
) -> Evidence:
    """The best of each measure.

    Args:
        readings: The terms of the question, and those of it below the questions before it: a
            follow-up has few of its own.
        passage_terms: Those of each passage, the headings above it included.
        nearness: Of each retrieved chunk; ``None`` where the embedder could not be asked.
        relevance: Of each sentence that was compared with the question; ``None`` as above.
        probability: Of each hit, to be relevant; ``None`` where the search told none.
    """
    shares = [
        len(held & asked) / max(1, len(asked)) for asked in readings for held in passage_terms
    ]
    return Evidence(
        nearness=None if nearness is None else max(nearness, default=0.0),
        relevance=None if relevance is None else max(relevance, default=0.0),
        coverage=max(shares, default=0.0),
        probability=None if probability is None else max(probability, default=0.0),
    )
