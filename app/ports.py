"""What the service asks of its parts. Each port has a contract suite in ``tests/contract``.

Adapters live in ``app/models`` and ``app/stores``; deterministic ones for tests in ``app/fakes``.
Every method may be called from several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from app.domain.collections import CollectionStats, Fingerprint, Soundness, Tuning
from app.domain.documents import Chunk, Document, DocumentRecord, IndexedDocument, Vector, Vectors
from app.domain.hits import Candidate
from app.domain.jobs import JobStatus, QueueHealth, Upload
from app.domain.questions import Sense, Turn
from app.filters import Filter


class Analyzer(Protocol):
    """Turns text into the terms that lexical indexes hold; the same for passages and queries."""

    @property
    def version(self) -> str:
        """Changes whenever the same text could give other terms."""

    def terms(self, text: str) -> list[str]:
        """Terms in reading order, free of white space. Never raises; deterministic."""

    def query_terms(self, text: str) -> list[str]:
        """Those `terms` of a question that say what it is about; all where none does."""

    def occurrences(
        self, texts: Sequence[str], terms: frozenset[str]
    ) -> list[list[tuple[int, str]]]:
        """Where ``terms`` stand in each text, ascending: at which word, or character of Chinese."""

    def language(self, text: str) -> str:
        """The dominant language: ``zh``, ``en``, another ISO 639-1 code, or ``und``."""


class Embedder(Protocol):
    """Maps texts to vectors. Queries and passages may be embedded differently."""

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning; part of a collection's fingerprint."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    @property
    def max_tokens(self) -> int:
        """The longest passage that is read to its end, in tokens."""

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` alone, without the ones that the model adds around it."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of ``text``, ascending, without the model's own tokens."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised. Raises `RemoteUnavailable` where it is remote."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised. Raises `RemoteUnavailable` where it is remote."""


class Reranker(Protocol):
    """Scores passages against a query, together rather than apart."""

    @property
    def id(self) -> str:
        """Names the model."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order; higher is better, the range is the model's own."""


class Generator(Protocol):
    """Continues a conversation."""

    @property
    def id(self) -> str:
        """Names the model."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""

    def supports(self, language: str) -> bool:
        """Whether the model writes that language well enough to be asked."""

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``; an upper estimate where the model is remote."""

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the answer as they come; ends early once ``stop()`` is true."""


class Collection(Protocol):
    """One named set of documents with its indexes."""

    @property
    def name(self) -> str:
        """The name it was opened by."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What built it."""

    def put(self, documents: Sequence[IndexedDocument]) -> None:
        """Adds documents, replacing those of the same id, all or none.

        They are durable and found by every later search once this returns.
        Raises `CollectionBusy` when another writer does not let go in time.
        """

    def delete(self, document_ids: Sequence[str]) -> int:
        """Removes documents and says how many were there. Durable at return."""

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

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """The best chunks by BM25 over analysed ``terms``; ties break on chunk id."""

    def search_dense(
        self, vector: Vector, *, limit: int, where: Filter | None = None
    ) -> list[Candidate]:
        """The nearest chunks by the collection's metric; ties break on chunk id."""

    def chunks(self, chunk_ids: Sequence[str]) -> list[Chunk]:
        """The chunks of these ids, in their order; ids that are gone are left out."""

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """All chunks of a document in reading order; empty where it does not exist."""

    def sample_chunks(self, count: int, *, seed: int, where: Filter | None = None) -> list[Chunk]:
        """Chunks drawn at random without repetition; all, where there are no more than ``count``.

        Those of one document in reading order. The same ones for the same seed, as long as nothing
        is written.
        """

    def languages(self) -> dict[str, int]:
        """How many chunks have each language, as their metadata's ``lang`` names it."""

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

    def stats(self) -> CollectionStats:
        """Sizes, tuning and soundness, as of now."""

    def tuning(self) -> Tuning | None:
        """The retrieval settings that were chosen for this collection, if any."""

    def tune(self, tuning: Tuning | None) -> None:
        """Keeps these settings, or none, with the collection. Durable at return."""

    def soundness(self) -> Soundness | None:
        """What `keep_soundness` kept last, of the vectors that are there; cheap to ask."""

    def keep_soundness(self, soundness: Soundness) -> None:
        """Keeps it until another comes or all vectors are replaced. Durable at return."""

    def verify(self) -> list[str]:
        """Each way in which catalog and indexes disagree, in words; empty when sound."""

    def rebuild_indexes(self) -> None:
        """Makes both indexes anew from the catalog."""

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

    def drop(self, name: str, *, then: Callable[[], None] = lambda: None) -> None:
        """Removes a collection and all it holds. Raises `NotFound`.

        ``then`` is called once it is gone, and before it can be made anew.
        """

    def close(self) -> None:
        """Closes every open collection."""


@runtime_checkable
class Closable(Protocol):
    """A model that holds connections."""

    def close(self) -> None:
        """Lets go of them."""


class Ingestor(Protocol):
    """Takes documents over and indexes them in the background, one job after the other."""

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """Keeps the uploads durably and queues them: after return, a crash only delays them.

        The collection is made where it does not exist. Raises `Overloaded` when too many jobs
        wait, `StoreUnwritable`, `FingerprintMismatch`, and `InvalidRequest` for a name that no
        collection can have.
        """

    def status(self, job_id: str) -> JobStatus:
        """What has been done so far. Raises `NotFound`."""

    def overtake(self, collection: str, document_ids: Sequence[str]) -> None:
        """Leaves documents out of every job accepted so far, durably: they were deleted since."""

    def cancel(self, collection: str) -> None:
        """Ends the jobs of a collection that was removed, as failed."""

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """Returns when the job has ended or is parked, or with its state after ``timeout_s``."""

    def health(self) -> QueueHealth:
        """Whether jobs are worked; cheap to ask."""


class Reader(Protocol):
    """Says how likely statements answer a question."""

    @property
    def id(self) -> str:
        """Names the model."""

    def read(self, question: str, statements: Sequence[str]) -> list[float]:
        """P(answers) of each statement below its setting, in [0, 1]; calibrated."""


class Glossary(Protocol):
    """Knows what words are called in the other language."""

    def senses(self, terms: Sequence[str], language: str) -> list[Sense]:
        """What ``terms`` of a question in ``language`` may be called; nothing, where unknown.

        ``language`` is ``zh`` or another; the other language is English or Chinese.
        """
