"""What two passages hold of a question together, beyond what any passage holds alone.

``cover`` is the share of the question's terms, of those that any of the passages holds, each term
counting by its inverse document frequency among them::

    gain(a, b) = cover(a ∪ b) − max over all passages p of cover(p)

A passage counts by its best pair. Terms weigh as in `app.retrieval.fusion.coverage`; to count pairs
by what they add is our own (``docs/results/graph_route.json``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.retrieval.graph.walk import Bridge
from app.retrieval.ranking.term_match import Occurrences, inverse_document_frequencies

ROUNDING: Final = 1e-9
"""Sums of the same terms may differ by it: such a gain is none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two passages with their ``gain``, above 0 and up to 1."""

    gain: float
    bridge: Bridge


def together(
    query: Sequence[str],
    passages: Mapping[str, Occurrences],
    bridges: Iterable[Bridge],
    *,
    least: float,
) -> dict[str, Pair]:
    """The best pair of each passage that is in one whose gain is above ``least``.

    Args:
        query: The terms of the query.
        passages: Where they stand in each passage, by chunk id.
        bridges: Which passages belong together; those that are not given are passed over.
        least: From 0; what a gain must exceed.
    """
    weights = inverse_document_frequencies(query, list(passages.values()))
    held = {id_: frozenset(term for _, term in places) for id_, places in passages.items()}
    everything = sum(weights[term] for term in frozenset().union(*held.values()))
    if not everything:
        return {}

    def cover(terms: frozenset[str]) -> float:
        return sum(weights[term] for term in sorted(terms)) / everything

    alone = max(map(cover, held.values()))
    best: dict[str, Pair] = {}
    for bridge in bridges:
        if bridge.first not in held or bridge.second not in held:
            continue
        pair = Pair(cover(held[bridge.first] | held[bridge.second]) - alone, bridge)
        if pair.gain <= max(least, ROUNDING):
            continue
        for id_ in (bridge.first, bridge.second):
            if id_ not in best or best[id_].gain < pair.gain:
                best[id_] = pair
    return best
