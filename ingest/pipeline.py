"""One document's way: identify, skip or load, chunk, embed, commit; and a report at the end."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Collection as Ids
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from app.domain.documents import IndexedDocument
from app.domain.jobs import Failure, UploadKind
from app.errors import AttestError, DocumentRejected
from app.observing.stages import Stages
from app.panics import panics_raised
from app.ports.store import Collection
from app.removal import remove
from ingest.indexer import Indexer
from ingest.report import KEPT_FAILURES, IngestReport
from ingest.sources.model import Load, Source

logger = logging.getLogger(__name__)

NOT_THE_DOCUMENT: Final = (AttestError, sqlite3.OperationalError, OSError, MemoryError)
"""What stops a run: the store, a model or the machine is at fault, and is for others too."""
UNPROCESSED: Final = (
    "The document can't be processed as it is; the log says why. All others go on without it."
)

Progress: TypeAlias = Callable[[IngestReport], None]
"""Called after every document with what has been done so far."""


def superseded() -> DocumentRejected:
    """Why a document is left out that was uploaded before it was deleted or replaced."""
    return DocumentRejected(
        "superseded", "The document was deleted after this upload, or a later one has replaced it."
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    name: str
    kind: UploadKind
    document: IndexedDocument


class Ingestion:
    """One run into one collection, a batch of chunks at a time.

    A batch is one transaction: whatever stops the run, the documents reported as indexed are in
    the collection, and a second run goes on with the rest, skipping by hash. A document that breaks
    the chunker, the embedder or the store fails by itself.
    """

    def __init__(
        self,
        collection: Collection,
        indexer: Indexer,
        *,
        load: Load,
        batch_chunks: int,
        progress: Progress = lambda _: None,
        stages: Stages | None = None,
        force: bool = False,
        admit: Callable[[str], None] = lambda _: None,
        overtaken: Callable[[], Ids[str]] = tuple,
        overtake: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """With ``force``, documents that have not changed are indexed again.

        ``stages`` is told of the stages ``read``, ``identify``, ``load``, ``chunk``, ``embed`` and
        ``store``.

        ``admit`` is told the id of each document before anything is done with it, and may reject
        it. ``overtaken`` says which ids somebody has deleted or replaced since ``sources`` were
        accepted, and ``overtake`` is told which ones are deleted: both while no other may write.
        """
        self._collection = collection
        self._indexer = indexer
        self._load = load
        self._batch_chunks = batch_chunks
        self._progress = progress
        self._stages = stages or Stages()
        self._force = force
        self._admit = admit
        self._overtaken = overtaken
        self._overtake = overtake
        self._seen: set[str] = set()
        self._unlisted: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._report = IngestReport()

    def run(self, sources: Iterable[Source], *, prune: Sequence[str] = ()) -> IngestReport:
        """Ingests ``sources``; documents below the id prefixes in ``prune`` that did not come go.

        Raises:
            RemoteUnavailable: the embedder is behind HTTP and does not answer.
            CollectionBusy: another writer does not let go.
        """
        with ExitStack() as bulk:
            bulk.enter_context(self._collection.bulk())
            for source in self._read(sources):
                self._take(source)
            self._commit()
            self._report = replace(self._report, unlisted_names=frozenset(self._unlisted))
            self._remove_missing(tuple(prune))
            with self._stages.stage("store"):
                bulk.close()  # the indexes catch up
        return replace(self._report, timings_s=self._stages.timings_s())

    def _read(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The sources, each of which is read from its file when it is asked for."""
        waiting = iter(sources)
        while True:
            with self._stages.stage("read"):
                source = next(waiting, None)
            if source is None:
                return
            yield source

    def _take(self, source: Source) -> None:
        try:
            with _isolated(source.name), self._stages.stage("identify"):
                id_, content_hash = source.identify()
            if id_ in self._seen:
                raise DocumentRejected(
                    "id_conflict", f'Another document of this run has the id "{id_}"; rename one.'
                )
            self._seen.add(id_)
            self._admit(id_)
            record = None if self._force else self._collection.record(id_)
            if record is not None and record.content_hash == content_hash:
                self._note(skipped=1)
                return
            with _isolated(source.name):
                with self._stages.stage("load"):
                    loaded = source.load(self._load, max_characters=self._indexer.max_characters)
                with self._stages.stage("chunk"):
                    document = self._indexer.chunk(loaded, content_hash)
            self._waiting.append(_Waiting(source.name, source.kind, document))
        except DocumentRejected as reason:
            self._fail(source.name, source.kind, reason)
            return
        if sum(len(waiting.document.chunks) for waiting in self._waiting) >= self._batch_chunks:
            self._commit()

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            with panics_raised():
                self._put(waiting)
        except NOT_THE_DOCUMENT:
            raise
        except Exception:
            logger.exception("a batch of %d documents failed; each is tried alone", len(waiting))
            self._commit_one_by_one(waiting)

    def _commit_one_by_one(self, waiting: Sequence[_Waiting]) -> None:
        for one in waiting:
            try:
                with _isolated(one.name):
                    self._put([one])
            except DocumentRejected as reason:
                # Where no document passes, none is at fault.
                self._indexer.require_working()
                self._fail(one.name, one.kind, reason)

    def _put(self, waiting: Sequence[_Waiting]) -> None:
        with self._stages.stage("embed"):
            embedded = self._indexer.embed([one.document for one in waiting])
        with self._stages.stage("store"), self._collection.writing():
            overtaken = self._overtaken()
            wanted = [one for one in embedded if one.document.id not in overtaken]
            if wanted:
                self._collection.put(wanted)
        if wanted:
            self._note(indexed=len(wanted))
        for one in waiting:
            if one.document.document.id in overtaken:
                self._fail(one.name, one.kind, superseded())

    def _fail(self, name: str, kind: UploadKind, reason: DocumentRejected) -> None:
        if len(self._report.failures) < KEPT_FAILURES:
            self._note(failures=(Failure(name, reason.code, reason.message, kind),))
            return
        if reason.code != "id_conflict":  # whose document is here all the same
            self._unlisted.add(name)
        self._note(unlisted=1)

    def _remove_missing(self, prefixes: tuple[str, ...]) -> None:
        if not prefixes:
            return
        held = [record.id for record in self._collection.records()]
        # What can't be read now is not gone.
        kept = self._seen | self._report.unread(held)
        gone = [id_ for id_ in held if id_.startswith(prefixes) and id_ not in kept]
        with self._stages.stage("store"):
            pruned = remove(self._collection, gone, self._overtake)
        self._note(pruned=pruned)

    def _note(
        self,
        *,
        indexed: int = 0,
        skipped: int = 0,
        failures: tuple[Failure, ...] = (),
        unlisted: int = 0,
        pruned: int = 0,
    ) -> None:
        done = self._report
        self._report = replace(
            done,
            indexed=done.indexed + indexed,
            skipped=done.skipped + skipped,
            failures=done.failures + failures if failures else done.failures,
            unlisted=done.unlisted + unlisted,
            pruned=done.pruned + pruned,
            timings_s=self._stages.timings_s(),
        )
        self._progress(self._report)


@contextmanager
def _isolated(name: str) -> Iterator[None]:
    """Raises `DocumentRejected` for what only the document in hand can have caused."""
    try:
        with panics_raised():
            yield
    except NOT_THE_DOCUMENT:
        raise
    except Exception as error:
        logger.exception("%s can't be processed", name)
        raise DocumentRejected("unprocessable", UNPROCESSED) from error
