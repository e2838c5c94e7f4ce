"""Numbers that models computed, kept in a file by what they were computed from.

The file only grows; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
"""``(n,) float32``."""
KEYS_PER_STATEMENT: Final = 500
"""SQLite limits the parameters of a statement."""
BUSY_TIMEOUT_S: Final = 60.0
"""How long a process waits for another that writes to the same file."""

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"


def key_of(*parts: str) -> bytes:
    """What these parts, in this order, are found by."""
    return hashlib.blake2b(
        "\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=20
    ).digest()


class DiskMemory:
    """Float32 numbers by key, in a SQLite file. What is there already is never changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)

    def read(self, keys: Sequence[bytes]) -> dict[bytes, Numbers]:
        """What is known under these keys, bit by bit as it was written."""
        with closing(self._connect()) as database:
            found = _read(database, list(dict.fromkeys(keys)))
            return {key: np.frombuffer(value, dtype=np.float32) for key, value in found}

    def write(self, numbers: Mapping[bytes, Numbers]) -> None:
        """Adds what is not there yet."""
        rows = [(key, value.astype(np.float32).tobytes()) for key, value in numbers.items()]
        with closing(self._connect()) as database, database:
            database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, timeout=BUSY_TIMEOUT_S)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(_SCHEMA)
        return database


def _read(database: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), KEYS_PER_STATEMENT):
        part = keys[start : start + KEYS_PER_STATEMENT]
        marks = ",".join("?" * len(part))
        yield from database.execute(
            f"SELECT key, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608 - only marks
            part,
        )
