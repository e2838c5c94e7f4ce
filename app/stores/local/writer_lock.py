"""The lock of a collection's one writer, among threads and among processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from app.errors import CollectionBusy, StoreUnwritable


class WriterLock:
    """A thread may take it again while it holds it."""

    def __init__(self, name: str, directory: Path, *, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._file = FileLock(directory / "writer.lock", thread_local=False)
        self._threads = threading.RLock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for it.

        Raises:
            CollectionBusy: another writer does not let go in time.
            StoreUnwritable: nobody may write here.
        """
        if not self._threads.acquire(timeout=self._timeout_s):
            raise CollectionBusy(f"collection {self._name}: another thread writes to it")
        try:
            try:
                self._file.acquire(timeout=self._timeout_s)
            except Timeout:
                raise CollectionBusy(
                    f"collection {self._name}: another process has written to it for more than "
                    f"{self._timeout_s:g} s; wait for it, or raise store.lock_timeout_s"
                ) from None
            except OSError as error:
                raise StoreUnwritable(
                    f"collection {self._name} can't be written ({error}). Make room, or make its "
                    "folder writable."
                ) from error
            try:
                yield
            finally:
                self._file.release()
        finally:
            self._threads.release()

    @contextmanager
    def held_if_free(self) -> Iterator[bool]:
        """Holds it if it is free right now and may be held, and says so."""
        with self.held_from_threads() as mine:
            if not mine:
                yield False
                return
            try:
                self._file.acquire(timeout=0)
            except (Timeout, OSError):
                yield False
                return
            try:
                yield True
            finally:
                self._file.release()

    @contextmanager
    def held_from_threads(self) -> Iterator[bool]:
        """As `held_if_free`, whatever other processes do."""
        mine = self._threads.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                self._threads.release()
