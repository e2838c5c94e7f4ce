"""What keeps documents in named collections, and finds their chunks again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

from app.domain.collections import CollectionStats, Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import (
    Chunk,
    Document,
    DocumentRecord,
    IndexedDocument,
    SparseVector,
    Vector,
    Vectors,
)
from app.domain.hits import Candidate
from app.filters import Filter
from app.ports.graph import EntityGraph

Reindex: TypeAlias = Callable[[Sequence[DocumentRecord]], list[IndexedDocument]]
"""Those of the documents that get new chunks and vectors, with these."""


class CollectionReader(Protocol):
    """Finds chunks, and gives back what was put."""

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """The best chunks by BM25 over analysed ``terms``; ties break on chunk id."""

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """The nearest chunks by the collection's metric; ties break on chunk id."""

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """How many chunks hold each term of the analyzer, in their order; quick to ask.

        Chunks that were deleted may be counted until their place in the index is used again.
        """

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """Terms that begin with ``start``, each with its `term_frequencies`; most frequent first.

        Ties break on the term. At most ``limit``.
        """

    def search_sparse(
        self, weights: SparseVector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """The chunks whose weights have the greatest dot product with these, above 0.

        Ties break on chunk id. Raises `RepresentationMissing` where the collection keeps no
        sparse weights.
        """

    def graph(self) -> EntityGraph:
        """Which chunks name which entities. Raises `InvalidRequest` where that is not kept."""

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """The chunks of these ids, in their order; ids that are gone are left out."""

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """All chunks of a document in reading order; empty where it does not exist."""

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """Chunks drawn at random without repetition; all, where there are no more than ``count``.

        Those of one document in reading order. The same ones for the same seed, as long as nothing
        is written.
        """

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        """The chunk and those up to ``radius`` places before and behind it in its document."""

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """Stored vectors of chunks that exist, in their order, ``(n, dim) float32``."""

    def document(self, document_id: str) -> Document | None:
        """A document with its text, or ``None``."""

    def record(self, document_id: str) -> DocumentRecord | None:
        """What a listing tells of one document, or ``None``."""

    def records(self, *, after: str = "", limit: int | None = None) -> list[DocumentRecord]:
        """Documents whose id sorts behind ``after``, ascending by id."""


class CollectionWriter(Protocol):
    """Takes documents in and lets them go."""

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """Adds documents, replacing those of the same id, all or none.

        They are as durable as the store is, and found by every later search, once this returns.
        Raises `CollectionBusy` when another writer does not let go in time, and
        `ModelIncompatible` for vectors or sparse weights that can't be searched, or that the
        fingerprint does not name.
        """

    def delete(self, document_ids: Sequence[str]) -> int:
        """Removes documents and says how many were there; they don't come back after return."""

    def writing(self) -> AbstractContextManager[None]:
        """Keeps other writers out, of every process; those within take no turn of their own.

        Raises `CollectionBusy` when another one does not let go in time, and `NotFound` where the
        collection was dropped meanwhile.
        """

    def bulk(self) -> AbstractContextManager[None]:
        """Lets indexes catch up less often while this thread writes much.

        Within, `put` is durable at return; searches see it soon, and surely after the block.
        Other writers are let in between two calls.
        """


class CollectionFacts(Protocol):
    """Knows what built the collection, how large it is, and what was learned of it."""

    @property
    def name(self) -> str:
        """The name it was opened by."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What built it."""

    def stats(self) -> CollectionStats:
        """Sizes, tuning and self-retrieval, as of now."""

    def version(self) -> Hashable:
        """Another one after each change that searches may see, in any process; cheap to ask.

        A search between two equal versions saw what every later search of that version sees.
        """

    def languages(self) -> dict[str, int]:
        """How many chunks have each language, as their metadata's ``lang`` names it."""

    def has_field(self, name: str) -> bool:
        """Whether any chunk has it among the attributes that filters look at; cheap to ask."""

    def tuning(self) -> Tuning | None:
        """The retrieval settings that were chosen for this collection, if any."""

    def tune(self, tuning: Tuning | None) -> None:
        """Keeps these settings, or none, with the collection, from return on."""

    def self_retrieval(self) -> SelfRetrieval | None:
        """What `keep_self_retrieval` kept last, of the vectors that are there; cheap to ask."""

    def keep_self_retrieval(self, self_retrieval: SelfRetrieval) -> None:
        """Keeps it, from return on, until another comes or all vectors are replaced."""


class CollectionMaintenance(Protocol):
    """Checks a collection, and makes parts of it anew."""

    def verify(self) -> list[str]:
        """Each way in which documents and indexes disagree, in words; empty when sound."""

    def is_damaged(self, document_id: str) -> bool:
        """Whether vectors or sparse weights of a document are not as they were written."""

    def rebuild_indexes(self) -> None:
        """Makes all indexes anew from the documents."""

    def reindex(self, reindex: Reindex, fingerprint: Fingerprint) -> None:
        """Gives documents new chunks and vectors under ``fingerprint``, and makes all indexes anew.

        They are made beside the collection, which can be searched and written meanwhile; what was
        written is made up for, the last of it under the lock. Raises `CollectionBusy` where
        somebody does so already.
        """

    def rebuilds(self) -> int:
        """How often `reindex` has made it anew, in any process."""


class Collection(
    CollectionReader, CollectionWriter, CollectionFacts, CollectionMaintenance, Protocol
):
    """One named set of documents with its indexes."""

    def close(self) -> None:
        """Releases files. Further calls are errors."""


class Store(Protocol):
    """Named collections. Names match ``[a-z0-9][a-z0-9_-]{0,62}``."""

    def names(self) -> list[str]:
        """Existing collections, ascending."""

    def create(self, name: str, fingerprint: Fingerprint) -> Collection:
        """Opens a collection, making it where it does not exist.

        Raises `FingerprintMismatch` when it exists and something else built it.
        """

    def open(self, name: str) -> Collection:
        """Opens an existing collection. Raises `NotFound`."""

    def open_same(self, name: str, fingerprint: Fingerprint) -> Collection:
        """As `open`. Raises `FingerprintMismatch` where other settings built the collection."""

    def drop(self, name: str, *, then: Callable[[], None] = lambda: None) -> None:
        """Removes a collection and all it holds. Raises `NotFound`.

        ``then`` is called once it is gone, and before it can be made anew.
        """

    def snapshot(self, name: str, file: Path) -> None:
        """Copies a collection to a file, from which `restore` makes it again, as of one instant.

        Raises `NotFound`, and `InvalidRequest` where ``file`` exists, can't be written, or the
        store can't be copied.
        """

    def restore(self, file: Path, name: str) -> Collection:
        """Makes a collection from a snapshot; its indexes are built on opening.

        Raises `InvalidRequest` where the collection exists, ``file`` is no snapshot, or the store
        keeps none.
        """

    def close(self) -> None:
        """Closes every open collection."""
