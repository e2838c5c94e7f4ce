"""The truth of one collection: documents, chunks, vectors and the log of changes, in SQLite."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import numpy as np

from app.domain.collections import Fingerprint
from app.domain.documents import Chunk, Document, DocumentRecord, IndexedDocument, Vectors
from app.errors import CollectionRebuilt, InvalidRequest, StoreCorrupted
from app.stores.local.catalog import rows
from app.stores.local.catalog.connections import Connections, unwritable
from app.stores.local.catalog.facts import SCHEMA_VERSION, Facts
from app.stores.local.catalog.integrity import add_checksums, problems_of, vector_checksum
from app.stores.local.files import sync_folder
from app.stores.local.filtering.key_set import Keys, KeySet

T = TypeVar("T")

VECTOR_TYPE: Final = np.dtype("<f2")
"""How vectors lie at rest: half the size of float32, cosines within 1e-3 of it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened behind a point of the log, in net: a chunk that came and went is in neither.

    With ``anew``, the log does not go back so far, and ``added`` is every chunk there is.
    """

    sequence: int
    added: Keys
    deleted: Keys
    anew: bool = False


class Catalog:
    """Documents, chunks and vectors; one writer at a time, which `LocalCollection` sees to.

    A catalog that was closed, moved or replaced raises `NotFound`.
    """

    def __init__(self, path: Path, *, lock_timeout_s: float) -> None:
        self._path = path
        self._connections = Connections(path, lock_timeout_s=lock_timeout_s)
        self.facts = Facts(path, self._connections)

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether a catalog has been made there."""
        return path.is_file()

    def in_place(self) -> bool:
        """Whether the file that was opened still lies under its name."""
        return self._connections.in_place()

    @classmethod
    def create(cls, path: Path, fingerprint: Fingerprint, *, lock_timeout_s: float) -> Catalog:
        """Makes an empty catalog; it appears under ``path`` complete or not at all.

        Raises:
            StoreUnwritable: it can't be written there.
        """
        unfinished = path.with_suffix(".new")
        facts = {"schema": SCHEMA_VERSION, "fingerprint": json.dumps(asdict(fingerprint))}
        try:
            unfinished.unlink(missing_ok=True)
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.executescript(
                    files("app.stores.local.catalog")
                    .joinpath("schema.sql")
                    .read_text(encoding="utf-8")
                )
                connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
                connection.commit()
            unfinished.rename(path)
            sync_folder(path.parent)
        except (OSError, sqlite3.OperationalError) as error:
            raise unwritable(path, error) from error
        return cls(path, lock_timeout_s=lock_timeout_s)

    def snapshot(self, file: Path) -> None:
        """Writes a complete copy, as of one instant, to a file that does not exist yet.

        Raises:
            InvalidRequest: it can't be written there.
        """
        unfinished = file.with_name(f"{file.name}.new")
        try:
            unfinished.unlink(missing_ok=True)
            with closing(sqlite3.connect(unfinished)) as copy, self._connections.borrow() as db:
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            unfinished.rename(file)
        except (OSError, sqlite3.OperationalError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise InvalidRequest(
                f"{file} can't be written ({error}). Name a file in a folder that you may write "
                "to, on a disk with room for it."
            ) from error
        sync_folder(file.parent)

    @staticmethod
    def check_snapshot(file: Path) -> None:
        """Raises `InvalidRequest` unless ``file`` is what `snapshot` writes, and whole."""
        try:
            with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as db:
                facts = dict(db.execute("SELECT name, value FROM facts"))
                if facts.get("schema") != SCHEMA_VERSION:
                    raise InvalidRequest(f"{file} is no snapshot that this version can read.")
                Fingerprint(**json.loads(facts["fingerprint"]))
                add_checksums(db)
                problems = problems_of(db)
        except (sqlite3.Error, ValueError, KeyError, TypeError):
            raise InvalidRequest(f"{file} is no snapshot that this version can read.") from None
        if problems:
            raise InvalidRequest(
                f"{file} is damaged, so nothing was restored ({problems[0]}). Take another copy."
            )

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

    # --- writing ----------------------------------------------------------------------------

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """Adds or replaces documents, in one transaction."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connections.transaction() as db:
            for document in documents:
                version = self._remove(db, document.document.id)
                self._insert(db, document, version=version + 1, now=now)

    def delete(self, document_ids: Iterable[str]) -> int:
        """Removes documents, in one transaction; returns how many there were."""
        with self._connections.transaction() as db:
            return sum(self._remove(db, document_id) > 0 for document_id in document_ids)

    def replace(self, documents: Iterable[IndexedDocument], fingerprint: Fingerprint) -> None:
        """Gives documents new chunks and vectors under a fingerprint, all or none."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connections.transaction() as db:
            for document in documents:
                version = self._remove(db, document.document.id)
                self._insert(db, document, version=version, now=now)
            db.execute(
                "UPDATE facts SET value = ? WHERE name = 'fingerprint'",
                (json.dumps(asdict(fingerprint)),),
            )
            # It was measured on the vectors that went.
            Facts.forget(db, "soundness")

    @staticmethod
    def _remove(db: sqlite3.Connection, document_id: str) -> int:
        """Deletes a document if it exists; returns its version, or 0."""
        row = db.execute("SELECT key, version FROM documents WHERE id = ?", (document_id,))
        found = row.fetchone()
        if found is None:
            return 0
        key, version = found
        db.execute(
            "INSERT INTO changes (chunk, added) "
            "SELECT key, 0 FROM chunks WHERE document = ? ORDER BY key",
            (key,),
        )
        db.execute("DELETE FROM documents WHERE key = ?", (key,))
        return int(version)

    @staticmethod
    def _insert(db: sqlite3.Connection, item: IndexedDocument, *, version: int, now: str) -> None:
        document = item.document
        key = db.execute(
            "INSERT INTO documents "
            "(id, title, uri, text, blocks, metadata, content_hash, version, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*rows.document_row(document), item.content_hash, version, now),
        ).lastrowid
        assert key is not None
        vectors = np.ascontiguousarray(item.vectors, dtype=VECTOR_TYPE)
        for chunk, vector in zip(item.chunks, vectors, strict=True):
            chunk_key = db.execute(
                "INSERT INTO chunks (document, id, position, first, last, text, heading_path, "
                "metadata, vector, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (key, *rows.chunk_row(chunk), vector.tobytes(), vector_checksum(vector.tobytes())),
            ).lastrowid
            db.executemany(
                "INSERT OR IGNORE INTO attributes (name, value, chunk) VALUES (?, ?, ?)",
                ((name, value, chunk_key) for name, value in rows.attribute_rows(chunk)),
            )
            db.execute("INSERT INTO changes (chunk, added) VALUES (?, 1)", (chunk_key,))

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

    def prune(self, upto: int) -> None:
        """Forgets changes that every index on disk has taken in; others begin anew."""
        with self._connections.transaction() as db:
            db.execute("DELETE FROM changes WHERE sequence <= ?", (upto,))

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
                if vector_checksum(blob) == checksum:
                    found.append(key)
                    blobs.append(blob)
        return np.array(found, dtype=np.int64), self._matrix(blobs, dimension)

    def vectors(self, chunk_ids: Sequence[str], dimension: int) -> Vectors:
        """Vectors of the chunks that exist, in the order of their ids, ``(n, dim) float32``."""
        blobs: dict[str, bytes] = dict(
            self._connections.rows(
                "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(chunk_ids),),
            )
        )
        return self._matrix([blobs[id_] for id_ in chunk_ids if id_ in blobs], dimension)

    def _matrix(self, blobs: Sequence[bytes], dimension: int) -> Vectors:
        if any(len(blob) != dimension * VECTOR_TYPE.itemsize for blob in blobs):
            raise CollectionRebuilt(
                f"{self._path} holds vectors of another dimension than {dimension}: it was "
                f"rebuilt meanwhile. Ask again, or run `rag rebuild {self._path.parent.name}`."
            )
        matrix = np.frombuffer(b"".join(blobs), dtype=VECTOR_TYPE).reshape(-1, dimension)
        return matrix.astype(np.float32)

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

    # --- reading ----------------------------------------------------------------------------

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
            "c.heading_path, c.metadata FROM chunks c JOIN documents d ON d.key = c.document "
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
        """How many vectors of a document are not as they were written."""
        found = self._connections.rows(
            "SELECT count(*) FROM chunks WHERE crc32(vector) <> checksum "
            "AND document = (SELECT key FROM documents WHERE id = ?)",
            (document_id,),
        )
        return int(found[0][0])

    def shrink_wal(self) -> None:
        """See `Connections.shrink_wal`."""
        self._connections.shrink_wal()

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
