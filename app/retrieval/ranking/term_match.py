"""How closely each of a query's candidates holds the query's terms: cover, order and nearness.

BM25 counts terms wherever they stand, and a vector does not count them at all. Of a passage::

    match = (cover + order + nearness) / 3                   each in [0, 1]

``cover`` is the share of the query's terms that the passage holds, ``nearness`` the largest share
that it holds within `WINDOW` words, and ``order`` the share of neighbouring pairs of query terms
that it holds in their order, with a word between them at most. Terms count by their inverse
document frequency among the candidates: what all of them hold tells none from the others.

Source: D. Metzler and W. B. Croft, "A Markov Random Field Model for Term Dependencies", SIGIR 2005
(single terms, ordered pairs and terms within a window as three parts); T. Tao and C. Zhai, "An
Exploration of Proximity Measures in Information Retrieval", SIGIR 2007.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from app.text.rarity import inverse_document_frequency

WINDOW: Final = 30
"""Words, or characters of Chinese. Neither this nor `APART` is a setting: what a term match counts
was learned with them."""
APART: Final = 2
"""How many places behind the first of two query terms the second may stand."""

MOST_TERMS: Final = 128
"""Of a query, looked for: the first. A page that somebody pasted must not take long."""

Occurrences = Sequence[tuple[int, str]]
"""Where terms of the query stand in one passage, ascending."""


def term_matches(query: Sequence[str], passages: Sequence[Occurrences]) -> list[float]:
    """One a passage, 0 to 1; 0 where it holds no term.

    Args:
        query: The terms of the query, in their order.
        passages: Of each candidate, see `app.ports.analyzer.Analyzer.occurrences`.
    """
    weights = inverse_document_frequencies(query, passages)
    pairs = [(a, b) for a, b in itertools.pairwise(query) if a != b]
    return [_match(pairs, weights, passage) for passage in passages]


def _match(
    pairs: Sequence[tuple[str, str]], weights: Mapping[str, float], passage: Occurrences
) -> float:
    places: dict[str, list[int]] = {}
    for place, term in passage:
        places.setdefault(term, []).append(place)
    everything = sum(weights.values())
    if not (places and everything):
        return 0.0
    cover = sum(weights[term] for term in places) / everything
    order = sum(_in_order(places, pair) for pair in pairs) / max(1, len(pairs))
    return (cover + order + _nearness(passage, weights) / everything) / 3


def _in_order(places: Mapping[str, Sequence[int]], pair: tuple[str, str]) -> bool:
    first, second = (places.get(term, ()) for term in pair)
    for place in first:
        following = bisect.bisect_left(second, place)  # parts of an identifier stand in one place
        if following < len(second) and second[following] <= place + APART:
            return True
    return False


def _nearness(passage: Occurrences, weights: Mapping[str, float]) -> float:
    """The largest sum of distinct terms within `WINDOW`."""
    best = inside = 0.0
    count: Counter[str] = Counter()
    left = 0
    for place, term in passage:
        inside += 0.0 if count[term] else weights[term]
        count[term] += 1
        while place - passage[left][0] >= WINDOW:
            gone = passage[left][1]
            count[gone] -= 1
            inside -= 0.0 if count[gone] else weights[gone]
            left += 1
        best = max(best, inside)
    return best


def inverse_document_frequencies(
    query: Sequence[str], passages: Sequence[Occurrences]
) -> dict[str, float]:
    """Of each term of the query, among the candidates."""
    frequency = Counter(term for passage in passages for term in {term for _, term in passage})
    return {
        term: inverse_document_frequency(frequency[term], len(passages))
        for term in dict.fromkeys(query)
    }
