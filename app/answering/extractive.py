"""An answer made of sentences of the passages, verbatim: what a small model can't spoil.

Sentences are taken greedily by maximal marginal relevance: from each relevance,
``redundancy_weight`` times the largest Jaccard overlap of terms with one already taken is
subtracted, and what then lies more than ``margin`` below the best is not taken.

Source: J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.answering.passages import Quotation
from app.answering.relevance import ScoredSentence

MARGIN: Final = 0.1
"""How far below the most relevant sentence of the passages another may be to be worth saying.

With it, answers of 2.1 sentences hold what was asked as often as with three always; at 0.05 they
are of 1.5 and lose 5 questions in 100 (``benchmarks/answer_quality.py``, half of the questions).
"""

_LEANING: Final = re.compile(
    r"(?:th(?:is|is is|ese|at|ose|ey|eir|us|erefore)|its?|such|he|she|his|her|hence|however|so|but"
    r"|and|or|also|otherwise|instead|then|both|either|neither|the (?:latter|former|same))\b"
    r"|因此|所以|因而|于是|这|那|它|他|她|该|其(?!他|它|余|中|次|实)|此(?!外)|但|不过|然而|而且|并且|而"
    r"|同样|此外|另外|否则|反之|也就是说|换句话说",
    re.IGNORECASE,
)
"""Openers that mean nothing without the sentence before."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A sentence of the answer, the one before it that it leans on, and its rank in the answer."""

    sentence: ScoredSentence
    leans_on: Quotation | None

    def quotations(self) -> list[Quotation]:
        before = [] if self.leans_on is None else [self.leans_on]
        return [*before, self.sentence.quotation]


def select_sentences(
    ranked: Sequence[ScoredSentence],
    reading: Sequence[Quotation],
    *,
    max_sentences: int,
    margin: float = MARGIN,
    redundancy_weight: float = 0.1,
) -> list[Quotation]:
    """Up to ``max_sentences`` sentences that answer best.

    The best comes first, with the sentence before it where it leans on that ("This", "因此");
    sentences that stand side by side are given as they stand.

    Args:
        ranked: Candidates, best first.
        reading: The sentences of the passages in reading order: `quotable_sentences`.
        max_sentences: How many at most.
        margin: How far below the best, redundancy deducted, one may be.
        redundancy_weight: How much a sentence loses by repeating one already taken.
    """
    before = _predecessors(reading)
    taken: list[_Taken] = []
    left = list(ranked)
    while left:
        chosen = _next(
            left, [t.sentence for t in taken], ranked[0].score - margin, redundancy_weight
        )
        if chosen is None:
            break
        left.remove(chosen)
        given = {q for t in taken for q in t.quotations()}
        if chosen.quotation in given:
            continue
        leans_on = before.get(chosen.quotation) if _LEANING.match(chosen.quotation.text) else None
        new = _Taken(chosen, None if leans_on in given else leans_on)
        if len(given) + len(new.quotations()) > max_sentences:
            if taken:
                break
            new = _Taken(chosen, None)
        taken.append(new)
    return _side_by_side([q for t in taken for q in t.quotations()], before)


def _next(
    left: Sequence[ScoredSentence],
    taken: Sequence[ScoredSentence],
    threshold: float,
    redundancy_weight: float,
) -> ScoredSentence | None:
    """The one that adds most, of equal ones the first; ``None`` where all add too little."""
    gains = [
        candidate.score
        - redundancy_weight
        * max((_jaccard(candidate.terms, other.terms) for other in taken), default=0.0)
        for candidate in left
    ]
    best = max(range(len(left)), key=gains.__getitem__)
    return left[best] if gains[best] >= threshold else None


def _predecessors(reading: Sequence[Quotation]) -> dict[Quotation, Quotation]:
    """For each sentence the one before it in its passage."""
    return {
        after: before
        for before, after in pairwise(reading)
        if before.n == after.n and before.span[1] <= after.span[0] <= before.span[1] + _GAP
    }


_GAP: Final = 1
"""White space between sentences of one paragraph; more lies between paragraphs."""


def _side_by_side(
    chosen: Sequence[Quotation], before: dict[Quotation, Quotation]
) -> list[Quotation]:
    """``chosen`` in its order, but each run of neighbours together, as they stand."""
    ordered: list[Quotation] = []
    for quotation in chosen:
        if quotation in ordered:
            continue
        run = [quotation]
        while (earlier := before.get(run[0])) in chosen and earlier is not None:
            run.insert(0, earlier)
        after = {before[q]: q for q in chosen if q in before}
        while (later := after.get(run[-1])) is not None:
            run.append(later)
        ordered += run
    return ordered


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0
