"""Whether the collection can answer a question at all, before anything is written.

Three measures, each in [0, 1], and their weighted mean::

    evidence = nearness_weight · nearness + relevance_weight · relevance
             + coverage_weight · coverage

``nearness`` is that of the chunk nearest to the question (see `app.answering.meaning`);
``relevance`` that of the best sentence (see `app.answering.relevance`); ``coverage`` the largest
share of the question's terms that a single passage holds. None decides alone: words are not shared
across languages, and every vector is near to something. What can't be measured without the embedder
is left out of the mean.

The weights were chosen on answerable and unanswerable questions of ``rag eval answers``, those made
by withholding the relevant documents included; of what else was tried, the margin to the other
candidates' cosines, agreement of the routes and BM25 scores added little to them. The probability
that the best hit is relevant gained on clapnq_dev, and in the small collection of the handbook it
refused a quarter of the questions that are answered there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the parts of evidence; their sum is 1."""

    nearness: float = 0.4
    relevance: float = 0.4
    coverage: float = 0.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """``nearness`` and ``relevance`` are ``None`` where the embedder could not be asked."""

    nearness: float | None
    relevance: float | None
    coverage: float

    def value(self, weights: Weights = Weights()) -> float:
        """In [0, 1]: the mean of what is known."""
        known = [
            (weight, measure)
            for weight, measure in (
                (weights.nearness, self.nearness),
                (weights.relevance, self.relevance),
                (weights.coverage, self.coverage),
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
) -> Evidence:
    """The best of each measure.

    Args:
        readings: The terms of the question, and those of it below the questions before it: a
            follow-up has few of its own.
        passage_terms: Those of each passage, the headings above it included.
        nearness: Of each retrieved chunk; ``None`` where the embedder could not be asked.
        relevance: Of each sentence that was compared with the question; ``None`` as above.
    """
    shares = [
        len(held & asked) / max(1, len(asked)) for asked in readings for held in passage_terms
    ]
    return Evidence(
        nearness=None if nearness is None else max(nearness, default=0.0),
        relevance=None if relevance is None else max(relevance, default=0.0),
        coverage=max(shares, default=0.0),
    )
