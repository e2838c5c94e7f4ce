"""Remembers vectors on disk, so that a text is embedded once whatever it is cut or indexed for."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

import numpy as np

from app.domain import Vectors
from app.ports import Embedder

KEYS_PER_STATEMENT: Final = 500
"""SQLite limits the parameters of a statement."""
BUSY_TIMEOUT_S: Final = 60.0
"""How long a process waits for another that writes to the same file."""

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"


class CachedEmbedder:
    """Implements `app.ports.Embedder` over another one, whose vectors are kept in ``file``.

    A vector is found by the embedder's id, its kind (query or passage) and the text; it is the one
    that was computed, bit by bit. The file only grows; it may be deleted at any time.
    """

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder = embedder
        self._file = file
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(_SCHEMA)

    @property
    def id(self) -> str:
        """See `Embedder.id`."""
        return self._embedder.id

    @property
    def dimension(self) -> int:
        """See `Embedder.dimension`."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """See `Embedder.max_tokens`."""
        return self._embedder.max_tokens

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return self._embedder.count_tokens(text)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """See `Embedder.token_spans`."""
        return self._embedder.token_spans(text)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_queries`."""
        return self._vectors("query", texts, self._embedder.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_passages`."""
        return self._vectors("passage", texts, self._embedder.embed_passages)

    def _vectors(
        self,
        kind: Literal["query", "passage"],
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], Vectors],
    ) -> Vectors:
        if not texts:
            return embed(texts)
        keys = [self._key(kind, text) for text in texts]
        with self._lock, closing(self._connect()) as database:
            found = dict(_read(database, list(dict.fromkeys(keys))))
            missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in found}
            if missing:
                made = embed(list(missing.values())).astype(np.float32, copy=False)
                found |= {key: row.tobytes() for key, row in zip(missing, made, strict=True)}
                with database:
                    database.executemany(
                        "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                        [(key, found[key]) for key in missing],
                    )
        return np.stack([np.frombuffer(found[key], dtype=np.float32) for key in keys])

    def _key(self, kind: str, text: str) -> bytes:
        content = f"{self._embedder.id}\0{kind}\0{text}"
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=20).digest()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=BUSY_TIMEOUT_S)


def _read(database: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), KEYS_PER_STATEMENT):
        part = keys[start : start + KEYS_PER_STATEMENT]
        marks = ",".join("?" * len(part))
        yield from database.execute(
            f"SELECT key, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608 - only marks
            part,
        )
