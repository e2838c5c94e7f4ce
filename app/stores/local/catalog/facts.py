"""What is known of a collection as a whole, beside its documents: a name and JSON for each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from app.domain.collections import Fingerprint, SelfRecall, SelfRetrieval, Tuning
from app.errors import StoreCorrupted
from app.stores.local.catalog.connections import Connections, unreadable

T = TypeVar("T")

SCHEMA_VERSION: Final = "3"
"""Of the whole catalog; another one is not read."""


class Facts:
    """The table ``facts`` of one catalog. Every call reads or writes it anew."""

    def __init__(self, path: Path, connections: Connections) -> None:
        self._path = path
        self._connections = connections

    def fingerprint(self) -> Fingerprint:
        """What built the collection.

        Raises:
            StoreCorrupted: the file can't be read, or another version wrote it.
        """
        try:
            found: dict[str, str] = dict(self._connections.rows("SELECT name, value FROM facts"))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise  # it passes
            raise unreadable(self._path, error) from None  # there is no such table
        if found.get("schema") != SCHEMA_VERSION:
            raise StoreCorrupted(
                f"{self._path} has schema {found.get('schema')}; this version reads "
                f"{SCHEMA_VERSION}. Ingest the documents into a new collection."
            )
        return self._read(found.get("fingerprint", ""), lambda fields: Fingerprint(**fields))

    def tuning(self) -> Tuning | None:
        """What `set_tuning` kept last."""
        value = self._value("tuning")
        return None if value is None else self._read(value, _tuning)

    def set_tuning(self, tuning: Tuning | None) -> None:
        """Keeps a tuning in place of the one before, or forgets it."""
        with self._connections.transaction() as db:
            self.forget(db, "tuning")
            if tuning is not None:
                db.execute("INSERT INTO facts VALUES ('tuning', ?)", (json.dumps(asdict(tuning)),))

    def self_retrieval(self) -> SelfRetrieval | None:
        """What `set_self_retrieval` kept last, unless documents were embedded anew since."""
        value = self._value("self_retrieval")
        return None if value is None else self._read(value, _self_retrieval)

    def set_self_retrieval(self, self_retrieval: SelfRetrieval) -> None:
        """Keeps what was measured in place of the one before."""
        with self._connections.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO facts VALUES ('self_retrieval', ?)",
                (json.dumps(asdict(self_retrieval)),),
            )

    def rebuilds(self) -> int:
        """How often `count_rebuild` was called."""
        value = self._value("rebuilds")
        return 0 if value is None else self._read(value, int)

    @staticmethod
    def count_rebuild(db: sqlite3.Connection) -> None:
        """Counts one within a transaction that is under way."""
        db.execute(
            "INSERT INTO facts VALUES ('rebuilds', '1') "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1"
        )

    @staticmethod
    def forget(db: sqlite3.Connection, name: str) -> None:
        """Removes a fact within a transaction that is under way."""
        db.execute("DELETE FROM facts WHERE name = ?", (name,))

    def all(self) -> tuple[tuple[str, str], ...]:
        """Every fact as it is written."""
        rows = self._connections.rows("SELECT name, value FROM facts")
        return tuple((str(name), str(value)) for name, value in rows)

    def _value(self, name: str) -> str | None:
        found = self._connections.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def _read(self, value: str, read: Callable[[Any], T]) -> T:
        try:
            return read(json.loads(value))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise unreadable(self._path, error) from error


def _tuning(fields: dict[str, Any]) -> Tuning:
    fingerprint = Fingerprint(**fields.pop("fingerprint"))
    return Tuning(**({"learned": {}} | fields), fingerprint=fingerprint)


def _self_retrieval(fields: dict[str, Any]) -> SelfRetrieval:
    languages = {name: SelfRecall(**found) for name, found in fields["languages"].items()}
    return SelfRetrieval(languages, fields["chunks"])
