"""Recall routes: each turns a query into its own ranked list of candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.hits import Candidate
from app.filters import Filter
from app.ports import Analyzer, Collection, Embedder

BM25: Final = "bm25"
DENSE: Final = "dense"


class Route(Protocol):
    """One way to recall candidates."""

    @property
    def name(self) -> str:
        """What requests, weights and traces call it."""

    def recall(self, query: str, *, limit: int, where: Filter | None) -> list[Candidate]:
        """Candidates, best first."""


@dataclass(frozen=True, slots=True)
class BM25Route:
    """Passages that share terms with the query."""

    collection: Collection
    analyzer: Analyzer
    name: str = BM25

    def recall(self, query: str, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`."""
        return self.collection.search_lexical(
            self.analyzer.query_terms(query), limit=limit, where=where
        )


@dataclass(frozen=True, slots=True)
class DenseRoute:
    """Passages whose vectors lie near the query's."""

    collection: Collection
    embedder: Embedder
    name: str = DENSE

    def recall(self, query: str, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`."""
        vector = self.embedder.embed_queries([query])[0]
        return self.collection.search_dense(vector, limit=limit, where=where)
