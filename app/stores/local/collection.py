"""One collection: the catalog, the indexes that follow it, and the lock of its writer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.domain.collections import Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import IndexedDocument, SparseVector, Vector
from app.domain.hits import Candidate
from app.errors import NotFound, StoreUnwritable
from app.filters import Filter
from app.ports.analyzer import Analyzer
from app.ports.graph import EntityGraph
from app.ports.store import Reindex
from app.settings import StoreSettings
from app.stores.graphs import require_graph
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.chunk_names import ChunkNames
from app.stores.local.collection_reader import CollectionReader
from app.stores.local.differences import differences
from app.stores.local.filtering.filter_sets import FilterSets
from app.stores.local.graph.index import GraphIndex
from app.stores.local.indexes import Indexes
from app.stores.local.lexical.cache import LexicalCache
from app.stores.local.lexical.engine import Scored
from app.stores.local.lexical.maintenance import LexicalMaintenance
from app.stores.local.locks.writer_lock import WriterLock
from app.stores.local.locks.writing import held_for_writing
from app.stores.local.reindexing import remove_leftovers, staging
from app.stores.soundness import no_sparse_weights, require_sound

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
        self._indexes = self._new_indexes()
        self._graph = GraphIndex(catalog, directory / "graph", settings, passing=self._passing)

    def _new_indexes(self) -> Indexes:
        return Indexes(self._catalog, self._directory, self._fingerprint, self._settings)

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
            require_sound(document, self._fingerprint)
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
                self._indexes.checkpoint()
                self._graph.follow_after_write()
                self._tidy()

    def rebuild_indexes(self) -> None:
        """See `Collection.rebuild_indexes`. Those that are there are thrown away unread."""
        with self.writing():
            self._lexical.remake()
            self._indexes.clear()
            self._indexes = self._new_indexes()  # the fingerprint may have changed
            self._graph.remake()
            self._maintenance.catch_up()
            self._indexes.checkpoint()
            self._graph.follow_after_write()
            self._tidy()

    def _tidy(self) -> None:
        """Forgets changes that outnumber the chunks, and removes what is of no use any more."""
        if self._catalog.log_length() > max(MIN_LOG, LOG_PER_CHUNK * self._catalog.counts()[1]):
            applied = self._maintenance.with_index(self._lexical.applied)
            self._catalog.prune(min([applied, *self._indexes.kept()]))
        self._catalog.shrink_wal()
        remove_leftovers(self._directory)

    def require_lexical(self) -> None:
        """Opens the lexical index, and makes it where there is none."""
        self._maintenance.with_index(self._lexical.applied)

    def _after_write(self) -> None:
        behind = self._catalog.sequence() - self._maintenance.with_index(self._lexical.applied)
        if not getattr(self._bulk, "active", False) or behind >= CHANGES_PER_LEXICAL_COMMIT:
            self._maintenance.catch_up()
            self._graph.follow_after_write()

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
        search = self._lexical.search
        return self._maintenance.with_current_index(
            lambda: self._filtered(
                where, limit, lambda allowed, depth: search(terms, limit=depth, allowed=allowed)
            )
        )

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `Collection.term_frequencies`."""
        return self._maintenance.with_current_index(lambda: self._lexical.term_frequencies(terms))

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `Collection.terms_beginning`."""
        return self._maintenance.with_current_index(
            lambda: self._lexical.terms_beginning(start, limit=limit)
        )

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_dense`."""
        dense = self._indexes.dense
        return self._filtered(
            where,
            limit,
            lambda allowed, depth: dense.search(vector, limit=depth, allowed=allowed),
        )

    def search_sparse(
        self, weights: SparseVector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """See `Collection.search_sparse`."""
        sparse = self._indexes.sparse
        if sparse is None:
            raise no_sparse_weights(self._name)
        return self._filtered(
            where,
            limit,
            lambda allowed, depth: sparse.search(weights, limit=depth, allowed=allowed),
        )

    def graph(self) -> EntityGraph:
        """See `Collection.graph`."""
        return require_graph(self._graph if self._settings.entity_graph else None)

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
                problems += differences("lexical index", truth, self._lexical.keys())
            return problems + self._indexes.problems(truth) + self._graph.problems(truth)

    def rest(self) -> None:
        """Lets go of what it holds open, until somebody asks it again; searches go on."""
        self._lexical.rest()
        self._indexes.rest()
        self._graph.rest()
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
        self._graph.close()
