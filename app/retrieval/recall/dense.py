"""The route of meaning: nearest vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.collections import DENSE_VECTOR
from app.domain.hits import Candidate
from app.domain.queries import Query
from app.filters import Filter
from app.retrieval.health.self_retrieval import dense_factor
from app.retrieval.recall.route import Parts, RouteKind


@dataclass(frozen=True, slots=True)
class DenseRoute:
    """Passages whose vectors lie near the query's."""

    parts: Parts

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`."""
        vector = self.parts.embedder.embed_queries([query.text])[0]
        return self.parts.collection.search_dense(vector, limit=limit, where=where)

    def trust(self, language: str) -> float:
        """As far as the collection's embedder was found to know the language."""
        found = self.parts.collection.self_retrieval()
        return dense_factor(found, language, self.parts.settings)


DENSE: Final = RouteKind("dense", DENSE_VECTOR, DenseRoute)
