"""The lock of a collection's one writer, among threads and among processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.errors import CollectionBusy, StoreUnwritable

POLL_S: Final = 0.01
"""How often a lock that another process holds is asked for again."""


class WriterLock:
    """A thread may take it again while it holds it.

    Processes queue for it: while one waits, none takes it twice. Of those behind it, whoever asks
    first after it got its turn is next.
    """

    def __init__(self, name: str, directory: Path, *, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._file = FileLock(directory / "writer.lock", thread_local=False)
        self._next = FileLock(directory / "next_writer.lock", thread_local=False)
        """Held by the one whose turn comes next."""
        self._bulk = directory / "bulk.lock"
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
                self._take()
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

    def _take(self) -> None:
        """Waits for the turn of this process, unless this thread has it already."""
        if self._file.is_locked:
            self._file.acquire()
            return
        deadline = time.monotonic() + self._timeout_s
        with self._next.acquire(timeout=self._timeout_s, poll_interval=POLL_S):
            left = max(0.0, deadline - time.monotonic())
            self._file.acquire(timeout=left, poll_interval=POLL_S)

    @contextmanager
    def told_of_bulk(self) -> Iterator[None]:
        """Within, `is_bulk` is true in all processes; ends with the process, however it ends."""
        lock = FileLock(self._bulk)
        with suppress(Timeout, OSError):  # another one tells already, or nobody can
            lock.acquire(timeout=0)
        try:
            yield
        finally:
            lock.release()

    def is_bulk(self) -> bool:
        """Whether somebody writes much right now."""
        try:
            with FileLock(self._bulk).acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False

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
