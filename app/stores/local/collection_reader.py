"""What a collection answers from its catalog; only a filter by words asks an index."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.collections import CollectionStats, Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import Chunk, Document, DocumentRecord, Vectors
from app.filters import Filter
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.filtering.filter_sets import FilterSets, Holding
from app.stores.local.filtering.key_set import KeySet


class CollectionReader:
    """Implements the part of `app.ports.store.Collection` that neither searches nor writes."""

    def __init__(self, name: str, catalog: Catalog, holding: Holding) -> None:
        self._name = name
        self._catalog = catalog
        self._fingerprint = catalog.facts.fingerprint()
        self._filters = FilterSets(catalog, holding)

    @property
    def name(self) -> str:
        """See `Collection.name`."""
        return self._name

    @property
    def fingerprint(self) -> Fingerprint:
        """See `Collection.fingerprint`."""
        return self._fingerprint

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """See `Collection.chunks`."""
        found = self._catalog.chunks(chunk_ids)
        return [found[chunk_id] for chunk_id in chunk_ids if chunk_id in found]

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """See `Collection.document_chunks`."""
        return self._catalog.document_chunks(document_id)

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """See `Collection.sample_chunks`."""
        return self._catalog.sample_chunks(count, seed=seed, among=self._passing(where))

    def languages(self) -> dict[str, int]:
        """See `Collection.languages`."""
        return self._catalog.languages()

    def has_field(self, name: str) -> bool:
        """See `Collection.has_field`."""
        return self._catalog.has_field(name)

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        """See `Collection.neighbours`."""
        return self._catalog.neighbours(chunk_id, radius=radius)

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """See `Collection.vectors`."""
        return self._catalog.vectors(chunk_ids, self._fingerprint.dimension)

    def document(self, document_id: str) -> Document | None:
        """See `Collection.document`."""
        return self._catalog.document(document_id)

    def record(self, document_id: str) -> DocumentRecord | None:
        """See `Collection.record`."""
        return self._catalog.record(document_id)

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """See `Collection.records`."""
        return self._catalog.records(after=after, limit=limit)

    def stats(self) -> CollectionStats:
        """See `Collection.stats`."""
        documents, chunks = self._catalog.counts()
        return CollectionStats(
            self._name,
            documents,
            chunks,
            self._catalog.sequence(),
            self._fingerprint,
            self.tuning(),
            self.self_retrieval(),
        )

    def tuning(self) -> Tuning | None:
        """See `Collection.tuning`."""
        return self._catalog.facts.tuning()

    def rebuilds(self) -> int:
        """See `Collection.rebuilds`."""
        return self._catalog.facts.rebuilds()

    def self_retrieval(self) -> SelfRetrieval | None:
        """See `Collection.self_retrieval`."""
        return self._catalog.facts.self_retrieval()

    def _passing(self, where: Filter | None) -> KeySet | None:
        return None if where is None else self._filters.passing(where)
