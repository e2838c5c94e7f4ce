"""The route of words: BM25 over the analyzer's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.collections import TERMS
from app.domain.hits import Candidate
from app.domain.queries import Query
from app.filters import Filter
from app.retrieval.recall.route import Parts, RouteKind


@dataclass(frozen=True, slots=True)
class BM25Route:
    """Passages that share terms with the query."""

    parts: Parts

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`."""
        return self.parts.collection.search_lexical(query.terms, limit=limit, where=where)

    def trust(self, language: str) -> float:  # noqa: ARG002 - the port asks
        """1: words are words in every language."""
        return 1.0


BM25: Final = RouteKind("bm25", TERMS, BM25Route, least=0.0, counts_by_lead=True)
"""A passage without a term of the query scores 0."""
