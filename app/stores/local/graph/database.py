"""The file that an entity graph lies in: made, changed and read."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from app.durability.files import may_write
from app.errors import StoreCorrupted
from app.stores.local.catalog.rows import Row
from app.stores.local.filtering.key_set import Keys
from app.text.entities.extraction import EXTRACTION_VERSION, Entities

CHECKED_ON_OPENING: Final = 8_000_000
"""Bytes up to which a file is checked thoroughly when it is opened; `rag doctor` always does."""


class GraphDamaged(StoreCorrupted):
    """The file can't be read, or is not as it was written; it can be made from the catalog."""


class GraphDatabase:
    """One connection, for one thread after the other.

    Every change is whole or not there, so that a crash leaves what `applied` says, and some chunks
    that came later; adding them again changes nothing.
    """

    def __init__(self, file: Path, *, timeout_s: float) -> None:
        """Opens ``file``, making it where it is missing; in memory where nobody may write it.

        Raises:
            GraphDamaged: it can't be read, or other rules made it.
        """
        self._file = file
        kept = may_write(file.parent)
        with self._reading():
            self._db = sqlite3.connect(
                file if kept else ":memory:",
                timeout=timeout_s,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            with self._reading():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # what is lost is made again
        with self.transaction():
            if not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
                schema = files("app.stores.local.graph").joinpath("schema.sql")
                for statement in _statements(schema.read_text(encoding="utf-8")):
                    self._db.execute(statement)
                self._db.execute("INSERT INTO state VALUES (0, ?)", (EXTRACTION_VERSION,))
        version = self._db.execute("SELECT version FROM state").fetchall()
        if version != [(EXTRACTION_VERSION,)]:
            raise GraphDamaged(f"{self._file} was made by other rules: {version}")
        size = self._file.stat().st_size if self._file.exists() else 0
        self.check(thoroughly=size <= CHECKED_ON_OPENING)

    def check(self, *, thoroughly: bool) -> None:
        """Reads the whole file; ``thoroughly`` compares indexes with their tables, too.

        Raises:
            GraphDamaged: something in it is not as SQLite wrote it.
        """
        found = self._rows(f"PRAGMA {'integrity' if thoroughly else 'quick'}_check(1)")
        if found != [("ok",)]:
            raise GraphDamaged(f"{self._file} is damaged: {found[0][0]}")

    def applied(self) -> int:
        """The last change of the catalog's log that is here."""
        return int(self._rows("SELECT applied FROM state")[0][0])

    def set_applied(self, sequence: int) -> None:
        """Says that every change up to ``sequence`` is here."""
        self._rows("UPDATE state SET applied = ?", sequence)

    def add(self, chunks: Iterable[tuple[int, str, Entities]]) -> None:
        """Takes in chunks, by key and id; those that are there already are passed over."""
        for key, id_, found in chunks:
            checksum = _checksum(found.names)
            with closing(
                self._db.execute(
                    "INSERT OR IGNORE INTO chunks VALUES (?, ?, ?)", (key, id_, checksum)
                )
            ) as added:
                if added.rowcount == 0:
                    continue
            self._db.executemany(
                "INSERT OR IGNORE INTO entities (name) VALUES (?)", [(n,) for n in found.names]
            )
            self._db.execute(
                "INSERT INTO links SELECT key, ? FROM entities "
                "WHERE name IN (SELECT value FROM json_each(?))",
                (key, json.dumps(found.names)),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)",
                [(*names, key) for pair in found.pairs for names in (pair, pair[::-1])],
            )

    def remove(self, keys: Keys) -> None:
        """Lets chunks go, and entities that no other chunk names."""
        gone = json.dumps(keys.tolist())
        self._rows(
            "CREATE TEMP TABLE touched AS SELECT DISTINCT entity FROM links "
            "WHERE chunk IN (SELECT value FROM json_each(?))",
            gone,
        )
        for table, column in (("links", "chunk"), ("pairs", "chunk"), ("chunks", "key")):
            self._rows(
                f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",  # noqa: S608 - literals above
                gone,
            )
        self._rows(
            "DELETE FROM entities WHERE key IN (SELECT entity FROM touched) "
            "AND NOT EXISTS (SELECT 1 FROM links WHERE entity = entities.key)"
        )
        self._rows("DROP TABLE touched")

    def clear(self) -> None:
        """Forgets everything."""
        for table in ("links", "pairs", "chunks", "entities"):
            self._rows(f"DELETE FROM {table}")  # noqa: S608 - literals above
        self.set_applied(0)

    # --- reading --------------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Every chunk, ascending."""
        found = self._rows("SELECT key FROM chunks ORDER BY key")
        return np.array([key for (key,) in found], dtype=np.int64)

    def frequencies(self, names: Sequence[str]) -> dict[str, int]:
        """See `EntityGraph.frequencies`."""
        return dict(
            self._rows(
                "SELECT e.name, count(*) FROM entities e JOIN links l ON l.entity = e.key "
                "WHERE e.name IN (SELECT value FROM json_each(?)) GROUP BY e.key",
                json.dumps(names),
            )
        )

    def chunks_of(self, names: Sequence[str]) -> list[tuple[str, int, str]]:
        """Name, key and id of each chunk that names one of ``names``, by id."""
        return self._rows(
            "SELECT e.name, c.key, c.id FROM entities e JOIN links l ON l.entity = e.key "
            "JOIN chunks c ON c.key = l.chunk "
            "WHERE e.name IN (SELECT value FROM json_each(?)) ORDER BY c.id",
            json.dumps(names),
        )

    def entities_of(self, chunk_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """See `EntityGraph.entities_of`.

        Raises:
            GraphDamaged: a chunk is not tied to what it was tied to when it was written.
        """
        found: dict[str, tuple[str, ...]] = {}
        for id_, checksum, joined in self._rows(
            "SELECT c.id, c.checksum, (SELECT json_group_array(e.name) FROM links l "
            "JOIN entities e ON e.key = l.entity WHERE l.chunk = c.key) "
            "FROM chunks c WHERE c.id IN (SELECT value FROM json_each(?))",
            json.dumps(chunk_ids),
        ):
            names = tuple(sorted(json.loads(joined)))
            if _checksum(names) != checksum:
                raise GraphDamaged(f"{self._file}: {id_} is not as it was written")
            found[id_] = names
        return found

    def same_as(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """See `EntityGraph.same_as`."""
        others: dict[str, tuple[str, ...]] = {}
        for name, other in self._rows(
            "SELECT DISTINCT name, other FROM pairs "
            "WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name, other",
            json.dumps(names),
        ):
            others[name] = (*others.get(name, ()), other)
        return others

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Within, everything happens or nothing does; other processes that write wait.

        Raises:
            GraphDamaged: the file can't be read.
        """
        with self._reading():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def _rows(self, sql: str, *values: object) -> list[Row]:
        with self._reading():
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError:
            raise  # the disk is full, or another process does not let go
        except sqlite3.DatabaseError as error:
            raise GraphDamaged(f"{self._file} can't be read ({error})") from error


def _statements(script: str) -> Iterator[str]:
    lines = (line.partition("--")[0] for line in script.splitlines())
    yield from (statement for part in "\n".join(lines).split(";") if (statement := part.strip()))


def _checksum(names: Iterable[str]) -> int:
    return zlib.crc32("\n".join(sorted(names)).encode())
