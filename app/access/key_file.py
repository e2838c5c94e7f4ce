"""The file in which named keys are kept, without their secrets."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from app.access.keys import SHOWN, NamedKey, Rights, digest, new_secret, require_name
from app.access.principal import Verb
from app.errors import ConfigurationError, InvalidRequest, NotFound

FILE: Final = "keys.db"
OWN: Final = 0o600
BUSY_TIMEOUT_S: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS keys (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    rights TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT,
    revoked TEXT
)
"""


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key and what its secret is known by."""

    digest: bytes
    key: NamedKey


class KeyFile:
    """Keeps named keys in the folder of a store. Revoked and expired ones stay on the list."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first key is."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._reading: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._version: int | None = None
        self._read: tuple[KeptKey, ...] = ()

    def kept(self) -> tuple[KeptKey, ...]:
        """Every key there ever was, oldest first, as of now, whatever process has changed it.

        What was read is kept until SQLite says that the file has changed, or another lies there.

        Raises:
            ConfigurationError: the file can't be read; nobody is let in by what was known before.
        """
        with self._lock:
            try:
                self._follow()
            except FileNotFoundError:
                self._leave()
            except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as error:
                self._leave()
                raise self._unreadable(error) from error
            return self._read

    def create(self, name: str, rights: Rights, *, expires: timedelta | None, now: datetime) -> str:
        """Makes a key and returns its secret, which is told this once.

        Raises:
            InvalidRequest: another key of the name opens something, or none can be called so.
            InvalidFilter: see `Rights.principal`.
        """
        require_name(name)
        rights.principal(name)
        with self._writing() as db:
            if self._active(db, name, now):
                raise InvalidRequest(
                    f'There is a key "{name}"; run `rag keys rotate {name}`, or revoke it first.'
                )
            end = None if expires is None else now + expires
            return _insert(db, name, rights, expires=end, now=now)

    def rotate(self, name: str, *, grace: timedelta, now: datetime) -> str:
        """Makes another key with the same rights and end; the one there was ends after ``grace``.

        Raises:
            NotFound: no key of the name opens anything.
        """
        with self._writing() as db:
            active = self._active(db, name, now)
            if not active:
                raise NotFound(f'There is no key "{name}" to rotate.')
            for kept in active:
                end = min(filter(None, (kept.key.expires, now + grace)))
                db.execute(
                    "UPDATE keys SET expires = ? WHERE digest = ?", (_text(end), kept.digest)
                )
            newest = active[-1].key  # as it was: its end is not that of the grace period
            return _insert(db, name, newest.rights, expires=newest.expires, now=now)

    def revoke(self, name: str, *, now: datetime) -> None:
        """Ends every key of the name, at once.

        Raises:
            NotFound: no key of the name opens anything.
        """
        with self._writing() as db:
            active = self._active(db, name, now)
            if not active:
                raise NotFound(f'There is no key "{name}" to revoke.')
            db.executemany(
                "UPDATE keys SET revoked = ? WHERE digest = ?",
                [(_text(now), kept.digest) for kept in active],
            )

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._leave()

    def _follow(self) -> None:
        inode = self._path.stat().st_ino
        if self._reading is None or inode != self._inode:
            self._leave()
            self._reading = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None
            )
            self._inode = inode
        (version,) = self._reading.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            made = self._reading.execute("SELECT 1 FROM sqlite_master WHERE name = 'keys'")
            self._read = tuple(_all(self._reading)) if made.fetchone() else ()
            self._version = version

    def _leave(self) -> None:
        if self._reading is not None:
            self._reading.close()
        self._reading = self._inode = self._version = None
        self._read = ()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # What SQLite lays beside a file has the mode of the file.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, OWN))
        self._path.chmod(OWN)
        with closing(
            sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        ) as db:
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                # Closing rolls back what was not committed.
                db.execute("BEGIN IMMEDIATE")
                db.execute(_SCHEMA)
                yield db
                db.execute("COMMIT")
            except sqlite3.OperationalError:
                raise  # a lock that is held, a disk that is full
            except sqlite3.DatabaseError as error:
                raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path} can't be read ({error}). Restore it from a backup, or move it away and "
            "create the keys anew."
        )

    @staticmethod
    def _active(db: sqlite3.Connection, name: str, now: datetime) -> list[KeptKey]:
        return [
            kept for kept in _all(db) if kept.key.name == name and kept.key.state(now) == "active"
        ]


def _insert(
    db: sqlite3.Connection, name: str, rights: Rights, *, expires: datetime | None, now: datetime
) -> str:
    secret = new_secret()
    db.execute(
        "INSERT INTO keys (digest, name, prefix, rights, created, expires) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            digest(secret.encode()),
            name,
            secret[:SHOWN],
            _json(rights),
            _text(now),
            expires and _text(expires),
        ),
    )
    return secret


def _all(db: sqlite3.Connection) -> Iterator[KeptKey]:
    rows = db.execute(
        "SELECT digest, name, prefix, rights, created, expires, revoked FROM keys ORDER BY id"
    ).fetchall()
    for known_by, name, prefix, rights, *times in rows:
        created, expires, revoked = (time and datetime.fromisoformat(time) for time in times)
        yield KeptKey(known_by, NamedKey(name, prefix, _rights(rights), created, expires, revoked))


def _json(rights: Rights) -> str:
    collections = rights.collections
    return json.dumps(
        {
            "collections": None if collections is None else sorted(collections),
            "verbs": sorted(rights.verbs),
            "filter": rights.filter,
            "rate": rights.rate,
            "quota": rights.quota,
        }
    )


def _rights(text: str) -> Rights:
    read = json.loads(text)
    collections = read["collections"]
    return Rights(
        collections=None if collections is None else frozenset(collections),
        verbs=cast("frozenset[Verb]", frozenset(read["verbs"])),
        filter=read["filter"],
        rate=read["rate"],
        quota=read["quota"],
    )


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
