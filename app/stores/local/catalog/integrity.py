"""What can be found wrong with a catalog by reading all of it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from typing import Final

MAX_PROBLEMS: Final = 100
"""So many are told; where a disk fails there may be millions."""

_CHECKS: Final = {
    "PRAGMA integrity_check": "catalog: {}",
    'SELECT "table" FROM pragma_foreign_key_check': "catalog: rows of {} belong to nothing",
    "SELECT id FROM documents WHERE NOT (json_valid(blocks) AND json_valid(metadata))": (
        "document {}: its structure can't be read; ingest it again with `rag ingest --force`, or "
        "remove it with `rag delete`"
    ),
    "SELECT id FROM chunks WHERE NOT (json_valid(heading_path) AND json_valid(metadata))": (
        "chunk {}: its headings or metadata can't be read"
    ),
    "SELECT c.id FROM chunks c JOIN documents d ON d.key = c.document "
    "WHERE substr(d.text, c.first + 1, c.last - c.first) <> c.text": (
        "chunk {}: its text is not its document's at its span"
    ),
    "SELECT id FROM chunks WHERE crc32(vector) <> checksum": (
        "chunk {}: its vector is not as it was written"
    ),
    "SELECT c.id FROM representations r JOIN chunks c ON c.key = r.chunk "
    "WHERE crc32(r.content) <> r.checksum": "chunk {}: its weights are not as they were written",
}


def checksum_of(content: bytes) -> int:
    """What lies beside each vector and its like, to tell when it is damaged."""
    return zlib.crc32(content)


def add_checksums(connection: sqlite3.Connection) -> None:
    """Lets statements on this connection call ``crc32``."""
    checksum: Callable[[object], int] = lambda value: (  # noqa: E731 - it has a type so
        checksum_of(value) if isinstance(value, bytes) else -1
    )
    connection.create_function("crc32", 1, checksum, deterministic=True)


def problems_of(connection: sqlite3.Connection) -> list[str]:
    """Each in words; what SQLite itself finds first. Empty where the catalog is sound."""
    found: list[str] = []
    for problem in _problems(connection):
        found.append(problem)
        if len(found) == MAX_PROBLEMS:
            return [*found, "and more"]
    return found


def _problems(connection: sqlite3.Connection) -> Iterator[str]:
    for statement, told in _CHECKS.items():
        for row in connection.execute(statement):
            if row[0] != "ok":
                yield told.format(row[0])
