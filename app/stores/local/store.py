"""Named collections, each in its own directory under one root."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path
from typing import Final

from filelock import FileLock

from app.domain import Fingerprint
from app.errors import FingerprintMismatch, InvalidRequest, NotFound
from app.ports import Analyzer
from app.settings import StoreSettings
from app.stores.local.catalog import Catalog
from app.stores.local.collection import LocalCollection

COLLECTION_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


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
            path.name for path in self._root.iterdir() if Catalog.exists(_catalog_file(path))
        )

    def create(self, name: str, fingerprint: Fingerprint) -> LocalCollection:
        """See `Store.create`."""
        directory = self._directory(name)
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / "create.lock"):
            if not Catalog.exists(_catalog_file(directory)):
                Catalog.create(
                    _catalog_file(directory),
                    fingerprint,
                    lock_timeout_s=self._settings.lock_timeout_s,
                ).close()
        collection = self.open(name)
        _require_same(name, collection.fingerprint, fingerprint)
        return collection

    def open(self, name: str) -> LocalCollection:
        """See `Store.open`."""
        directory = self._directory(name)
        with self._lock:
            if not Catalog.exists(_catalog_file(directory)):
                self._open.pop(name, None)
                raise NotFound(f'There is no collection "{name}".')
            if name not in self._open:
                catalog = Catalog(
                    _catalog_file(directory), lock_timeout_s=self._settings.lock_timeout_s
                )
                self._open[name] = LocalCollection(
                    name, directory, catalog, self._analyzer, self._settings
                )
            return self._open[name]

    def drop(self, name: str) -> None:
        """See `Store.drop`."""
        collection = self.open(name)
        with self._lock:
            collection.close()
            del self._open[name]
            shutil.rmtree(self._directory(name))

    def snapshot(self, name: str, file: Path) -> None:
        """Copies a collection's catalog, from which all else is made, as of one instant.

        Raises:
            NotFound: there is no such collection.
            InvalidRequest: ``file`` exists.
        """
        if file.exists():
            raise InvalidRequest(f"{file} exists; name a new file.")
        self.open(name).snapshot(file)

    def restore(self, file: Path, name: str) -> LocalCollection:
        """Makes a collection from a snapshot; its indexes are built on opening.

        Raises:
            InvalidRequest: the collection exists, or ``file`` is no snapshot.
        """
        directory = self._directory(name)
        if Catalog.exists(_catalog_file(directory)):
            raise InvalidRequest(f'There is a collection "{name}" already; name a new one.')
        Catalog.check_snapshot(file)
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = directory / "catalog.new"
        shutil.copyfile(file, unfinished)
        unfinished.rename(_catalog_file(directory))
        return self.open(name)

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            for collection in self._open.values():
                collection.close()
            self._open.clear()

    def _directory(self, name: str) -> Path:
        if not COLLECTION_NAME.fullmatch(name):
            raise InvalidRequest(
                "A collection's name has 1 to 63 lower-case letters, digits, - and _, and starts "
                "with a letter or a digit."
            )
        return self._root / name


def _catalog_file(directory: Path) -> Path:
    return directory / "catalog.db"


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
