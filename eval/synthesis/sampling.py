"""Which documents and chunks are looked at: a seeded sample that depends on nothing else.

Order is by a hash of seed and id, so that a document which comes or goes moves no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from app.domain.documents import DocumentRecord

PAGE: Final = 1_000
"""Records that are listed at once."""


class Listing(Protocol):
    """The part of `app.ports.store.Collection` that lists documents."""

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """See `app.ports.store.Collection.records`."""


class _FromDocument(Protocol):
    @property
    def document_id(self) -> str: ...


Item = TypeVar("Item", bound=_FromDocument)


def shuffled_documents(collection: Listing, *, seed: int) -> list[str]:
    """The ids of all documents with chunks, in the order of the seed."""
    ids: list[str] = []
    page = collection.records(limit=PAGE)
    while page:
        ids += [record.id for record in page if record.chunks]
        page = collection.records(after=page[-1].id, limit=PAGE)
    return shuffled(ids, seed=seed)


def shuffled(ids: Iterable[str], *, seed: int) -> list[str]:
    """Ids in an order that the seed alone decides."""
    return sorted(ids, key=lambda id_: (_digest(seed, id_), id_))


def one_per_document_first(items: Sequence[Item]) -> Iterator[Item]:
    """The first of each document, then the second of each, and so on; order is kept otherwise."""
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
