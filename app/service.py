"""What the service can do, one method a use case. HTTP and the command line call these alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from app.access.audit import note_count, note_use
from app.access.guarded_store import GuardedStore, require
from app.access.principal import Principal
from app.answering.answerer import Answerer
from app.answering.evidence.judgement import Judge
from app.caches import BoundedCache
from app.domain.answers import Answer, AnswerEvent, SentenceEvent
from app.domain.collections import CollectionStats
from app.domain.documents import Document, DocumentRecord
from app.domain.hits import SearchResult
from app.domain.jobs import JobStatus, QueueHealth, Upload
from app.errors import NotFound, StoreCorrupted
from app.guarded import GuardedGenerator
from app.inference import Inference
from app.observing.requests import RequestThreads
from app.observing.slow import SlowLog
from app.pipelines import Pipelines
from app.ports.analyzer import Analyzer
from app.ports.glossary import Glossary
from app.ports.ingestor import Ingestor
from app.ports.models import Embedder, Generator, Reader, Reranker, SparseEmbedder
from app.ports.store import Collection
from app.removal import remove
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.ranking.learned import Learned
from app.retrieval.remembered import RememberedQueries, RememberedResults
from app.settings import Settings

logger = logging.getLogger(__name__)

ROUTE_THREADS: Final = 8
"""Recalls that may run at once, over all requests."""


class Service:
    """Searches, answers and keeps documents. Every method may be called from any thread.

    The first argument of a use case is who asks. What they have no right to is `NoSuchCollection`,
    or `Forbidden` where they may search the collection (`app.access.guarded_store.require`).
    """

    def __init__(
        self,
        *,
        collections: GuardedStore,
        analyzer: Analyzer,
        embedder: Embedder,
        sparse_embedder: SparseEmbedder | None = None,
        reranker: Reranker | None,
        learned: Learned | None = None,
        reader: Reader | None = None,
        judge: Judge | None = None,
        generator: Generator | None,
        glossary: Glossary | None = None,
        ingestor: Ingestor,
        settings: Settings,
        scorer: Reranker | None = None,
    ) -> None:
        """``learned`` and ``judge`` are what ships where they are not given.

        ``scorer`` reranks what clients hand over themselves; it is ``reranker`` if not given.
        """
        self._collections = collections
        self._analyzer = analyzer
        self._embedder = RememberedQueries(embedder, most_bytes=settings.server.query_vectors_bytes)
        self._results = RememberedResults(most_bytes=settings.server.results_bytes)
        self._reranker = reranker
        self._reader = reader
        self._judge = judge
        self._generator = GuardedGenerator(generator) if generator else None
        self._glossary = glossary
        self._ingestor = ingestor
        self._settings = settings
        self.inference = Inference(embedder, scorer or reranker, self._generator, settings.models)
        """The models alone, which tell nothing of any collection: for anybody."""
        self._slow = SlowLog(
            slow_ms=settings.server.slow_ms, with_questions=settings.answer.log == "questions"
        )
        self._executor = RequestThreads(ROUTE_THREADS, thread_name_prefix="recall")
        self._pipelines = Pipelines(
            collections,
            analyzer=analyzer,
            embedder=self._embedder,
            sparse_embedder=sparse_embedder,
            reranker=reranker,
            learned=learned,
            generator=self._generator,
            settings=settings.retrieval,
            executor=self._executor,
        )

    # --- asking ---------------------------------------------------------------------------------

    def search(self, principal: Principal, collection: str, request: SearchRequest) -> SearchResult:
        """See `SearchPipeline.search`. Raises `NotFound` and `FingerprintMismatch` too."""
        with self._collections.using(principal, "search", collection) as opened:
            pipeline, number = self._pipelines.of(opened)
            # What is seen through a filter is of one key alone, and remembered for none.
            result = (
                pipeline.search(request)
                if number is None
                else self._results.search(
                    pipeline.search, request, collection=opened, pipeline=number
                )
            )
        self._slow.note(
            "search",
            collection=collection,
            question=request.query,
            timings_ms=result.timings_ms,
        )
        note_count(hits=len(result.hits))
        return result

    def answer(
        self,
        principal: Principal,
        collection: str,
        request: AnswerRequest,
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """See `stream_answer`; returns when the answer is complete."""
        for event in self.stream_answer(principal, collection, request, stop=stop):
            if isinstance(event, AnswerEvent):
                return event.answer
        raise AssertionError("an answer's stream ends with its answer")

    def stream_answer(
        self,
        principal: Principal,
        collection: str,
        request: AnswerRequest,
        *,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[SentenceEvent | AnswerEvent]:
        """See `Answerer.stream`. ``stop`` is asked now and then whether nobody listens any more."""
        with self._collections.using(principal, "search", collection) as opened:
            answerer = self._answerer(opened)

        def events() -> Iterator[SentenceEvent | AnswerEvent]:
            with self._collections.noting_damage(opened):
                for event in answerer.stream(request, stop=stop):
                    if isinstance(event, AnswerEvent):
                        note_count(citations=len(event.answer.citations))
                        self._slow.note(
                            "answer",
                            collection=collection,
                            question=request.query,
                            timings_ms=event.answer.timings_ms,
                        )
                    yield event

        return events()

    def answerer(self, principal: Principal, collection: str) -> Answerer:
        """What answers from a collection. Raises `NotFound` and `FingerprintMismatch`."""
        with self._collections.using(principal, "search", collection) as opened:
            return self._answerer(opened)

    def _answerer(self, collection: Collection) -> Answerer:
        return Answerer(
            self._pipelines.of(collection)[0],
            collection,
            analyzer=self._analyzer,
            embedder=self._embedder,
            reader=self._reader,
            generator=self._generator,
            glossary=self._glossary,
            settings=self._settings,
            judge=self._judge,
        )

    def models(self) -> dict[str, str]:
        """Which models take part, by what they do; those that are none are left out."""
        parts = {
            "embedder": self._embedder,
            "reranker": self._reranker,
            "reader": self._reader,
            "generator": self._generator,
        }
        return {part: model.id for part, model in parts.items() if model is not None}

    # --- documents ------------------------------------------------------------------------------

    def submit(self, principal: Principal, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """See `Ingestor.submit`."""
        require(principal, "ingest", collection)
        note_count(uploads=len(uploads))
        return self._ingestor.submit(collection, uploads)

    def job(self, principal: Principal, job_id: str) -> JobStatus:
        """See `Ingestor.status`. A job belongs to its collection: others can't find it."""
        job = self._ingestor.status(job_id)
        note_use("ingest", job.collection)
        if not principal.may("ingest", job.collection):
            raise NotFound(f'There is no job "{job_id}".')
        return job

    def wait(self, principal: Principal, job_id: str, timeout_s: float) -> JobStatus:
        """See `Ingestor.wait`, and `job`."""
        self.job(principal, job_id)
        return self._ingestor.wait(job_id, timeout_s)

    def queue_health(self) -> QueueHealth:
        """See `Ingestor.health`. It tells nothing of any collection, so anybody may ask."""
        return self._ingestor.health()

    def look_over(self) -> None:
        """Opens every collection, so that `damaged_collections` begins with what is there."""
        self._collections.look_over()

    def damaged_collections(self) -> int:
        """How many collections were found damaged. As `queue_health`, for anybody."""
        return self._collections.damaged

    def caches(self) -> tuple[BoundedCache[Any, Any], ...]:
        """What is kept of earlier questions."""
        return self._embedder.cache, self._results.cache

    def collections(self, principal: Principal) -> list[CollectionStats]:
        """The collections that may be searched, by name; without those that can't be opened."""
        found: list[CollectionStats] = []
        for name in self._collections.names(principal):
            try:
                with self._collections.using(principal, "search", name) as opened:
                    found.append(opened.stats())
            except NotFound:
                continue  # it was dropped since
            except StoreCorrupted as error:
                logger.error("collection %s is not listed: %s", name, error)  # noqa: TRY400 - the message says what to do
        return found

    def collection(self, principal: Principal, collection: str) -> CollectionStats:
        """One collection that may be searched. Raises `NotFound`."""
        with self._collections.using(principal, "search", collection) as opened:
            return opened.stats()

    def drop(self, principal: Principal, collection: str) -> None:
        """Removes a collection, all it holds and all that waits for it. Raises `NotFound`."""
        cancel = partial(self._ingestor.cancel, collection)
        self._collections.drop(principal, collection, then=cancel)
        self._pipelines.forget(collection)

    def records(
        self, principal: Principal, collection: str, *, after: str, limit: int
    ) -> list[DocumentRecord]:
        """A page of a collection's documents. Raises `NotFound`."""
        with self._collections.using(principal, "search", collection) as opened:
            found = opened.records(after=after, limit=limit)
        note_count(documents=len(found))
        return found

    def document(
        self, principal: Principal, collection: str, document_id: str
    ) -> tuple[DocumentRecord, Document]:
        """One document with its text. Raises `NotFound`."""
        with self._collections.using(principal, "search", collection) as opened:
            record, document = opened.record(document_id), opened.document(document_id)
        if record is None or document is None:
            raise NotFound(f'Collection "{collection}" has no document "{document_id}".')
        note_count(documents=1)
        return record, document

    def delete(self, principal: Principal, collection: str, document_id: str) -> None:
        """Removes one document, and leaves it out of what was uploaded before and still waits.

        Raises `NotFound` where it is not in the collection: it is left out all the same.
        """
        overtake = partial(self._ingestor.overtake, collection)
        with self._collections.using(principal, "ingest", collection) as opened:
            removed = remove(opened, [document_id], overtake)
        note_count(removed=removed)
        if not removed:
            raise NotFound(f'Collection "{collection}" has no document "{document_id}".')

    def close(self) -> None:
        """Releases threads and files."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._collections.close()
