"""Whether the passages can answer a question at all, before anything is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.settings import AnswerSettings


@dataclass(frozen=True, slots=True)
class Evidence:
    """``cosine`` of the nearest chunk, ``coverage`` of the question's terms; each in [0, 1]."""

    cosine: float
    coverage: float

    def suffices(self, settings: AnswerSettings) -> bool:
        """Either is enough: words are not shared across languages, nor is rare jargon embedded."""
        return self.cosine >= settings.min_cosine or self.coverage >= settings.min_coverage


def measure_evidence(
    question_terms: Sequence[str],
    passages: Sequence[str],
    *,
    cosines: Sequence[float],
    terms: Callable[[str], list[str]],
) -> Evidence:
    """The best cosine, and the best share of the question's terms that one passage holds.

    Terms weigh by their inverse document frequency among the passages, ln(1 + (N - n + ½)/(n + ½)),
    so that "how" and "的", which every passage holds, count for little.
    """
    held = [frozenset(terms(passage)) for passage in passages]
    asked = frozenset(question_terms)
    frequency = Counter(term for found in held for term in found & asked)
    weights = {
        term: math.log1p((len(held) - frequency[term] + 0.5) / (frequency[term] + 0.5))
        for term in asked
    }
    total = sum(weights.values())
    shares = [sum(weights[t] for t in found & asked) / total for found in held] if total else []
    return Evidence(max(cosines, default=0.0), max(shares, default=0.0))
