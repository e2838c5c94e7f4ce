"""Named collections, each in its own directory under one root."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.domain.collections import Fingerprint
from app.durability.files import sync
from app.errors import (
    CollectionBusy,
    InvalidRequest,
    NoSuchCollection,
    StoreCorrupted,
    StoreUnwritable,
)
from app.ports.analyzer import Analyzer
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.collection import LocalCollection
from app.stores.local.locks.writer_lock import WriterLock
from app.stores.naming import COLLECTION_NAME, require_name, require_same

_DROPPED: Final = ".dropped-"
"""What the folder of a dropped collection is renamed to before it is removed: no name begins so."""


class LocalStore:
    """Implements `app.ports.store.Store`. A collection is opened once and shared by all threads.

    Opening reads the catalog's facts alone; indexes are opened and brought up to date when they are
    first searched, under locks of their own. Only the collections asked for last keep files and
    memory; the others rest until they are asked again.
    """

    def __init__(self, settings: StoreSettings, analyzer: Analyzer) -> None:
        self._root = settings.directory
        self._settings = settings
        self._analyzer = analyzer
        self._open: OrderedDict[str, LocalCollection] = OrderedDict()
        """Asked for last at the end; those before the last ``open_collections`` rest."""
        self._opening: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        """Of the two tables above; never held while anything is opened or waited for."""

    def names(self) -> list[str]:
        """See `Store.names`."""
        if not self._root.is_dir():
            return []
        return sorted(
            path.name
            for path in self._root.iterdir()
            if COLLECTION_NAME.fullmatch(path.name) and Catalog.exists(_catalog_file(path))
        )

    def create(self, name: str, fingerprint: Fingerprint) -> LocalCollection:
        """See `Store.create`."""
        made = self._make(name, fingerprint)
        collection = self.open_same(name, fingerprint)
        if made:
            collection.require_lexical()  # while no writer can be in the way
        return collection

    def _make(self, name: str, fingerprint: Fingerprint) -> bool:
        """Makes an empty collection, unless there is one."""
        file = _catalog_file(self._directory(name))
        if Catalog.exists(file):
            return False
        with self._making():
            self._remove_dropped()
            if Catalog.exists(file):
                return False
            _clear_leftovers(file.parent)
            timeout_s = self._settings.lock_timeout_s
            Catalog.create(file, fingerprint, lock_timeout_s=timeout_s).close()
            return True

    def open_same(self, name: str, fingerprint: Fingerprint) -> LocalCollection:
        """As `open`. Raises `FingerprintMismatch` where other settings built the collection."""
        collection = self.open(name)
        require_same(name, collection.fingerprint, fingerprint)
        return collection

    def open(self, name: str) -> LocalCollection:
        """See `Store.open`. What another process has dropped or rebuilt is opened anew."""
        directory = self._directory(name)
        collection = self._open_already(name)
        if collection is None:
            if not Catalog.exists(_catalog_file(directory)):
                raise NoSuchCollection(name)
            with self._lock:
                opening = self._opening.setdefault(name, threading.Lock())
            with opening:
                collection = self._open_already(name) or self._opened(name)
        self._asked_for(name, collection)
        return collection

    def _open_already(self, name: str) -> LocalCollection | None:
        collection = self._open.get(name)
        if collection is None or collection.is_current():
            return collection
        with self._lock:
            if self._open.get(name) is collection:
                del self._open[name]
        collection.close()
        return None

    def _opened(self, name: str) -> LocalCollection:
        directory = self._directory(name)
        catalog = Catalog(_catalog_file(directory), lock_timeout_s=self._settings.lock_timeout_s)
        collection = LocalCollection(name, directory, catalog, self._analyzer, self._settings)
        self._asked_for(name, collection)
        return collection

    def _asked_for(self, name: str, collection: LocalCollection) -> None:
        """Counts it as the one asked for last; the one that this pushes out rests."""
        awake = self._settings.open_collections
        with self._lock:
            known = list(self._open)
            if known and known[-1] == name:
                return
            was_awake = name in known[-awake:]
            others = [other for other in known if other != name]
            self._open[name] = collection
            self._open.move_to_end(name)
            pushed_out = not was_awake and len(others) >= awake
            resting = self._open[others[-awake]] if pushed_out else None
        if resting is not None:
            resting.rest()

    def drop(self, name: str, *, then: Callable[[], None] = lambda: None) -> None:
        """See `Store.drop`. Searches under way end on the old files, or with `NotFound`.

        Nothing of the collection is read: one that is damaged can be dropped, too.

        Raises:
            NotFound: there is no such collection.
            CollectionBusy: a writer does not let go in time.
        """
        directory = self._directory(name)
        with self._writing(name), self._making():
            # Renamed first: a crash can't leave half a collection, nor indexes to a later one.
            directory.rename(self._root / f"{_DROPPED}{uuid.uuid4().hex}")
            sync(self._root)
            with self._lock:
                collection = self._open.pop(name, None)
                self._opening.pop(name, None)
            if collection is not None:
                collection.close()
            then()
            self._remove_dropped()

    def _writing(self, name: str) -> AbstractContextManager[None]:
        try:
            return self.open(name).writing()
        except StoreCorrupted:
            timeout_s = self._settings.lock_timeout_s
            return WriterLock(name, self._directory(name), timeout_s=timeout_s).held()

    def _remove_dropped(self) -> None:
        """What a crash has left of dropped collections, too."""
        for folder in self._root.glob(f"{_DROPPED}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def snapshot(self, name: str, file: Path) -> None:
        """Copies a collection's catalog, from which all else is made, as of one instant.

        Raises:
            NotFound: there is no such collection.
            InvalidRequest: ``file`` exists, or can't be written.
        """
        if file.exists():
            raise InvalidRequest(f"{file} exists; name a new file.")
        if not file.absolute().parent.is_dir():
            raise InvalidRequest(f"There is no folder {file.parent} to write into.")
        self.open(name).snapshot(file)

    def restore(self, file: Path, name: str) -> LocalCollection:
        """Makes a collection from a snapshot; its indexes are built on opening.

        Raises:
            InvalidRequest: the collection exists, or ``file`` is no snapshot.
        """
        directory = self._directory(name)
        Catalog.check_snapshot(file)
        with self._making():
            if Catalog.exists(_catalog_file(directory)):
                raise InvalidRequest(f'There is a collection "{name}" already; name a new one.')
            _clear_leftovers(directory)
            unfinished = directory / "catalog.new"
            shutil.copyfile(file, unfinished)
            sync(unfinished)
            unfinished.rename(_catalog_file(directory))
            sync(directory)
        return self.open(name)

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            collections = list(self._open.values())
            self._open.clear()
        for collection in collections:
            collection.close()

    @contextmanager
    def _making(self) -> Iterator[None]:
        """Held, in all processes, while collections are made or dropped.

        Raises:
            CollectionBusy: another process does not let go in time.
            StoreUnwritable: nobody may write here.
        """
        timeout_s = self._settings.lock_timeout_s
        self._root.mkdir(parents=True, exist_ok=True)
        try:
            lock = FileLock(self._root / "collections.lock").acquire(timeout=timeout_s)
        except Timeout:
            raise CollectionBusy(
                f"another process has made or dropped a collection below {self._root} for more "
                f"than {timeout_s:g} s; end it if it hangs, or raise store.lock_timeout_s"
            ) from None
        except OSError as error:
            raise StoreUnwritable(
                f"{self._root} can't be written ({error}). Make room, or make it writable."
            ) from error
        with lock:
            yield

    def _directory(self, name: str) -> Path:
        require_name(name)
        return self._root / name


def _catalog_file(directory: Path) -> Path:
    return directory / "catalog.db"


def _clear_leftovers(directory: Path) -> None:
    """Makes the folder of a collection, without what one whose catalog was lost left there."""
    directory.mkdir(exist_ok=True)
    for name in ("lexical", "dense", "sparse", "graph"):
        shutil.rmtree(directory / name, ignore_errors=True)
    for beside in ("-wal", "-shm"):
        (directory / f"catalog.db{beside}").unlink(missing_ok=True)
