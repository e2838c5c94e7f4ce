"""What chunks are kept as beside their terms and dense vectors, by the representation's name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from app.stores.local.catalog.connections import Connections
from app.stores.local.catalog.integrity import checksum_of
from app.stores.local.filtering.key_set import Keys

KEYS_PER_STATEMENT = 10_000


class Representations:
    """The table ``representations`` of one catalog, read only: `insert` is part of a write."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @staticmethod
    def insert(db: sqlite3.Connection, chunk: int, contents: Iterable[tuple[str, bytes]]) -> None:
        """Keeps ``(name, content)`` of a chunk within a transaction that is under way."""
        db.executemany(
            "INSERT INTO representations VALUES (?, ?, ?, ?)",
            ((chunk, name, content, checksum_of(content)) for name, content in contents),
        )

    def read(self, name: str, keys: Keys) -> tuple[Keys, list[bytes]]:
        """Those of the chunks that still exist, by ascending key; damaged ones are left out."""
        found: list[int] = []
        contents: list[bytes] = []
        for key, content, checksum in self._rows(name, keys):
            if checksum_of(content) == checksum:
                found.append(key)
                contents.append(content)
        return np.array(found, dtype=np.int64), contents

    def of_chunks(self, name: str, chunk_ids: Sequence[str]) -> list[bytes]:
        """Those of the chunks that have one, in the order of their ids."""
        contents: dict[str, bytes] = dict(
            self._connections.rows(
                "SELECT c.id, r.content FROM representations r JOIN chunks c ON c.key = r.chunk "
                "WHERE r.name = ? AND c.id IN (SELECT value FROM json_each(?))",
                (name, json.dumps(chunk_ids)),
            )
        )
        return [contents[id_] for id_ in chunk_ids if id_ in contents]

    def _rows(self, name: str, keys: Keys) -> Iterator[tuple[int, bytes, int]]:
        for start in range(0, len(keys), KEYS_PER_STATEMENT):
            yield from self._connections.rows(
                "SELECT chunk, content, checksum FROM representations "
                "WHERE name = ? AND chunk IN (SELECT value FROM json_each(?)) ORDER BY chunk",
                (name, json.dumps(keys[start : start + KEYS_PER_STATEMENT].tolist())),
            )
