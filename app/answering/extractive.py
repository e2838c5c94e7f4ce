"""An answer made of sentences of the passages, verbatim: what a small model can't spoil.

Sentences are taken greedily by maximal marginal relevance: from each relevance,
``redundancy_weight`` times the largest Jaccard overlap of terms with one already taken is
subtracted; ``continuation_weight`` is added to the sentence behind one already taken, since two
that belong together read better than two that don't. What then lies more than ``margin`` below the
best is not taken.

Source: J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from app.answering.passages import Quotation
from app.answering.relevance import ScoredSentence

MARGIN: Final = 0.1
"""How far below the most relevant sentence of the passages another may be to be worth saying.

At 0.05, answers are shorter by half a sentence and hold what was asked for in 3 to 12 questions of
100 less; without a bound they are of three sentences and hold it no more often
(``rag eval answers``).
"""

_LEANING: Final = re.compile(
    r"(?:th(?:is|is is|ese|at|ose|ey|eir|us|erefore)|its?|such|he|she|his|her|hence|however|so|but"
    r"|and|or|also|otherwise|instead|then|both|either|neither|the (?:latter|former|same))\b"
    r"|因此|所以|因而|于是|这|那|它|他|她|该|其(?!他|它|余|中|次|实)|此(?!外)|但|不过|然而|而且|并且|而"
    r"|同样|此外|另外|否则|反之|也就是说|换句话说",
    re.IGNORECASE,
)
"""Openers that mean nothing without the sentence before."""


_GAP: Final = 1
"""White space between sentences of one paragraph; more lies between paragraphs."""


def select_sentences(
    ranked: Sequence[ScoredSentence],
    reading: Sequence[Quotation],
    *,
    max_sentences: int,
    margin: float = MARGIN,
    redundancy_weight: float = 0.1,
    continuation_weight: float = 0.1,
) -> list[Quotation]:
    """Up to ``max_sentences`` sentences that answer best.

    The best comes first, behind the sentence before it where it leans on that ("This", "因此"). One
    that goes on from another stands directly behind it.

    Args:
        ranked: Candidates, best first.
        reading: The sentences of the passages in reading order: `quotable_sentences`.
        max_sentences: How many at most.
        margin: How far below the best one may be, what follows included.
        redundancy_weight: How much a sentence loses by repeating one already taken.
        continuation_weight: How much it gains by going on from one already taken.
    """
    before = _predecessors(reading)
    given: list[Quotation] = []
    taken: list[ScoredSentence] = []
    left = list(ranked)

    def gain(candidate: ScoredSentence) -> float:
        repeated = max((_jaccard(candidate.terms, other.terms) for other in taken), default=0.0)
        continues = before.get(candidate.quotation) in given
        return candidate.score - redundancy_weight * repeated + continuation_weight * continues

    while left and len(given) < max_sentences:
        chosen = max(left, key=gain)
        if gain(chosen) < ranked[0].score - margin:
            break
        left.remove(chosen)
        if chosen.quotation not in given:
            taken.append(chosen)
            _place(chosen.quotation, given, before, max_sentences)
    return given


def _place(
    quotation: Quotation,
    given: list[Quotation],
    before: dict[Quotation, Quotation],
    max_sentences: int,
) -> None:
    """Puts the quotation at its place in the answer, with what it leans on if there is room."""
    earlier = before.get(quotation)
    if earlier in given:
        given.insert(given.index(earlier) + 1, quotation)
        return
    leans = earlier is not None and _LEANING.match(quotation.text)
    if leans and earlier is not None and len(given) + 1 < max_sentences:
        given.append(earlier)
    given.append(quotation)


def _predecessors(reading: Sequence[Quotation]) -> dict[Quotation, Quotation]:
    """For each sentence the one before it in its paragraph."""
    return {
        after: before
        for before, after in pairwise(reading)
        if before.n == after.n and before.span[1] <= after.span[0] <= before.span[1] + _GAP
    }


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0
