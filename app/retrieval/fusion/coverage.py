"""How much of a question BM25 finds that the other routes don't, and how far it counts for that.

A hit of BM25 may stand far above the others and still share no more than a name or a number with
the question, as where the passages are in another language; or it shares every term, and so does
all that is on the topic. In both cases its score says little. So BM25's weight is multiplied by::

    factor = min(1, lead / full)                             in [0, 1]
    lead   = cover of BM25's best hit − mean cover of the hits of the other routes

The ``cover`` of a passage is the share of the question's terms that it holds, each term counting
by its inverse document frequency among the first hits of all routes; from ``full`` on, a setting,
BM25 counts in full.

Source: terms shared by query and document, weighed by how rare they are: K. Spärck
Jones, "A Statistical Interpretation of Term Specificity", Journal of Documentation 28, 1972. To
weigh a route by it, query by query, is our own: ``docs/results/fusion_lead.json``.
"""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.queries import Query
from app.ports.analyzer import Analyzer
from app.ports.store import Collection
from app.retrieval.fusion.fuse import Rankings
from app.retrieval.ranking.term_match import MOST_TERMS, Occurrences, inverse_document_frequencies

FIRST: Final = 10
"""Hits of each route that are looked at; `bm25_lead` was chosen with it, and is the setting."""


def lead_factor(lead: float, *, full: float) -> float:
    """What the weight of a route with this `lead` is multiplied by, 0 to 1; 1 where ``full`` is 0.

    Args:
        lead: See `lead_of_hits`.
        full: The lead from which the route counts in full, 0 to 1.
    """
    return min(1.0, max(0.0, lead / full)) if full else 1.0


def lead_of_hits(
    query: Sequence[str],
    passages: Mapping[str, Occurrences],
    *,
    hits: Ids[str],
    others: Ids[str],
) -> float:
    """How much more the best of ``hits`` covers than ``others`` do on average, −1 to 1.

    Args:
        query: The terms of the query.
        passages: Where they stand in the first hits of all routes, by chunk id.
        hits: Ids of those that one route returned.
        others: Ids of those that other routes returned, which may be the same; 0 is taken off
            where there are none.
    """
    weights = inverse_document_frequencies(query, list(passages.values()))
    everything = sum(weights.values())
    covers = {
        id_: sum(weights[term] for term in {term for _, term in places}) / everything
        for id_, places in passages.items()
        if everything
    }
    best = max((covers.get(id_, 0.0) for id_ in hits), default=0.0)
    mean = sum(covers.get(id_, 0.0) for id_ in others) / max(1, len(others))
    return best - mean


def lead(
    route: str, rankings: Rankings, query: Query, *, collection: Collection, analyzer: Analyzer
) -> float:
    """The `lead_of_hits` of a route over the others; 1 where it has no hits that are stored still.

    Args:
        route: The one whose lead is asked for.
        rankings: What every route returned.
        query: What was asked.
        collection: Where the passages are.
        analyzer: Of the collection.
    """
    first = {name: [c.chunk_id for c in ranking[:FIRST]] for name, ranking in rankings.items()}
    chunks = collection.chunks(sorted({id_ for ids in first.values() for id_ in ids}))
    terms = query.terms[:MOST_TERMS]
    places = analyzer.occurrences([chunk.indexed_text for chunk in chunks], frozenset(terms))
    passages = {chunk.id: found for chunk, found in zip(chunks, places, strict=True)}
    hits = passages.keys() & set(first[route])
    others = {id_ for name, ids in first.items() if name != route for id_ in ids}
    return (
        lead_of_hits(terms, passages, hits=hits, others=passages.keys() & others) if hits else 1.0
    )
