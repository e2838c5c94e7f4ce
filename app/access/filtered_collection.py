"""A collection as somebody sees it who may see some of its documents."""

# ruff: noqa: ARG002 - what is refused is refused whatever its arguments are

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from app.access.filtered_graph import FilteredGraph
from app.domain.collections import CollectionStats, Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import (
    Chunk,
    Document,
    DocumentRecord,
    IndexedDocument,
    Metadata,
    SparseVector,
    Vector,
    Vectors,
)
from app.domain.hits import Candidate
from app.errors import Forbidden
from app.filters import And, Exists, Filter, matches
from app.ports.graph import EntityGraph
from app.ports.store import Collection, Reindex

PAGE: Final = 500
"""Records that are read at once in search of those that may be seen."""
MOST_SIZES: Final = 256
"""Sizes that are remembered."""


class Sizes:
    """How many documents and chunks filters show, as of the last change of their collections."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[Collection, int, tuple[int, int]]] = (
            OrderedDict()
        )
        self._lock = threading.Lock()

    def of(self, filtered: FilteredCollection, sequence: int) -> tuple[int, int]:
        """Documents and chunks; all records are read where the collection has changed."""
        place = (filtered.name, repr(filtered.seen))  # since 1 and True are equal, and not the same
        known = self._known.get(place)
        if known is not None and known[0] is filtered.whole and known[1] == sequence:
            return known[2]
        seen = filtered.records()
        sizes = len(seen), sum(record.chunks for record in seen)
        with self._lock:
            self._known[place] = filtered.whole, sequence, sizes
            self._known.move_to_end(place)
            if len(self._known) > MOST_SIZES:
                self._known.popitem(last=False)
        return sizes


@dataclass(frozen=True, slots=True)
class FilteredCollection:
    """Implements `app.ports.store.Collection` without what does not fulfil ``seen``.

    A document that does not is, by every method, as one that was never put. ``seen`` compares what
    all chunks of a document share, and no words (see `app.access.scopes.read_scope_filter`).
    Nothing can be written. Tuning and self-retrieval are of the whole collection: they decide how
    it is searched, and no listing shows them.
    """

    whole: Collection
    seen: Filter
    sizes: Sizes = field(default_factory=Sizes, compare=False, repr=False)

    # --- reading --------------------------------------------------------------------------------

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_lexical`."""
        return self.whole.search_lexical(terms, limit=limit, where=self._and(where))

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_dense`."""
        return self.whole.search_dense(vector, limit=limit, where=self._and(where))

    def search_sparse(
        self, weights: SparseVector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_sparse`."""
        return self.whole.search_sparse(weights, limit=limit, where=self._and(where))

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """1 for each term that a chunk which is seen holds, else 0: not how many hold it."""
        held = self.whole.term_frequencies(terms)
        return [
            len(self.search_lexical([term], limit=1)) if count else 0
            for term, count in zip(terms, held, strict=True)
        ]

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """Empty: a word that is suggested may be of a document that is not seen."""
        return []

    def has_field(self, field: str) -> bool:
        """See `Collection.has_field`."""
        return bool(self.sample_chunks(1, seed=0, where=Exists(field)))

    def graph(self) -> EntityGraph:
        """See `Collection.graph`."""
        return FilteredGraph(
            self.whole.graph(), self.seen, lambda ids: [chunk.id for chunk in self.chunks(ids)]
        )

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """See `Collection.chunks`."""
        return self._seen(self.whole.chunks(chunk_ids))

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """See `Collection.document_chunks`."""
        return self._seen(self.whole.document_chunks(document_id))

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """See `Collection.sample_chunks`."""
        return self.whole.sample_chunks(count, seed=seed, where=self._and(where))

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        """See `Collection.neighbours`."""
        return self._seen(self.whole.neighbours(chunk_id, radius=radius))

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """See `Collection.vectors`."""
        seen = {chunk.id for chunk in self.chunks(chunk_ids)}
        return self.whole.vectors([id_ for id_ in chunk_ids if id_ in seen])

    def document(self, document_id: str) -> Document | None:
        """See `Collection.document`. What is not seen takes no longer for being long."""
        document = self.whole.document(document_id) if self.record(document_id) else None
        if document is None or not self._shows(document.id, document.title, document.metadata):
            return None
        return document

    def record(self, document_id: str) -> DocumentRecord | None:
        """See `Collection.record`."""
        record = self.whole.record(document_id)
        return record if record is not None and self._lists(record) else None

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """See `Collection.records`."""
        found: list[DocumentRecord] = []
        while limit is None or len(found) < limit:
            page = self.whole.records(after=after, limit=PAGE)
            found += filter(self._lists, page)
            if len(page) < PAGE:
                break
            after = page[-1].id
        return found[:limit]

    # --- facts ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """See `Collection.name`."""
        return self.whole.name

    @property
    def fingerprint(self) -> Fingerprint:
        """See `Collection.fingerprint`."""
        return self.whole.fingerprint

    def version(self) -> Hashable:
        """See `Collection.version`."""
        return self.whole.version()

    def stats(self) -> CollectionStats:
        """See `Collection.stats`; the sizes are of what is seen, the rest is left out."""
        stats = self.whole.stats()
        documents, chunks = self.sizes.of(self, stats.sequence)
        return replace(
            stats,
            documents=documents,
            chunks=chunks,
            sequence=0,
            tuning=None,
            self_retrieval=None,
        )

    def languages(self) -> dict[str, int]:
        """See `Collection.languages`."""
        seen = (chunk for record in self.records() for chunk in self.document_chunks(record.id))
        found = Counter(chunk.metadata.get("lang") for chunk in seen)
        return {language: n for language, n in found.items() if isinstance(language, str)}

    def tuning(self) -> Tuning | None:
        """See `Collection.tuning`."""
        return self.whole.tuning()

    def self_retrieval(self) -> SelfRetrieval | None:
        """See `Collection.self_retrieval`."""
        return self.whole.self_retrieval()

    def rebuilds(self) -> int:
        """See `Collection.rebuilds`."""
        return self.whole.rebuilds()

    # --- what is not to be done with it ---------------------------------------------------------

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """Is refused."""
        self._refuse()

    def delete(self, document_ids: Sequence[str]) -> int:
        """Is refused."""
        self._refuse()

    def writing(self) -> AbstractContextManager[None]:
        """Is refused."""
        self._refuse()

    def bulk(self) -> AbstractContextManager[None]:
        """Is refused."""
        self._refuse()

    def tune(self, tuning: Tuning | None) -> None:
        """Is refused."""
        self._refuse()

    def keep_self_retrieval(self, self_retrieval: SelfRetrieval) -> None:
        """Is refused."""
        self._refuse()

    def verify(self) -> list[str]:
        """Is refused."""
        self._refuse()

    def is_damaged(self, document_id: str) -> bool:
        """Is refused."""
        self._refuse()

    def rebuild_indexes(self) -> None:
        """Is refused."""
        self._refuse()

    def reindex(self, reindex: Reindex, fingerprint: Fingerprint) -> None:
        """Is refused."""
        self._refuse()

    def close(self) -> None:
        """Is refused: others have it open as well."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Forbidden(f'You may only search in collection "{self.name}".')

    # --- what is seen ---------------------------------------------------------------------------

    def _and(self, where: Filter | None) -> Filter:
        return self.seen if where is None else And((self.seen, where))

    def _seen(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        return [chunk for chunk in chunks if matches(self.seen, chunk.attributes, ())]

    def _lists(self, record: DocumentRecord) -> bool:
        return self._shows(record.id, record.title, record.metadata)

    def _shows(self, document_id: str, title: str, metadata: Metadata) -> bool:
        attributes = dict(metadata) | {"document_id": document_id, "title": title}
        return matches(self.seen, attributes, ())
