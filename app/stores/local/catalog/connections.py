"""Connections to one SQLite file, lent to one caller after the other."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.durability.files import may_write
from app.errors import NotFound, StoreCorrupted, StoreUnwritable
from app.stores.local.catalog.integrity import add_checksums
from app.stores.local.catalog.rows import Row

WAL_BYTES: Final = 16_000_000
"""A larger write-ahead log is cut off after a large write: SQLite alone never does."""

_PRIMARY_CODE: Final = 0xFF
"""The bits of an error's code that say its kind; the others say more of it."""


class Connections:
    """As many as there were callers at once; threads come and go without leaving any behind.

    Once the file is closed, moved or replaced, `borrow` raises `NotFound`: a reader or writer of
    the old file would go on unseen.
    """

    def __init__(self, path: Path, *, lock_timeout_s: float) -> None:
        self._path = path
        self._timeout_s = lock_timeout_s
        self._file_id = _file_id(path)
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._guard = threading.Lock()

    def in_place(self) -> bool:
        """Whether the file of the beginning still lies under its name."""
        return self._file_id is not None and _file_id(self._path) == self._file_id

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile.

        Raises:
            NotFound: the file is closed, or no longer in its place.
            StoreCorrupted: the file is damaged.
            StoreUnwritable: the disk is full, or fails. A lock that is held stays as it is.
        """
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not self.in_place():
                raise self._gone() from None  # it went while the connection was made or used
            if _is_damage(error):
                raise unreadable(self._path, error) from error
            if _is_of_the_disk(error):
                raise unwritable(self._path, error) from error
            raise

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All that a statement gives, on a connection of its own. Raises as `borrow`."""
        with self.borrow() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection on which everything happens or nothing does. Raises as `borrow`."""
        with self.borrow() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite itself rolls back after some errors
                    connection.execute("ROLLBACK")
                raise

    def shrink_wal(self) -> None:
        """Empties the file of what was written last, where it is large and nobody reads it."""
        wal = self._path.with_name(f"{self._path.name}-wal")
        if not wal.exists() or wal.stat().st_size <= WAL_BYTES:
            return
        with self.borrow() as connection:
            connection.execute("PRAGMA busy_timeout = 0")  # a reader is not waited for
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout = {int(self._timeout_s * 1_000)}")

    def close(self) -> None:
        """Closes all; one that is lent follows when it comes back."""
        with self._guard:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def rest(self) -> None:
        """Closes those that nobody uses right now; further ones are made when they are needed."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise self._gone()
            idle = self._idle.pop() if self._idle else None
        return idle or self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            # One that can't see what others write, see `_to_read`, would grow old here.
            if self._closed or not may_write(self._path.parent):
                connection.close()
            else:
                self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        if not self.in_place():
            raise self._gone()
        writable = may_write(self._path.parent)
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?{'mode=rw' if writable else self._to_read()}",
            uri=True,
            timeout=self._timeout_s,
            isolation_level=None,
            check_same_thread=False,  # one thread after the other
        )
        try:
            add_checksums(connection)
            if writable:
                connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _to_read(self) -> str:
        """SQLite keeps an account of readers beside the file, unless nobody can ever write."""
        written = self._path.with_name(f"{self._path.name}-wal")
        return "mode=ro" if written.exists() else "mode=ro&immutable=1"

    def _gone(self) -> NotFound:
        return NotFound(f'Collection "{self._path.parent.name}" was dropped or replaced.')


def unreadable(path: Path, error: Exception) -> StoreCorrupted:
    """What to raise where a file is damaged, with what to do about it."""
    return StoreCorrupted(
        f"{path} can't be read ({error}). Bring the collection back from a snapshot with "
        "`rag restore`, or ingest its documents into a new one."
    )


def unwritable(path: Path, error: Exception) -> StoreUnwritable:
    """What to raise where the disk does not take what is written, with what to do about it."""
    return StoreUnwritable(
        f"{path} can't be written ({error}). Make room on its disk; if there is room, have the "
        "disk checked. Nothing that was acknowledged is lost."
    )


def _is_of_the_disk(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is at fault, not the call, the machine or another process.

    That is what has no class of its own, and text that is no UTF-8, which alone has no code.
    """
    if isinstance(error, sqlite3.OperationalError):
        return not hasattr(error, "sqlite_errorcode")
    return type(error) is sqlite3.DatabaseError


def _file_id(path: Path) -> tuple[int, int] | None:
    """What tells this file from a later one of the same name; ``None`` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
