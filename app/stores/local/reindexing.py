"""New chunks and vectors for a collection, made beside it while it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.domain.collections import SPARSE_WEIGHTS, Fingerprint
from app.domain.documents import DocumentRecord, IndexedDocument
from app.errors import CollectionBusy
from app.ports.store import Reindex
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.sparse_blobs import to_vector

PLACE: Final = "rebuild"
BATCH: Final = 32
"""Documents that are made and written together."""


class Staging:
    """Documents made so far, in a catalog of their own, and of which version each was made."""

    def __init__(self, staged: Catalog, dimension: int) -> None:
        self._staged = staged
        self._dimension = dimension
        self._made: dict[str, tuple[str, int]] = {}

    def take(self, records: Sequence[DocumentRecord], reindex: Reindex) -> int:
        """Makes what is missing or has changed since; returns how many documents that were."""
        missing = [record for record in records if self._made.get(record.id) != _state(record)]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            self._staged.delete([record.id for record in batch])
            self._staged.put(reindex(batch))
            self._made.update((record.id, _state(record)) for record in batch)
        return len(missing)

    def documents(self, records: Sequence[DocumentRecord]) -> Iterator[IndexedDocument]:
        """What was made of those that are still there."""
        for record in records:
            document = self._staged.document(record.id)
            if document is not None:
                chunks = tuple(self._staged.document_chunks(record.id))
                ids = [chunk.id for chunk in chunks]
                vectors = self._staged.vectors(ids, self._dimension)
                blobs = self._staged.representations.of_chunks(SPARSE_WEIGHTS, ids)
                weights = tuple(map(to_vector, blobs))
                yield IndexedDocument(document, chunks, vectors, record.content_hash, weights)


@contextmanager
def staging(folder: Path, fingerprint: Fingerprint, *, lock_timeout_s: float) -> Iterator[Staging]:
    """A place for documents below ``folder``, empty at first and gone afterwards.

    Raises:
        CollectionBusy: somebody else has it.
    """
    with _place(folder) as place:
        if place is None:
            raise CollectionBusy(f"collection {folder.name} is being rebuilt already; wait for it")
        place.mkdir()
        staged = Catalog.create(place / "catalog.db", fingerprint, lock_timeout_s=lock_timeout_s)
        try:
            yield Staging(staged, fingerprint.dimension)
        finally:
            staged.close()


def remove_leftovers(folder: Path) -> None:
    """Removes what a rebuild has left that was killed."""
    if (folder / PLACE).exists():
        with _place(folder):
            pass


@contextmanager
def _place(folder: Path) -> Iterator[Path | None]:
    """An empty place, or ``None`` while somebody has it; nothing is left there."""
    place = folder / PLACE
    try:
        lock = FileLock(folder / f"{PLACE}.lock").acquire(timeout=0)
    except Timeout:
        yield None
        return
    with lock:
        shutil.rmtree(place, ignore_errors=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _state(record: DocumentRecord) -> tuple[str, int]:
    return record.content_hash, record.version
