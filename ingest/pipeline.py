"""One document's way: identify, skip or load, chunk, embed, commit; and a report at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from app.domain import Failure, IndexedDocument
from app.errors import DocumentRejected
from app.ports import Collection
from ingest.indexer import Indexer
from ingest.report import IngestReport
from ingest.sources import Load, Source

Progress: TypeAlias = Callable[[IngestReport], None]
"""Called after every document with what has been done so far."""


class Ingestion:
    """One run into one collection, a batch of chunks at a time.

    A batch is one transaction: whatever stops the run, the documents reported as indexed are in
    the collection, and a second run goes on with the rest, skipping by hash.
    """

    def __init__(
        self,
        collection: Collection,
        indexer: Indexer,
        *,
        load: Load,
        batch_chunks: int,
        progress: Progress = lambda _: None,
    ) -> None:
        self._collection = collection
        self._indexer = indexer
        self._load = load
        self._batch_chunks = batch_chunks
        self._progress = progress
        self._seen: set[str] = set()
        self._waiting: list[IndexedDocument] = []
        self._report = IngestReport()

    def run(self, sources: Iterable[Source], *, prune: Sequence[str] = ()) -> IngestReport:
        """Ingests ``sources``; documents below the id prefixes in ``prune`` that did not come go.

        Raises:
            RemoteUnavailable: the embedder is behind HTTP and does not answer.
            CollectionBusy: another writer does not let go.
        """
        with self._collection.bulk():
            for source in sources:
                self._take(source)
            self._commit()
            self._remove_missing(tuple(prune))
        return self._report

    def _take(self, source: Source) -> None:
        try:
            id_, content_hash = source.identify()
            if id_ in self._seen:
                raise DocumentRejected(
                    "id_conflict", f'Another document of this run has the id "{id_}"; rename one.'
                )
            self._seen.add(id_)
            record = self._collection.record(id_)
            if record is not None and record.content_hash == content_hash:
                self._note(skipped=1)
                return
            document = source.load(self._load)
            self._waiting.append(self._indexer.chunk(document, content_hash))
        except DocumentRejected as reason:
            self._note(failures=(Failure(source.name, reason.code, reason.message, source.kind),))
            return
        if sum(len(document.chunks) for document in self._waiting) >= self._batch_chunks:
            self._commit()

    def _commit(self) -> None:
        if self._waiting:
            self._collection.put(self._indexer.embed(self._waiting))
            self._note(indexed=len(self._waiting))
            self._waiting = []

    def _remove_missing(self, prefixes: tuple[str, ...]) -> None:
        if not prefixes:
            return
        held = [record.id for record in self._collection.records()]
        # What can't be read now is not gone.
        kept = self._seen | self._report.unread(held)
        gone = [id_ for id_ in held if id_.startswith(prefixes) and id_ not in kept]
        self._note(pruned=self._collection.delete(gone))

    def _note(
        self,
        *,
        indexed: int = 0,
        skipped: int = 0,
        failures: tuple[Failure, ...] = (),
        pruned: int = 0,
    ) -> None:
        done = self._report
        self._report = replace(
            done,
            indexed=done.indexed + indexed,
            skipped=done.skipped + skipped,
            failures=done.failures + failures,
            pruned=done.pruned + pruned,
        )
        self._progress(self._report)
