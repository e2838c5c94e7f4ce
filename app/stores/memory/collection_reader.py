"""What a collection in memory answers; reads take no lock and see the contents of one instant."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence

from app.domain.collections import (
    SPARSE_WEIGHTS,
    CollectionStats,
    Fingerprint,
    SelfRetrieval,
    Tuning,
)
from app.domain.documents import (
    Chunk,
    Document,
    DocumentRecord,
    SparseVector,
    Vector,
    Vectors,
)
from app.domain.hits import Candidate
from app.errors import NotFound
from app.filters import Exists, Filter, matches
from app.ports.graph import EntityGraph
from app.stores.graphs import require_graph
from app.stores.memory.contents import Contents
from app.stores.soundness import no_sparse_weights


class MemoryCollectionReader:
    """Implements the part of `app.ports.store.Collection` that does not write."""

    def __init__(self, name: str, contents: Contents, *, keeps_graph: bool) -> None:
        self._name = name
        self._keeps_graph = keeps_graph
        self._kept: Contents | None = contents
        """``None`` once the collection was dropped."""
        self._tuning: Tuning | None = None
        self._rebuilds = 0
        self._self_retrieval: SelfRetrieval | None = None
        self._facts_kept = 0
        """How often the tuning or the self-retrieval was replaced."""

    @property
    def name(self) -> str:
        """See `Collection.name`."""
        return self._name

    @property
    def fingerprint(self) -> Fingerprint:
        """See `Collection.fingerprint`."""
        return self._contents.fingerprint

    @property
    def _contents(self) -> Contents:
        kept = self._kept
        if kept is None:
            raise NotFound(f'Collection "{self._name}" was dropped or replaced.')
        return kept

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_lexical`."""
        return self._contents.table.search_lexical(terms, limit=limit, where=where)

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_dense`."""
        return self._contents.table.search_dense(vector, limit=limit, where=where)

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `Collection.term_frequencies`."""
        return self._contents.table.term_frequencies(terms)

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `Collection.terms_beginning`."""
        return self._contents.table.terms_beginning(start, limit=limit)

    def search_sparse(
        self, weights: SparseVector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_sparse`."""
        contents = self._contents
        if SPARSE_WEIGHTS not in contents.fingerprint.representations:
            raise no_sparse_weights(self._name)
        return contents.table.search_sparse(weights, limit=limit, where=where)

    def graph(self) -> EntityGraph:
        """See `Collection.graph`."""
        return require_graph(self._contents.graph if self._keeps_graph else None)

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """See `Collection.chunks`."""
        table = self._contents.table
        return [table.chunks[table.rows[id_]] for id_ in chunk_ids if id_ in table.rows]

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """See `Collection.document_chunks`."""
        found = self._contents.documents.get(document_id)
        return list(found.indexed.chunks) if found else []

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """See `Collection.sample_chunks`."""
        table = self._contents.table
        rows = table.passing(where)
        if len(rows) > count:
            rows = sorted(random.Random(seed).sample(rows, count))  # noqa: S311 - a sample, no secret
        return [table.chunks[row] for row in rows]

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        """See `Collection.neighbours`."""
        contents = self._contents
        row = contents.table.rows.get(chunk_id)
        if row is None:
            return []
        chunk = contents.table.chunks[row]
        return [
            other
            for other in contents.documents[chunk.document_id].indexed.chunks
            if abs(other.position - chunk.position) <= radius
        ]

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """See `Collection.vectors`."""
        table = self._contents.table
        rows = [table.rows[id_] for id_ in chunk_ids if id_ in table.rows]
        found: Vectors = table.vectors[rows]
        return found

    def document(self, document_id: str) -> Document | None:
        """See `Collection.document`."""
        found = self._contents.documents.get(document_id)
        return found.indexed.document if found else None

    def record(self, document_id: str) -> DocumentRecord | None:
        """See `Collection.record`."""
        found = self._contents.documents.get(document_id)
        return found.record if found else None

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """See `Collection.records`."""
        documents = self._contents.documents
        behind = sorted(id_ for id_ in documents if id_ > after)
        return [documents[id_].record for id_ in behind[:limit]]

    def languages(self) -> dict[str, int]:
        """See `Collection.languages`."""
        counted: Counter[str] = Counter()
        for stored in self._contents.documents.values():
            for chunk in stored.indexed.chunks:
                value = chunk.attributes.get("lang", ())
                elements = value if isinstance(value, tuple) else (value,)
                counted.update({element for element in elements if isinstance(element, str)})
        return dict(counted)

    def has_field(self, name: str) -> bool:
        """See `Collection.has_field`."""
        chunks = self._contents.table.chunks
        return any(matches(Exists(name), chunk.attributes, ()) for chunk in chunks)

    def stats(self) -> CollectionStats:
        """See `Collection.stats`."""
        contents = self._contents
        return CollectionStats(
            self._name,
            len(contents.documents),
            sum(stored.record.chunks for stored in contents.documents.values()),
            contents.sequence,
            contents.fingerprint,
            self.tuning(),
            self.self_retrieval(),
        )

    def version(self) -> Hashable:
        """See `Collection.version`."""
        return self._contents.sequence, self._rebuilds, self._facts_kept

    def tuning(self) -> Tuning | None:
        """See `Collection.tuning`."""
        return self._tuning

    def rebuilds(self) -> int:
        """See `Collection.rebuilds`."""
        return self._rebuilds

    def self_retrieval(self) -> SelfRetrieval | None:
        """See `Collection.self_retrieval`."""
        return self._self_retrieval

    def verify(self) -> list[str]:
        """See `Collection.verify`. Searches are made from the documents and can't disagree."""
        _ = self._contents
        return []

    def is_damaged(self, document_id: str) -> bool:  # noqa: ARG002 - the port names the document
        """See `Collection.is_damaged`. Nothing lies at rest, where it could be damaged."""
        return False
