"""Named collections in the memory of this process, which are gone when it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.collections import Fingerprint
from app.errors import CollectionBusy, InvalidRequest, NoSuchCollection
from app.ports.analyzer import Analyzer
from app.settings import StoreSettings
from app.stores.memory.collection import MemoryCollection
from app.stores.naming import require_name, require_same


class MemoryStore:
    """Implements `app.ports.store.Store`. It can be neither copied nor shared with a process."""

    def __init__(self, settings: StoreSettings, analyzer: Analyzer) -> None:
        self._settings = settings
        self._analyzer = analyzer
        self._collections: dict[str, MemoryCollection] = {}
        self._table = threading.Lock()
        """Of the collections; never held while anything is waited for."""
        self._making = threading.RLock()
        """Held while a collection is made or dropped."""

    def names(self) -> list[str]:
        """See `Store.names`."""
        with self._table:
            return sorted(self._collections)

    def create(self, name: str, fingerprint: Fingerprint) -> MemoryCollection:
        """See `Store.create`."""
        require_name(name)
        with self._held_for_making(), self._table:
            if name not in self._collections:
                made = MemoryCollection(name, fingerprint, self._analyzer, self._settings)
                self._collections[name] = made
        return self.open_same(name, fingerprint)

    def open(self, name: str) -> MemoryCollection:
        """See `Store.open`."""
        require_name(name)
        with self._table:
            found = self._collections.get(name)
        if found is None:
            raise NoSuchCollection(name)
        return found

    def open_same(self, name: str, fingerprint: Fingerprint) -> MemoryCollection:
        """See `Store.open_same`."""
        collection = self.open(name)
        require_same(name, collection.fingerprint, fingerprint)
        return collection

    def drop(self, name: str, *, then: Callable[[], None] = lambda: None) -> None:
        """See `Store.drop`. Searches under way end on what was there, or with `NotFound`.

        Raises:
            NotFound: there is no such collection.
            CollectionBusy: a writer does not let go in time.
        """
        collection = self.open(name)
        with collection.writing(), self._held_for_making():
            with self._table:
                del self._collections[name]
            collection.discard()
            then()

    def snapshot(self, name: str, file: Path) -> None:
        """Refuses, as there is nothing at rest. Raises `InvalidRequest`, and `NotFound`."""
        self.open(name)
        raise InvalidRequest(
            f'{file} can\'t be written: a store in memory keeps nothing. Set store.kind = "local" '
            "and ingest the documents again to have collections that can be copied."
        )

    def restore(self, file: Path, name: str) -> MemoryCollection:
        """Refuses, as nothing would be kept of it. Raises `InvalidRequest`."""
        require_name(name)
        raise InvalidRequest(
            f"{file} can't be restored: a store in memory keeps nothing. Set store.kind = "
            '"local" to have the collection below store.directory.'
        )

    def close(self) -> None:
        """See `Store.close`. All collections end here."""
        with self._table:
            collections = list(self._collections.values())
            self._collections.clear()
        for collection in collections:
            collection.discard()

    @contextmanager
    def _held_for_making(self) -> Iterator[None]:
        timeout_s = self._settings.lock_timeout_s
        if not self._making.acquire(timeout=timeout_s):
            raise CollectionBusy(
                "another thread has made or dropped a collection for more than "
                f"{timeout_s:g} s; raise store.lock_timeout_s"
            )
        try:
            yield
        finally:
            self._making.release()
