"""How much of a question BM25's best hits hold, which tells what its scores are worth for it.

A hit of BM25 may stand far above the others and still share no more than a name or a number with
the question, as where the passages are in another language. So BM25's weight is multiplied by::

    factor = min(1, cover / full)                            in [0, 1]

``cover`` is the largest share of the question's terms that one of BM25's first hits holds, each
term counting by its inverse document frequency among the first hits of all routes; from ``full``
on, a setting, BM25 counts in full.

Source: the coordination level, the number of terms that query and document share (C. W. Cleverdon,
"The Cranfield Tests on Index Language Devices", Aslib Proceedings 19, 1967), with terms weighed as
in K. Spärck Jones, "A Statistical Interpretation of Term Specificity", 1972.
``docs/results/fusion_cover.json`` has what it gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.ports import Analyzer, Collection
from app.retrieval.fusion import Rankings
from app.retrieval.term_match import MOST_TERMS, Occurrences, inverse_document_frequencies

FIRST: Final = 10
"""Hits of each route that are looked at."""


def bm25_factor(covered: float, *, full: float) -> float:
    """What BM25's weight is multiplied by, 0 to 1; 1 where ``full`` is 0.

    Args:
        covered: See `cover`.
        full: The share from which BM25 counts in full, 0 to 1.
    """
    return min(1.0, covered / full) if full else 1.0


def cover(
    query: Sequence[str], hits: Sequence[Occurrences], others: Sequence[Occurrences]
) -> float:
    """The largest share of the query's terms that one hit holds, 0 to 1.

    Args:
        query: The terms of the query.
        hits: Where they stand in BM25's first hits.
        others: The same for the first hits of other routes, that are no hits of BM25.
    """
    weights = inverse_document_frequencies(query, [*hits, *others])
    everything = sum(weights.values())
    if not everything:
        return 0.0
    held = ({term for _, term in hit} for hit in hits)
    return max((sum(weights[term] for term in terms) for terms in held), default=0.0) / everything


def covered_by(
    route: str, rankings: Rankings, query: str, *, collection: Collection, analyzer: Analyzer
) -> float:
    """The `cover` of a route's hits; 1 where it has none that are stored still.

    Args:
        route: The one whose hits are looked at.
        rankings: What every route returned.
        query: What was asked.
        collection: Where the passages are.
        analyzer: Of the collection.
    """
    first = {c.chunk_id for c in rankings[route][:FIRST]}
    seen = first.union(*({c.chunk_id for c in ranking[:FIRST]} for ranking in rankings.values()))
    chunks = collection.chunks(sorted(seen))
    terms = analyzer.query_terms(query)[:MOST_TERMS]
    places = analyzer.occurrences([chunk.indexed_text for chunk in chunks], frozenset(terms))
    hits = [found for chunk, found in zip(chunks, places, strict=True) if chunk.id in first]
    others = [found for chunk, found in zip(chunks, places, strict=True) if chunk.id not in first]
    return cover(terms, hits, others) if hits else 1.0
