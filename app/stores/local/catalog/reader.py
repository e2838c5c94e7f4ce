"""What can be read from the catalog of one collection."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.domain.documents import Chunk, Document, DocumentRecord, Vectors
from app.errors import StoreCorrupted
from app.stores.local.catalog import rows
from app.stores.local.catalog.connections import Connections
from app.stores.local.catalog.integrity import checksum_of, problems_of
from app.stores.local.catalog.vectors import matrix
from app.stores.local.filtering.key_set import Keys, KeySet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened behind a point of the log, in net: a chunk that came and went is in neither.

    With ``anew``, the log does not go back so far, and ``added`` is every chunk there is.
    """

    sequence: int
    added: Keys
    deleted: Keys
    anew: bool = False


class CatalogReader:
    """Reads documents, chunks, vectors and the log of changes; changes nothing."""

    def __init__(self, path: Path, *, lock_timeout_s: float) -> None:
        self._path = path
        self._connections = Connections(path, lock_timeout_s=lock_timeout_s)

    def in_place(self) -> bool:
        """Whether the file that was opened still lies under its name."""
        return self._connections.in_place()

    def close(self) -> None:
        """See `Connections.close`."""
        self._connections.close()

    def rest(self) -> None:
        """See `Connections.rest`."""
        self._connections.rest()

    # --- sizes ------------------------------------------------------------------------------

    def sequence(self) -> int:
        """The last change; 0 before the first."""
        found = self._connections.rows("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")
        return int(found[0][0]) if found else 0

    def counts(self) -> tuple[int, int]:
        """Documents and chunks."""
        documents, chunks = self._connections.rows(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)"
        )[0]
        return int(documents), int(chunks)

    # --- what indexes follow ----------------------------------------------------------------

    def changes_after(self, sequence: int) -> Changes:
        """The net effect of every change behind ``sequence``; keys ascend."""
        upto = self.sequence()
        if sequence == 0 or sequence < self._pruned():
            return Changes(upto, self.all_keys(), np.empty(0, dtype=np.int64), anew=True)
        window = (sequence, upto)
        added = self._keys(
            "SELECT chunk AS key FROM changes WHERE sequence > ? AND sequence <= ? AND added = 1 "
            "AND chunk IN (SELECT key FROM chunks)",
            window,
        )
        deleted = self._keys(
            "SELECT chunk AS key FROM changes WHERE sequence > ? AND sequence <= ? AND added = 0",
            window,
        )
        return Changes(upto, added, deleted)

    def log_length(self) -> int:
        """How many changes are kept."""
        return self.sequence() - self._pruned()

    def _pruned(self) -> int:
        """The last change that is forgotten."""
        first = self._connections.rows("SELECT min(sequence) FROM changes")[0][0]
        return self.sequence() if first is None else int(first) - 1

    def all_keys(self) -> Keys:
        """Keys of all chunks, ascending."""
        return self._keys("SELECT key FROM chunks")

    def last_key(self) -> int:
        """The greatest key that any chunk has had; 0 before the first."""
        found = self._connections.rows("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")
        return int(found[0][0]) if found else 0

    def indexed_texts(self, keys: Keys) -> Iterator[tuple[int, str]]:
        """``(key, Chunk.indexed_text)`` of the chunks that still exist."""
        for batch in _batches(keys):
            for row in self._chunk_rows("c.key IN (SELECT value FROM json_each(?))", batch):
                yield row[0], self._chunk(row).indexed_text

    def vectors_of(self, keys: Keys, dimension: int) -> tuple[Keys, Vectors]:
        """Keys of the chunks that still exist, ascending, with ``(n, dim) float32``.

        A vector that is damaged is left out: it would be found where it does not belong.
        """
        found: list[int] = []
        blobs: list[bytes] = []
        for batch in _batches(keys):
            for key, blob, checksum in self._connections.rows(
                "SELECT key, vector, checksum FROM chunks "
                "WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key",
                (batch,),
            ):
                if checksum_of(blob) == checksum:
                    found.append(key)
                    blobs.append(blob)
        return np.array(found, dtype=np.int64), matrix(blobs, dimension, catalog=self._path)

    def vectors(self, chunk_ids: Sequence[str], dimension: int) -> Vectors:
        """Vectors of the chunks that exist, in the order of their ids, ``(n, dim) float32``."""
        blobs: dict[str, bytes] = dict(
            self._connections.rows(
                "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(chunk_ids),),
            )
        )
        return matrix(
            [blobs[id_] for id_ in chunk_ids if id_ in blobs], dimension, catalog=self._path
        )

    def keys_where(self, condition: str, values: Sequence[object], *, first: int, end: int) -> Keys:
        """Keys from ``first``, before ``end``, of chunks with an attribute that meets a condition.

        Ascending; a chunk with several such attributes may come several times. ``condition`` comes
        from `compile_comparison`.
        """
        # Of the last few keys it is quicker to look at all attributes than at all who meet it.
        index = "INDEXED BY attributes_of_chunk" if first else ""
        return self._keys(
            f"SELECT chunk AS key FROM attributes {index} "  # noqa: S608 - compiled, values are bound
            f"WHERE {condition} AND chunk >= ? AND chunk < ?",
            (*values, first, end),
        )

    def _keys(self, select: str, values: Sequence[object] = ()) -> Keys:
        """Keys ascending; they come as one string, which is far quicker than rows."""
        joined = self._connections.rows(
            f"SELECT group_concat(key) FROM ({select})",  # noqa: S608 - compiled, values are bound
            values,
        )
        return np.sort(np.fromstring(joined[0][0] or "", dtype=np.int64, sep=","))

    # --- documents and their chunks -----------------------------------------------------------

    def chunk_ids(self, keys: Sequence[int]) -> dict[int, str]:
        """Ids of the chunks that still exist, by key."""
        return dict(
            self._connections.rows(
                "SELECT key, id FROM chunks WHERE key IN (SELECT value FROM json_each(?))",
                (json.dumps(keys),),
            )
        )

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunks that exist, by id."""
        found = self._chunk_rows("c.id IN (SELECT value FROM json_each(?))", json.dumps(chunk_ids))
        return {row[1]: self._chunk(row) for row in found}

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Chunks of one document in reading order."""
        return [self._chunk(row) for row in self._chunk_rows("d.id = ?", document_id)]

    def sample_chunks(self, count: int, *, seed: int, among: KeySet | None) -> list[Chunk]:
        """At most ``count`` chunks, drawn from the keys alone."""
        keys = self.all_keys()
        if among is not None:
            keys = keys[among.holds(keys)]
        if len(keys) > count:
            # numpy's generators may draw otherwise from one version to the next.
            keys = keys[sorted(random.Random(seed).sample(range(len(keys)), count))]  # noqa: S311 - a sample, no secret
        return [
            self._chunk(row)
            for batch in _batches(keys)
            for row in self._chunk_rows("c.key IN (SELECT value FROM json_each(?))", batch)
        ]

    def languages(self) -> dict[str, int]:
        """Chunks by the strings in their ``lang``."""
        return dict(
            self._connections.rows(
                "SELECT value, count(*) FROM attributes "
                "WHERE name = 'lang' AND typeof(value) = 'text' GROUP BY value"
            )
        )

    def has_field(self, name: str) -> bool:
        """Whether a chunk has an attribute of this name."""
        found = self._connections.rows("SELECT 1 FROM attributes WHERE name = ? LIMIT 1", (name,))
        return bool(found)

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        """A chunk and those around it in its document, in reading order."""
        found = self._chunk_rows(
            "(c.document, c.position) IN (SELECT o.document, p.position FROM chunks o "
            "JOIN chunks p ON p.document = o.document "
            "AND p.position BETWEEN o.position - ? AND o.position + ? WHERE o.id = ?)",
            radius,
            radius,
            chunk_id,
        )
        return [self._chunk(row) for row in found]

    def _chunk(self, row: rows.Row) -> Chunk:
        return self._readable(rows.chunk, row[1:], row[2])

    def _chunk_rows(self, condition: str, *values: str | int) -> list[rows.Row]:
        return self._connections.rows(
            "SELECT c.key, c.id, d.id, c.position, c.text, c.first, c.last, d.title, "  # noqa: S608 - conditions are literals of this class
            "c.heading_path, c.metadata, d.metadata "
            "FROM chunks c JOIN documents d ON d.key = c.document "
            f"WHERE {condition} ORDER BY c.document, c.position",
            values,
        )

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""
        found = self._connections.rows(
            "SELECT id, title, uri, text, blocks, metadata FROM documents WHERE id = ?",
            (document_id,),
        )
        return self._readable(rows.document, found[0], document_id) if found else None

    def records(self, *, after: str, limit: int | None) -> list[DocumentRecord]:
        """Documents whose id sorts behind ``after``."""
        return self._records(
            "d.id > ? ORDER BY d.id LIMIT ?", (after, -1 if limit is None else limit)
        )

    def record(self, document_id: str) -> DocumentRecord | None:
        """One document."""
        found = self._records("d.id = ?", (document_id,))
        return found[0] if found else None

    def _records(self, condition: str, values: tuple[object, ...]) -> list[DocumentRecord]:
        found = self._connections.rows(
            "SELECT d.id, d.title, d.uri, d.content_hash, d.version, "  # noqa: S608 - conditions are literals of this class
            "(SELECT count(*) FROM chunks c WHERE c.document = d.key), length(d.text), "
            f"d.updated_at, d.metadata FROM documents d WHERE {condition}",
            values,
        )
        return [self._readable(rows.record, row, row[0]) for row in found]

    def integrity(self) -> list[str]:
        """See `problems_of`."""
        with self._connections.borrow() as db:
            return problems_of(db)

    def damaged_vectors(self, document_id: str) -> int:
        """How many chunks of a document have a vector, or weights, not as they were written."""
        found = self._connections.rows(
            "SELECT count(DISTINCT c.key) FROM chunks c "
            "LEFT JOIN representations r ON r.chunk = c.key "
            "WHERE c.document = (SELECT key FROM documents WHERE id = ?) "
            "AND (crc32(c.vector) <> c.checksum OR crc32(r.content) <> r.checksum)",
            (document_id,),
        )
        return int(found[0][0])

    def _readable(self, read: Callable[[rows.Row], T], row: rows.Row, document_id: str) -> T:
        try:
            return read(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreCorrupted(
                f'{self._path}: document "{document_id}" is damaged ({error}). Ingest it again '
                "with `rag ingest --force`, or remove it with `rag delete`."
            ) from error


def _batches(keys: Keys, size: int = 10_000) -> Iterator[str]:
    """JSON arrays of at most ``size`` keys, for ``json_each``."""
    for start in range(0, len(keys), size):
        yield json.dumps(keys[start : start + size].tolist())
