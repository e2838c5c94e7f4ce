"""Named collections, each in its own directory under one root."""

from __future__ import annotations

import re
import shutil
import threading
import uuid
from pathlib import Path
from typing import Final

from filelock import FileLock

from app.domain import Fingerprint
from app.errors import FingerprintMismatch, InvalidRequest, NotFound
from app.ports import Analyzer
from app.settings import StoreSettings
from app.stores.local.catalog import Catalog
from app.stores.local.collection import LocalCollection
from app.stores.local.files import sync_file, sync_folder

COLLECTION_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_DROPPED: Final = ".dropped-"
"""What the folder of a dropped collection is renamed to before it is removed: no name begins so."""


class LocalStore:
    """Implements `app.ports.Store`. A collection is opened once and shared by all threads."""

    def __init__(self, settings: StoreSettings, analyzer: Analyzer) -> None:
        self._root = settings.directory
        self._settings = settings
        self._analyzer = analyzer
        self._open: dict[str, LocalCollection] = {}
        self._lock = threading.Lock()

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
        directory = self._directory(name)
        with self._making():
            if not Catalog.exists(_catalog_file(directory)):
                _clear_leftovers(directory)
                Catalog.create(
                    _catalog_file(directory),
                    fingerprint,
                    lock_timeout_s=self._settings.lock_timeout_s,
                ).close()
        return self.open_same(name, fingerprint)

    def open_same(self, name: str, fingerprint: Fingerprint) -> LocalCollection:
        """As `open`. Raises `FingerprintMismatch` where other settings built the collection."""
        collection = self.open(name)
        _require_same(name, collection.fingerprint, fingerprint)
        return collection

    def open(self, name: str) -> LocalCollection:
        """See `Store.open`. What another process has dropped or rebuilt is opened anew."""
        directory = self._directory(name)
        with self._lock:
            collection = self._open.get(name)
            if collection is not None:
                if collection.is_current():
                    return collection
                collection.close()
                del self._open[name]
            if not Catalog.exists(_catalog_file(directory)):
                raise NotFound(f'There is no collection "{name}".')
            catalog = Catalog(
                _catalog_file(directory), lock_timeout_s=self._settings.lock_timeout_s
            )
            self._open[name] = LocalCollection(
                name, directory, catalog, self._analyzer, self._settings
            )
            return self._open[name]

    def drop(self, name: str) -> None:
        """See `Store.drop`. Searches under way end on the old files, or with `NotFound`.

        Raises:
            NotFound: there is no such collection.
            CollectionBusy: a writer does not let go in time.
        """
        collection = self.open(name)
        with collection.writing(), self._making(), self._lock:
            # Renamed first: a crash can't leave half a collection, nor indexes to a later one.
            self._directory(name).rename(self._root / f"{_DROPPED}{uuid.uuid4().hex}")
            sync_folder(self._root)
            collection.close()
            self._open.pop(name, None)
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
            sync_file(unfinished)
            unfinished.rename(_catalog_file(directory))
            sync_folder(directory)
        return self.open(name)

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            for collection in self._open.values():
                collection.close()
            self._open.clear()

    def _making(self) -> FileLock:
        """Held, in all processes, while collections are made or dropped."""
        self._root.mkdir(parents=True, exist_ok=True)
        return FileLock(self._root / "collections.lock")

    def _directory(self, name: str) -> Path:
        if not COLLECTION_NAME.fullmatch(name):
            raise InvalidRequest(
                "A collection's name has 1 to 63 lower-case letters, digits, - and _, and starts "
                "with a letter or a digit."
            )
        return self._root / name


def _catalog_file(directory: Path) -> Path:
    return directory / "catalog.db"


def _clear_leftovers(directory: Path) -> None:
    """Makes the folder of a collection, without what one whose catalog was lost left there."""
    directory.mkdir(exist_ok=True)
    for name in ("lexical", "dense"):
        shutil.rmtree(directory / name, ignore_errors=True)
    for beside in ("-wal", "-shm"):
        (directory / f"catalog.db{beside}").unlink(missing_ok=True)


def _require_same(name: str, built_by: Fingerprint, now: Fingerprint) -> None:
    differences = [
        f"{field}: {getattr(built_by, field)} then, {getattr(now, field)} now"
        for field in Fingerprint.__dataclass_fields__
        if getattr(built_by, field) != getattr(now, field)
    ]
    if differences:
        raise FingerprintMismatch(
            f"collection {name} was built with other settings ({'; '.join(differences)}). "
            f"Run `rag rebuild {name}` to rebuild it with these, or restore the settings."
        )
