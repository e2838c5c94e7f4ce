"""The truth of one collection in SQLite: how its file is made, changed and copied."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import numpy as np

from app.domain.collections import SPARSE_WEIGHTS, Fingerprint
from app.domain.documents import IndexedDocument
from app.durability.files import sync
from app.errors import InvalidRequest
from app.stores.local.catalog import rows
from app.stores.local.catalog.connections import unwritable
from app.stores.local.catalog.facts import SCHEMA_VERSION, Facts
from app.stores.local.catalog.integrity import add_checksums, checksum_of, problems_of
from app.stores.local.catalog.reader import CatalogReader
from app.stores.local.catalog.representations import Representations
from app.stores.local.catalog.sparse_blobs import to_blob
from app.stores.local.catalog.vectors import VECTOR_TYPE


class Catalog(CatalogReader):
    """Documents, chunks and vectors; one writer at a time, which `LocalCollection` sees to.

    A catalog that was closed, moved or replaced raises `NotFound`.
    """

    def __init__(self, path: Path, *, lock_timeout_s: float) -> None:
        super().__init__(path, lock_timeout_s=lock_timeout_s)
        self.facts = Facts(path, self._connections)
        self.representations = Representations(self._connections)

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether a catalog has been made there."""
        return path.is_file()

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
            sync(path.parent)
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
        sync(file.parent)

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
            Facts.count_rebuild(db)
            # It was measured on the vectors that went.
            Facts.forget(db, "self_retrieval")

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
        weights = iter(item.sparse)
        for chunk, vector in zip(item.chunks, vectors, strict=True):
            chunk_key = db.execute(
                "INSERT INTO chunks (document, id, position, first, last, text, heading_path, "
                "metadata, vector, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    *rows.chunk_row(chunk, document.metadata),
                    vector.tobytes(),
                    checksum_of(vector.tobytes()),
                ),
            ).lastrowid
            assert chunk_key is not None
            if item.sparse:
                content = to_blob(next(weights))
                Representations.insert(db, chunk_key, [(SPARSE_WEIGHTS, content)])
            db.executemany(
                "INSERT OR IGNORE INTO attributes (name, value, chunk) VALUES (?, ?, ?)",
                ((name, value, chunk_key) for name, value in rows.attribute_rows(chunk)),
            )
            db.execute("INSERT INTO changes (chunk, added) VALUES (?, 1)", (chunk_key,))

    def prune(self, upto: int) -> None:
        """Forgets changes that every index on disk has taken in; others begin anew."""
        with self._connections.transaction() as db:
            db.execute("DELETE FROM changes WHERE sequence <= ?", (upto,))

    def shrink_wal(self) -> None:
        """See `Connections.shrink_wal`."""
        self._connections.shrink_wal()
