"""One collection: the catalog, the two indexes that follow it, and the lock of its writer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from app.domain.collections import Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import IndexedDocument, Vector
from app.domain.hits import Candidate
from app.errors import ModelIncompatible, NotFound, StoreUnwritable
from app.filters import Filter
from app.ports.analyzer import Analyzer
from app.ports.store import Reindex
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.chunk_names import ChunkNames
from app.stores.local.collection_reader import CollectionReader
from app.stores.local.dense.index import DenseIndex
from app.stores.local.filtering.filter_sets import FilterSets
from app.stores.local.filtering.key_set import Keys
from app.stores.local.lexical.cache import LexicalCache
from app.stores.local.lexical.engine import Scored
from app.stores.local.lexical.maintenance import LexicalMaintenance
from app.stores.local.locks.writer_lock import WriterLock
from app.stores.local.locks.writing import held_for_writing
from app.stores.local.reindexing import remove_leftovers, staging

logger = logging.getLogger(__name__)

CHANGES_PER_LEXICAL_COMMIT: Final = 5_000
"""How far the lexical index may fall behind during a bulk write."""
REINDEX_ROUNDS: Final = 5
"""How often what was written meanwhile is made up for before the lock is taken."""
MIN_LOG: Final = 10_000
LOG_PER_CHUNK: Final = 2
"""The log of changes is pruned when it holds more than both of them say."""


class LocalCollection(CollectionReader):
    """Implements `app.ports.store.Collection` in one directory."""

    def __init__(
        self,
        name: str,
        directory: Path,
        catalog: Catalog,
        analyzer: Analyzer,
        settings: StoreSettings,
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._lock = WriterLock(name, directory, timeout_s=settings.lock_timeout_s)
        self._bulk = threading.local()
        self._names = ChunkNames(catalog)
        self._lexical = LexicalCache(catalog, directory / "lexical", analyzer, settings)
        self._maintenance = LexicalMaintenance(name, catalog, self._lexical, self._lock)
        super().__init__(name, catalog, self._maintenance.holding)
        self._dense = self._dense_index()

    def _dense_index(self) -> DenseIndex:
        return DenseIndex(
            self._catalog,
            self._directory / "dense",
            dimension=self._fingerprint.dimension,
            metric=self._fingerprint.metric,
            store=self._settings,
        )

    def is_current(self) -> bool:
        """Whether no other process has dropped, replaced or rebuilt it since it was opened."""
        if not self._catalog.in_place():
            return False
        with self._lock.held_from_threads() as mine:
            if not mine:
                return True  # a thread of this process writes: no other process can have
            try:
                return self._catalog.facts.fingerprint() == self._fingerprint
            except NotFound:
                return False

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
            try:
                self._after_write()
            except StoreUnwritable as error:  # what is gone from the catalog is never found
                logger.warning("%s", error)
        return removed

    def reindex(self, reindex: Reindex, fingerprint: Fingerprint) -> None:
        """Gives documents new chunks and vectors under ``fingerprint``, and makes all indexes anew.

        They are made beside the collection, which can be searched and written meanwhile; what was
        written is made up for, the last of it under the lock.
        """
        timeout_s = self._settings.lock_timeout_s
        with staging(self._directory, fingerprint, lock_timeout_s=timeout_s) as staged:
            for _ in range(REINDEX_ROUNDS):
                if not staged.take(self.records(), reindex):
                    break
            with self.writing():
                records = self.records()
                staged.take(records, reindex)
                self._catalog.replace(staged.documents(records), fingerprint)
                self._fingerprint = fingerprint
                self.rebuild_indexes()

    def is_damaged(self, document_id: str) -> bool:
        """Whether vectors of a document are not as they were written."""
        return self._catalog.damaged_vectors(document_id) > 0

    def tune(self, tuning: Tuning | None) -> None:
        """See `Collection.tune`."""
        with self.writing():
            self._catalog.facts.set_tuning(tuning)

    def keep_self_retrieval(self, self_retrieval: SelfRetrieval) -> None:
        """See `Collection.keep_self_retrieval`."""
        with self.writing():
            self._catalog.facts.set_self_retrieval(self_retrieval)

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
        if getattr(self._bulk, "active", False):
            yield
            return
        with self._lock.told_of_bulk():
            self._bulk.active = True
            try:
                yield
            finally:
                self._bulk.active = False
            # Not where the block failed: whoever interrupts it wants to leave, and the next search
            # or write brings the indexes up to date as well.
            with self.writing():
                self._maintenance.catch_up()
                self._dense.checkpoint()
                self._tidy()

    def rebuild_indexes(self) -> None:
        """See `Collection.rebuild_indexes`. Those that are there are thrown away unread."""
        with self.writing():
            self._lexical.remake()
            self._dense.clear()
            self._dense = self._dense_index()  # dimension and metric may have changed
            self._maintenance.catch_up()
            self._dense.checkpoint()
            self._tidy()

    def _tidy(self) -> None:
        """Forgets changes that outnumber the chunks, and removes what is of no use any more."""
        if self._catalog.log_length() > max(MIN_LOG, LOG_PER_CHUNK * self._catalog.counts()[1]):
            applied = self._maintenance.with_index(self._lexical.applied)
            kept = self._dense.kept
            self._catalog.prune(applied if kept is None else min(applied, kept))
        self._catalog.shrink_wal()
        remove_leftovers(self._directory)

    def require_lexical(self) -> None:
        """Opens the lexical index, and makes it where there is none."""
        self._maintenance.with_index(self._lexical.applied)

    def _after_write(self) -> None:
        behind = self._catalog.sequence() - self._maintenance.with_index(self._lexical.applied)
        if not getattr(self._bulk, "active", False) or behind >= CHANGES_PER_LEXICAL_COMMIT:
            self._maintenance.catch_up()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer lock.

        Raises:
            CollectionBusy: another writer does not let go in time.
            StoreUnwritable: nobody may write here.
            NotFound: the collection was dropped or replaced meanwhile.
        """
        with held_for_writing(self._name, self._lock, in_place=self._catalog.in_place):
            yield

    def version(self) -> Hashable:
        """See `Collection.version`. The lexical index may follow the catalog later."""
        applied = self._maintenance.with_index(self._lexical.applied)
        return self._catalog.sequence(), applied, self._catalog.facts.all()

    # --- searching ------------------------------------------------------------------------------

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_lexical`."""
        return self._maintenance.with_index(
            lambda: self._search_lexical(terms, limit=limit, where=where)
        )

    def _search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None
    ) -> list[Candidate]:
        if self._lexical.applied() < self._catalog.sequence():
            self._maintenance.catch_up_if_free()
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
        return self._filtered(
            where,
            limit,
            lambda allowed, depth: dense.search(vector, limit=depth, allowed=allowed),
        )

    def _filtered(
        self, where: Filter | None, limit: int, search: Callable[..., Scored]
    ) -> list[Candidate]:
        allowed = self._passing(where)
        found = search(allowed, limit)
        ids = self._names.of([key for key, _ in found])
        # A key without an id was deleted by another process a moment ago.
        named = [(ids[key], score) for key, score in found if key in ids]
        named.sort(key=lambda hit: (-hit[1], hit[0]))
        return [Candidate(id_, rank, score) for rank, (id_, score) in enumerate(named[:limit], 1)]

    # --- inspection -----------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """See `Collection.verify`. What is damaged is told, and not mended."""
        with self.writing():
            problems = self._catalog.integrity()
            truth = self._catalog.all_keys()
            if damaged := self._lexical.damage():
                problems += [f"lexical index: {file} is not as it was written" for file in damaged]
            else:
                self._maintenance.catch_up()
                problems += _differences("lexical", truth, self._lexical.keys())
            problems += [f"dense index: {problem}" for problem in self._dense.damage()]
            problems += _differences("dense", truth, self._dense.keys())
            return problems

    def rest(self) -> None:
        """Lets go of what it holds open, until somebody asks it again; searches go on."""
        self._lexical.rest()
        self._dense.rest()
        self._names = ChunkNames(self._catalog)
        self._filters = FilterSets(self._catalog, self._maintenance.holding)
        self._catalog.rest()

    def snapshot(self, file: Path) -> None:
        """Copies the catalog as of one instant; readers and writers go on."""
        self._catalog.snapshot(file)

    def close(self) -> None:
        """See `Collection.close`."""
        self._lexical.rest()
        self._catalog.close()


def _differences(index: str, truth: Keys, keys: Keys) -> list[str]:
    missing, ghosts = np.setdiff1d(truth, keys), np.setdiff1d(keys, truth)
    problems: list[str] = []
    if len(missing):
        problems.append(f"{index} index: {len(missing)} chunks are missing")
    if len(ghosts):
        problems.append(f"{index} index: {len(ghosts)} chunks no longer exist")
    if len(keys) != len(np.unique(keys)):
        problems.append(f"{index} index: some chunks are held twice")
    return problems
