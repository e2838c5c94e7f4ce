"""One collection: the catalog, the two indexes that follow it, and the lock of its writer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from filelock import FileLock, Timeout

from app.domain import (
    Candidate,
    Chunk,
    CollectionStats,
    Document,
    DocumentRecord,
    Fingerprint,
    IndexedDocument,
    Soundness,
    Tuning,
    Vector,
    Vectors,
)
from app.errors import CollectionBusy, ModelIncompatible, NotFound, StoreCorrupted
from app.filters import Filter
from app.ports import Analyzer
from app.settings import StoreSettings
from app.stores.local.catalog import Catalog
from app.stores.local.chunk_names import ChunkNames
from app.stores.local.dense_index import DenseIndex
from app.stores.local.lexical import LexicalIndex, Scored
from app.stores.local.rank_bm25_index import RankBM25Index
from app.stores.local.tantivy_index import TantivyIndex

logger = logging.getLogger(__name__)

CHANGES_PER_LEXICAL_COMMIT: Final = 5_000
"""How far the lexical index may fall behind during a bulk write."""


class LocalCollection:
    """Implements `app.ports.Collection` in one directory."""

    def __init__(
        self,
        name: str,
        directory: Path,
        catalog: Catalog,
        analyzer: Analyzer,
        settings: StoreSettings,
    ) -> None:
        self._name = name
        self._catalog = catalog
        self._analyzer = analyzer
        self._settings = settings
        self._directory = directory
        self._fingerprint = catalog.facts.fingerprint()
        self._file_lock = FileLock(directory / "writer.lock", thread_local=False)
        self._thread_lock = threading.RLock()
        self._bulk = threading.local()
        self._names = ChunkNames(catalog)
        self._lexical = self._lexical_index()
        self._dense = self._dense_index()
        with self._try_lock() as held:
            if held:
                self._catch_up()

    def _lexical_index(self) -> LexicalIndex:
        """The index that is there, or an empty one in place of what can't be read."""
        if self._settings.lexical_engine == "rank_bm25":
            return RankBM25Index(k1=self._settings.bm25_k1, b=self._settings.bm25_b)
        folder = self._directory / "lexical"
        try:
            return TantivyIndex(folder)
        except StoreCorrupted:
            with self.writing():
                try:
                    return TantivyIndex(folder)  # another process may have mended it
                except StoreCorrupted as error:
                    if folder.exists():
                        logger.warning("%s It is made anew from the catalog.", error)
                    return TantivyIndex.make(folder)

    def _dense_index(self) -> DenseIndex:
        return DenseIndex(
            self._catalog,
            self._directory / "dense",
            dimension=self._fingerprint.dimension,
            metric=self._fingerprint.metric,
            store=self._settings,
        )

    @property
    def name(self) -> str:
        """See `Collection.name`."""
        return self._name

    @property
    def fingerprint(self) -> Fingerprint:
        """See `Collection.fingerprint`."""
        return self._fingerprint

    def is_current(self) -> bool:
        """Whether no other process has dropped, replaced or rebuilt it since it was opened."""
        if not self._catalog.in_place():
            return False
        if not self._thread_lock.acquire(blocking=False):
            return True  # a thread of this process writes: no other process can have
        try:
            return self._catalog.facts.fingerprint() == self._fingerprint
        except NotFound:
            return False
        finally:
            self._thread_lock.release()

    # --- writing --------------------------------------------------------------------------------

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """See `Collection.put`. Raises `ModelIncompatible` for vectors that can't be searched."""
        for document in documents:
            self._require_sound(document)
        with self.writing():
            self._catalog.put(documents)
            self._after_write()

    def delete(self, document_ids: Sequence[str]) -> int:
        """See `Collection.delete`."""
        with self.writing():
            removed = self._catalog.delete(document_ids)
            self._after_write()
        return removed

    def replace_all(self, documents: Iterable[IndexedDocument], fingerprint: Fingerprint) -> None:
        """Gives every document new chunks and vectors, then makes the indexes anew."""
        with self.writing():
            self._catalog.replace_all(documents, fingerprint)
            self._fingerprint = fingerprint
            self.rebuild_indexes()

    def tune(self, tuning: Tuning | None) -> None:
        """See `Collection.tune`."""
        with self.writing():
            self._catalog.facts.set_tuning(tuning)

    def keep_soundness(self, soundness: Soundness) -> None:
        """See `Collection.keep_soundness`."""
        with self.writing():
            self._catalog.facts.set_soundness(soundness)

    def _require_sound(self, document: IndexedDocument) -> None:
        expected = (len(document.chunks), self._fingerprint.dimension)
        if document.vectors.shape != expected or not np.isfinite(document.vectors).all():
            raise ModelIncompatible(
                f"the embedder {self._fingerprint.embedder} gave vectors of shape "
                f"{document.vectors.shape} for {document.document.id}, or some that are not "
                f"finite; {expected} was expected. Check models.embedder."
            )

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """See `Collection.bulk`."""
        outer = getattr(self._bulk, "active", False)
        self._bulk.active = True
        try:
            yield
        finally:
            self._bulk.active = outer
        # Not where the block failed: whoever interrupts it wants to leave, and the next search
        # or write brings the indexes up to date as well.
        if not outer:
            with self.writing():
                self._catch_up()
                self._dense.checkpoint()

    def rebuild_indexes(self) -> None:
        """See `Collection.rebuild_indexes`."""
        with self.writing():
            self._lexical.clear()
            self._dense.clear()
            self._dense = self._dense_index()  # dimension and metric may have changed
            self._catch_up()
            self._dense.checkpoint()

    def _after_write(self) -> None:
        behind = self._catalog.sequence() - self._lexical.applied()
        if not getattr(self._bulk, "active", False) or behind >= CHANGES_PER_LEXICAL_COMMIT:
            self._catch_up()

    def _catch_up(self) -> None:
        """Brings the lexical index up to date; one that is shared, for the holder of the lock."""
        applied = self._lexical.applied()
        if applied > self._catalog.sequence():  # made from a later catalog than this one
            self._lexical.clear()
            applied = 0
        if applied == self._catalog.sequence():
            return
        changes = self._catalog.changes_after(applied)
        texts = self._catalog.indexed_texts(changes.added)
        self._lexical.apply(
            ((key, self._analyzer.terms(text)) for key, text in texts),
            changes.deleted,
            sequence=changes.sequence,
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer lock.

        Raises:
            CollectionBusy: another writer does not let go in time.
            NotFound: the collection was dropped or replaced meanwhile.
        """
        timeout = self._settings.lock_timeout_s
        if not self._thread_lock.acquire(timeout=timeout):
            raise CollectionBusy(f"collection {self._name}: another thread writes to it")
        try:
            try:
                self._file_lock.acquire(timeout=timeout)
            except Timeout:
                raise CollectionBusy(
                    f"collection {self._name}: another process has written to it for more than "
                    f"{timeout:g} s; wait for it, or raise store.lock_timeout_s"
                ) from None
            try:
                if not self._catalog.in_place():
                    raise NotFound(f'Collection "{self._name}" was dropped or replaced.')
                yield
            finally:
                self._file_lock.release()
        finally:
            self._thread_lock.release()

    @contextmanager
    def _try_lock(self) -> Iterator[bool]:
        """The writer lock if it is free right now."""
        if not self._thread_lock.acquire(blocking=False):
            yield False
            return
        try:
            try:
                self._file_lock.acquire(timeout=0)
            except Timeout:
                yield False
                return
            try:
                yield self._catalog.in_place()
            finally:
                self._file_lock.release()
        finally:
            self._thread_lock.release()

    # --- searching ------------------------------------------------------------------------------

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_lexical`."""
        if self._lexical.applied() < self._catalog.sequence():
            with self._try_lock() as held:  # a writer that died may have left changes behind
                if held or not self._lexical.shared:
                    self._catch_up()
        return self._filtered(
            where,
            limit,
            lambda allowed, depth: self._lexical.search(terms, limit=depth, allowed=allowed),
        )

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_dense`."""
        dense = self._dense
        dense.follow()
        return self._filtered(
            where,
            limit,
            lambda allowed, depth: dense.search(vector, limit=depth, allowed=allowed),
        )

    def _filtered(
        self, where: Filter | None, limit: int, search: Callable[..., Scored]
    ) -> list[Candidate]:
        allowed = None if where is None else self._catalog.allowed_keys(where)
        found = search(allowed, limit)
        ids = self._names.of([key for key, _ in found])
        # A key without an id was deleted by another process a moment ago.
        named = [(ids[key], score) for key, score in found if key in ids]
        named.sort(key=lambda hit: (-hit[1], hit[0]))
        return [Candidate(id_, rank, score) for rank, (id_, score) in enumerate(named[:limit], 1)]

    # --- reading --------------------------------------------------------------------------------

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """See `Collection.chunks`."""
        found = self._catalog.chunks(chunk_ids)
        return [found[chunk_id] for chunk_id in chunk_ids if chunk_id in found]

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """See `Collection.document_chunks`."""
        return self._catalog.document_chunks(document_id)

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """See `Collection.sample_chunks`."""
        return self._catalog.sample_chunks(count, seed=seed, where=where)

    def languages(self) -> dict[str, int]:
        """See `Collection.languages`."""
        return self._catalog.languages()

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
            self.soundness(),
        )

    def tuning(self) -> Tuning | None:
        """See `Collection.tuning`."""
        return self._catalog.facts.tuning()

    def soundness(self) -> Soundness | None:
        """See `Collection.soundness`."""
        return self._catalog.facts.soundness()

    def verify(self) -> list[str]:
        """See `Collection.verify`."""
        with self.writing():
            self._catch_up()
            self._dense.follow()
            truth = self._catalog.all_keys()
            problems = self._catalog.integrity()
            for index, keys in (("lexical", self._lexical.keys()), ("dense", self._dense.keys())):
                missing, ghosts = np.setdiff1d(truth, keys), np.setdiff1d(keys, truth)
                if len(missing):
                    problems.append(f"{index} index: {len(missing)} chunks are missing")
                if len(ghosts):
                    problems.append(f"{index} index: {len(ghosts)} chunks no longer exist")
                if len(keys) != len(np.unique(keys)):
                    problems.append(f"{index} index: some chunks are held twice")
            return problems

    def snapshot(self, file: Path) -> None:
        """Copies the catalog as of one instant; readers and writers go on."""
        self._catalog.snapshot(file)

    def close(self) -> None:
        """See `Collection.close`."""
        self._catalog.close()
