"""The entity graph of a collection, kept up with its catalog."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from app.filters import Filter
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.differences import differences
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.graph.database import GraphDamaged, GraphDatabase
from app.text.entities.extraction import entities_of

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH: Final = 500
"""Chunks that are taken in together; other processes wait so long."""
FILE: Final = "graph.db"


class GraphIndex:
    """Implements `app.ports.graph.EntityGraph`. It is opened when it is first asked for.

    It is a function of the catalog, so that any process may bring it up to date, and one that is
    damaged is thrown away and made again.
    """

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        settings: StoreSettings,
        *,
        passing: Callable[[Filter | None], KeySet | None],
    ) -> None:
        """``passing`` says which chunks a filter lets through."""
        self._catalog = catalog
        self._passing = passing
        self._folder = folder
        self._settings = settings
        self._lock = threading.RLock()
        """Of the connection, which serves one thread after the other."""
        self._opened: GraphDatabase | None = None

    # --- what it is asked -----------------------------------------------------------------------

    def frequencies(self, names: Sequence[str]) -> Mapping[str, int]:
        """See `EntityGraph.frequencies`."""
        return self._asked(lambda graph: graph.frequencies(names))

    def chunks_of(
        self, names: Sequence[str], *, where: Filter | None = None
    ) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.chunks_of`."""
        rows = self._asked(lambda graph: graph.chunks_of(names))
        allowed = self._passing(where)
        if allowed is not None:
            held = allowed.holds(np.array([key for _, key, _ in rows], dtype=np.int64))
            rows = [row for row, is_held in zip(rows, held, strict=True) if is_held]
        found: dict[str, list[str]] = {}
        for name, _, id_ in rows:
            found.setdefault(name, []).append(id_)
        return {name: tuple(chunks) for name, chunks in found.items()}

    def entities_of(self, chunk_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.entities_of`."""
        return self._asked(lambda graph: graph.entities_of(chunk_ids))

    def same_as(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.same_as`."""
        return self._asked(lambda graph: graph.same_as(names))

    # --- following the catalog ------------------------------------------------------------------

    def follow_after_write(self) -> None:
        """Takes in what the catalog has seen, where the graph is kept.

        A failure is told and left to the next search, for what was written stands.
        """
        if not self._settings.entity_graph:
            return
        try:
            self._asked(lambda _: None)
        except (OSError, sqlite3.Error, GraphDamaged) as error:
            logger.warning("the entity graph in %s can't be written: %s", self._folder, error)

    def remake(self) -> None:
        """Throws away what is there, unread; it is made again when it is next asked for."""
        with self._lock:
            self.close()
            for end in ("", "-wal", "-shm"):
                (self._folder / f"{FILE}{end}").unlink(missing_ok=True)

    def problems(self, truth: Keys) -> list[str]:
        """How it differs from what was written, and from the catalog's keys; nothing is mended."""
        if not self._settings.entity_graph:
            return []
        with self._lock:
            try:
                graph = self._following()
                graph.check(thoroughly=True)
                keys = graph.keys()
                graph.entities_of(list(self._catalog.chunk_ids(keys.tolist()).values()))
            except GraphDamaged as error:
                return [f"entity graph: {error}"]
            return differences("entity graph", truth, keys)

    def rest(self) -> None:
        """Lets go of its file until it is asked again, unless somebody asks right now."""
        if self._lock.acquire(blocking=False):
            try:
                self.close()
            finally:
                self._lock.release()

    def close(self) -> None:
        """Lets go of its file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None

    def _asked(self, ask: Callable[[GraphDatabase], T]) -> T:
        with self._lock:
            try:
                return ask(self._following())
            except GraphDamaged as error:
                logger.warning("%s. The entity graph is made anew.", error)
                self.remake()
                return ask(self._following())

    def _following(self) -> GraphDatabase:
        graph = self._open()
        if graph.applied() != self._catalog.sequence():
            try:
                self._catch_up(graph)
            except sqlite3.OperationalError as error:  # the disk is full, or somebody else writes
                logger.warning(
                    "%s can't be written (%s). The entity graph goes on without what came since.",
                    self._folder / FILE,
                    error,
                )
        return graph

    def _open(self) -> GraphDatabase:
        if self._opened is None:
            with suppress(OSError):  # where nobody may write, it is kept in memory
                self._folder.mkdir(exist_ok=True)
            self._opened = GraphDatabase(
                self._folder / FILE, timeout_s=self._settings.lock_timeout_s
            )
        return self._opened

    def _catch_up(self, graph: GraphDatabase) -> None:
        """Deletes first, since a chunk that is replaced leaves its id to another one."""
        with graph.transaction():
            applied = graph.applied()
            if applied > self._catalog.sequence():  # made from a later catalog than this one
                graph.clear()
                applied = 0
            changes = self._catalog.changes_after(applied)
            gone = np.setdiff1d(graph.keys(), changes.added) if changes.anew else changes.deleted
            graph.remove(gone)
        for start in range(0, len(changes.added), BATCH):
            keys = changes.added[start : start + BATCH]
            found = [(key, entities_of(text)) for key, text in self._catalog.indexed_texts(keys)]
            with graph.transaction():
                # Asked here, or another process might have let a chunk go that would come back.
                ids = self._catalog.chunk_ids(keys.tolist())
                graph.add((key, ids[key], entities) for key, entities in found if key in ids)
        with graph.transaction():
            graph.set_applied(max(changes.sequence, graph.applied()))
