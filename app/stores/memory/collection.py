"""One collection in memory, whose contents one writer at a time replaces by others."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from app.domain.collections import Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import DocumentRecord, IndexedDocument
from app.errors import CollectionBusy
from app.ports.analyzer import Analyzer
from app.ports.store import Reindex
from app.settings import StoreSettings
from app.stores.analysed import Analysed, analysed
from app.stores.memory.chunk_table import LexicalSettings
from app.stores.memory.collection_reader import MemoryCollectionReader
from app.stores.memory.contents import Contents, StoredDocument, stored
from app.stores.soundness import require_sound

REINDEX_ROUNDS: Final = 5
"""How often what was written meanwhile is made up for before the lock is taken."""
BATCH: Final = 32
"""Documents that are made together."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of a document: its new chunks, or ``None`` where it keeps those it has.

    ``record`` is what was told of the document when this was made.
    """

    record: DocumentRecord
    document: IndexedDocument | None


class MemoryCollection(MemoryCollectionReader):
    """Implements `app.ports.store.Collection` with dictionaries and arrays."""

    def __init__(
        self, name: str, fingerprint: Fingerprint, analyzer: Analyzer, settings: StoreSettings
    ) -> None:
        lexical = LexicalSettings(settings.bm25_k1, settings.bm25_b)
        super().__init__(name, Contents(fingerprint, lexical), keeps_graph=settings.entity_graph)
        self._analyzer = analyzer
        self._timeout_s = settings.lock_timeout_s
        self._writer = threading.RLock()
        self._reindexing = threading.Lock()

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """See `Collection.put`."""
        taken_apart = [(document, self._words(document)) for document in documents]
        with self.writing():
            for document in documents:
                require_sound(document, self.fingerprint)
            self._kept = self._contents.with_documents(taken_apart)

    def delete(self, document_ids: Sequence[str]) -> int:
        """See `Collection.delete`."""
        with self.writing():
            self._kept, removed = self._contents.without(document_ids)
        return removed

    @contextmanager
    def writing(self) -> Iterator[None]:
        """See `Collection.writing`; there are no other processes."""
        if not self._writer.acquire(timeout=self._timeout_s):
            raise CollectionBusy(f"collection {self._name}: another thread writes to it")
        try:
            _ = self._contents  # raises where the collection was dropped meanwhile
            yield
        finally:
            self._writer.release()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """See `Collection.bulk`. A write costs no index anything: a search makes what it needs."""
        yield

    def tune(self, tuning: Tuning | None) -> None:
        """See `Collection.tune`."""
        with self.writing():
            self._tuning = tuning
            self._facts_kept += 1

    def keep_self_retrieval(self, self_retrieval: SelfRetrieval) -> None:
        """See `Collection.keep_self_retrieval`."""
        with self.writing():
            self._self_retrieval = self_retrieval
            self._facts_kept += 1

    def rebuild_indexes(self) -> None:
        """See `Collection.rebuild_indexes`. All texts are analysed again."""
        with self.writing():
            self._kept = self._contents.with_words(self._words)

    def reindex(self, reindex: Reindex, fingerprint: Fingerprint) -> None:
        """See `Collection.reindex`.

        Raises:
            CollectionBusy: it is being done already.
            ModelIncompatible: some vectors would have another dimension than ``fingerprint`` says.
        """
        if not self._reindexing.acquire(blocking=False):
            raise CollectionBusy(f"collection {self._name} is being rebuilt already; wait for it")
        try:
            made: dict[str, _Made] = {}
            for _ in range(REINDEX_ROUNDS):
                if not _take(self.records(), reindex, made):
                    break
            with self.writing():
                _take(self.records(), reindex, made)
                self._replace(made, fingerprint)
        finally:
            self._reindexing.release()

    def _replace(self, made: dict[str, _Made], fingerprint: Fingerprint) -> None:
        before = self._contents
        changed: dict[str, StoredDocument] = {}
        for id_, found in before.documents.items():
            document = made[id_].document
            require_sound(document or found.indexed, fingerprint)
            if document is not None:
                same = replace(document, content_hash=found.record.content_hash)
                changed[id_] = stored(same, self._words(document), version=found.record.version)
        self._kept = before.reindexed(changed, fingerprint)
        self._rebuilds += 1
        self._self_retrieval = None  # it was measured on the vectors that went

    def _words(self, document: IndexedDocument) -> tuple[Analysed, ...]:
        return tuple(analysed(chunk.indexed_text, self._analyzer) for chunk in document.chunks)

    def close(self) -> None:
        """See `Collection.close`. There are no files: what it holds stays until it is dropped."""

    def discard(self) -> None:
        """Lets go of all it holds; further calls raise `NotFound`."""
        self._kept = None


def _take(records: Sequence[DocumentRecord], reindex: Reindex, made: dict[str, _Made]) -> int:
    """Makes what is missing or has changed since; returns how many documents that were."""
    missing = [
        record for record in records if record.id not in made or made[record.id].record != record
    ]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        found = {document.document.id: document for document in reindex(batch)}
        made.update((record.id, _Made(record, found.get(record.id))) for record in batch)
    return len(missing)
