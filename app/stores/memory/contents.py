"""What a collection holds as of one change: documents that never change, and what is made of them.

A write makes other contents and puts them in the place of these, so that whoever reads goes on with
what was there when the read began, and no reader waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from app.domain.collections import Fingerprint
from app.domain.documents import DocumentRecord, IndexedDocument
from app.stores.analysed import Analysed
from app.stores.memory.chunk_table import ChunkTable, LexicalSettings
from app.stores.memory.entity_graph import MemoryGraph


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with the words of each chunk, and what a listing tells of it."""

    indexed: IndexedDocument
    words: tuple[Analysed, ...]
    record: DocumentRecord


class Contents:
    """Documents by id, in the order in which they were written."""

    def __init__(
        self,
        fingerprint: Fingerprint,
        lexical: LexicalSettings,
        documents: Mapping[str, StoredDocument] | None = None,
        sequence: int = 0,
    ) -> None:
        self.fingerprint = fingerprint
        self.documents: Mapping[str, StoredDocument] = documents or {}
        self.sequence = sequence
        """How many chunks came or went until now."""
        self._lexical = lexical
        self._table: ChunkTable | None = None
        self._graph: MemoryGraph | None = None
        self._making = threading.Lock()

    @property
    def table(self) -> ChunkTable:
        """What searches look at, made when it is first asked for."""
        with self._making:
            if self._table is None:
                self._table = ChunkTable(
                    [
                        (chunk, words)
                        for stored in self.documents.values()
                        for chunk, words in zip(stored.indexed.chunks, stored.words, strict=True)
                    ],
                    [stored.indexed.vectors for stored in self.documents.values()],
                    [v for stored in self.documents.values() for v in stored.indexed.sparse],
                    dimension=self.fingerprint.dimension,
                    metric=self.fingerprint.metric,
                    lexical=self._lexical,
                )
            return self._table

    @property
    def graph(self) -> MemoryGraph:
        """Made when it is first asked for."""
        with self._making:
            if self._graph is None:
                stored = self.documents.values()
                self._graph = MemoryGraph(
                    pair
                    for one in stored
                    for pair in zip(one.indexed.chunks, one.words, strict=True)
                )
            return self._graph

    def with_documents(
        self, documents: Iterable[tuple[IndexedDocument, tuple[Analysed, ...]]]
    ) -> Contents:
        """These, with documents added, or put in the place of those of the same id."""
        kept, sequence = dict(self.documents), self.sequence
        for document, words in documents:
            before = kept.pop(document.document.id, None)
            version = before.record.version + 1 if before else 1
            kept[document.document.id] = stored(document, words, version=version)
            sequence += len(document.chunks) + (len(before.indexed.chunks) if before else 0)
        return Contents(self.fingerprint, self._lexical, kept, sequence)

    def without(self, document_ids: Sequence[str]) -> tuple[Contents, int]:
        """These, less some documents, and how many of them were there."""
        kept, sequence, removed = dict(self.documents), self.sequence, 0
        for document_id in document_ids:
            before = kept.pop(document_id, None)
            if before is not None:
                removed += 1
                sequence += len(before.indexed.chunks)
        return Contents(self.fingerprint, self._lexical, kept, sequence), removed

    def with_words(self, words: Callable[[IndexedDocument], tuple[Analysed, ...]]) -> Contents:
        """These, with the words of every chunk made anew."""
        kept = {
            id_: replace(found, words=words(found.indexed)) for id_, found in self.documents.items()
        }
        return Contents(self.fingerprint, self._lexical, kept, self.sequence)

    def reindexed(
        self, documents: Mapping[str, StoredDocument], fingerprint: Fingerprint
    ) -> Contents:
        """These under another fingerprint, with the chunks and vectors of some replaced."""
        kept, sequence = dict(self.documents), self.sequence
        for document_id, document in documents.items():
            before = kept.pop(document_id)
            kept[document_id] = document
            sequence += len(before.indexed.chunks) + len(document.indexed.chunks)
        return Contents(fingerprint, self._lexical, kept, sequence)


def stored(
    document: IndexedDocument, words: tuple[Analysed, ...], *, version: int
) -> StoredDocument:
    """A document as it is kept from now on; its vectors are a copy that nobody can write to."""
    vectors = np.array(document.vectors, dtype=np.float32)
    vectors.setflags(write=False)
    source = document.document
    record = DocumentRecord(
        source.id,
        source.title,
        source.uri,
        document.content_hash,
        version,
        len(document.chunks),
        len(source.text),
        datetime.now(UTC).isoformat(timespec="seconds"),
        source.metadata,
    )
    return StoredDocument(replace(document, vectors=vectors), words, record)
