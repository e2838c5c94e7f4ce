"""Seeded sampling of documents and chunks.

The order is by a hash of seed and id, so adding or removing a document does not change the order of
the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from app.domain.documents import DocumentRecord

PAGE: Final = 1_000
"""Number of records listed at once."""


class Listing(Protocol):
    """The part of `app.ports.store.Collection` that lists documents."""

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """See `app.ports.store.Collection.records`."""


class _FromDocument(Protocol):
    @property
    def document_id(self) -> str: ...


Item = TypeVar("Item", bound=_FromDocument)


def shuffled_documents(collection: Listing, *, seed: int) -> list[str]:
    """Ids of all documents with chunks, in seeded order."""
    ids: list[str] = []
    page = collection.records(limit=PAGE)
    while page:
        ids += [record.id for record in page if record.chunks]
        page = collection.records(after=page[-1].id, limit=PAGE)
    return shuffled(ids, seed=seed)


def shuffled(ids: Iterable[str], *, seed: int) -> list[str]:
    """Orders ids by the seed."""
    return sorted(ids, key=lambda id_: (_digest(seed, id_), id_))


def one_per_document_first(items: Sequence[Item]) -> Iterator[Item]:
    """Yields the first item of each document, then the second of each, and so on."""
    seen: dict[str, int] = {}
    rounds: dict[int, list[Item]] = {}
    for item in items:
        turn = seen[item.document_id] = seen.get(item.document_id, -1) + 1
        rounds.setdefault(turn, []).append(item)
    for turn in sorted(rounds):
        yield from rounds[turn]


def _digest(seed: int, id_: str) -> bytes:
    text = f"{seed}\x1f{id_}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()
