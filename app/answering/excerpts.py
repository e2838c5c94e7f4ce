"""What of the passages a model is shown: the sentences that matter, within a token budget.

A small model reads a few hundred tokens a second on a CPU and forgets what is far from the
question; a prompt of the relevant sentences is faster and no worse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from app.answering.passages import Passage, Quotation, all_sentences
from app.answering.relevance import ScoredSentence

GAP: Final = " … "
"""Stands where sentences were left out."""


def excerpt(
    passages: Sequence[Passage],
    ranked: Sequence[ScoredSentence],
    *,
    max_tokens: int,
    count_tokens: Callable[[str], int],
) -> list[Passage]:
    """The passages with only their relevant sentences, those without any left out.

    Sentences are taken by relevance, each with the ones before and behind it while they fit; the
    first is taken even if it alone does not fit. Numbers stay, and ``span`` that of the whole
    passage.
    """
    reading = all_sentences(passages)
    places = {quotation: place for place, quotation in enumerate(reading)}
    taken: dict[int, Quotation] = {}
    spent = 0
    wanted = [place for s in ranked for place in _around(places[s.quotation], reading)]
    for place in dict.fromkeys(wanted):
        cost = count_tokens(reading[place].text)
        if spent + cost <= max_tokens or not taken:
            taken[place] = reading[place]
            spent += cost
    shown: list[Passage] = []
    for passage in passages:
        chosen = [place for place in sorted(taken) if reading[place].n == passage.n]
        if chosen:
            shown.append(replace(passage, text=_joined(chosen, reading, passage)))
    return shown


def _around(place: int, reading: Sequence[Quotation]) -> list[int]:
    """The sentence itself first, then its neighbours in the passage."""
    beside = [at for at in (place - 1, place + 1) if 0 <= at < len(reading)]
    return [place, *(at for at in beside if reading[at].n == reading[place].n)]


def _joined(chosen: Sequence[int], reading: Sequence[Quotation], passage: Passage) -> str:
    """Verbatim, white space between neighbours included."""
    text = reading[chosen[0]].text
    for before, after in pairwise(chosen):
        gap = GAP
        if after == before + 1:
            start, end = reading[before].span[1], reading[after].span[0]
            gap = passage.text[start - passage.span[0] : end - passage.span[0]]
        text += gap + reading[after].text
    return text
