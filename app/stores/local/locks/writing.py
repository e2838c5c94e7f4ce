"""The right to write to a collection that is still in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.errors import NotFound
from app.stores.local.locks.writer_lock import WriterLock


@contextmanager
def held_for_writing(
    name: str, lock: WriterLock, *, in_place: Callable[[], bool]
) -> Iterator[None]:
    """Holds the writer lock of the collection called ``name``.

    Raises:
        CollectionBusy: another writer does not let go in time.
        StoreUnwritable: nobody may write here.
        NotFound: the collection was dropped or replaced meanwhile.
    """
    with lock.held():
        if not in_place():
            raise NotFound(f'Collection "{name}" was dropped or replaced.')
        yield
