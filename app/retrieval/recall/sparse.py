"""The route of learned weights: tokens that a query and a passage hold, or are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.collections import SPARSE_WEIGHTS
from app.domain.hits import Candidate
from app.domain.queries import Query
from app.errors import RepresentationMissing
from app.filters import Filter
from app.ports.models import SparseEmbedder
from app.retrieval.recall.route import Parts, RouteKind


@dataclass(frozen=True, slots=True)
class SparseRoute:
    """Passages whose weights of tokens have the greatest dot product with the query's."""

    parts: Parts

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`.

        Raises:
            RepresentationMissing: no model is configured, or the collection has no weights of it.
        """
        (weights,) = self._embedder().embed_queries([query.text])
        return self.parts.collection.search_sparse(weights, limit=limit, where=where)

    def trust(self, language: str) -> float:
        """1 in the languages of the model, which says nothing of others, and 0 in these."""
        embedder = self.parts.sparse_embedder
        return 1.0 if embedder is not None and embedder.supports(language) else 0.0

    def _embedder(self) -> SparseEmbedder:
        collection, embedder = self.parts.collection, self.parts.sparse_embedder
        if embedder is None:
            raise RepresentationMissing(
                "the route sparse has no model. Set models.sparse, and run `rag rebuild "
                f"{collection.name}`."
            )
        kept = collection.fingerprint.sparse
        if kept != embedder.id:
            raise RepresentationMissing(
                f"collection {collection.name} keeps sparse weights of {kept}, and {embedder.id} "
                f"is configured. Run `rag rebuild {collection.name}`, or restore models.sparse."
            )
        return embedder


SPARSE: Final = RouteKind("sparse", SPARSE_WEIGHTS, SparseRoute, least=0.0)
"""A passage that shares no token with the query scores 0."""
