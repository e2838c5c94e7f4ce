"""The queue of ingestion jobs, as services and commands use it.

A job is durable before it is acknowledged, and its uploads are kept until they are indexed or
somebody removes them. One process at a time works (it holds a file lock); what it leaves
unfinished, by shutdown or by a crash, the next one begins again: documents that were indexed before
are then skipped by their hash.

A job that something passing stopped, such as a model behind HTTP that does not answer or a disk
that is full, is tried again; later jobs of its collection wait for it, since they may hold newer
versions of the same documents. One that could not be done for an hour, or that its operator must
help, is parked: it is still tried now and then, but later jobs go on, and the documents that they
bring are left out of it from then on. A job that ended the process twice fails. A document that is
deleted is left out of every job that was accepted before.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.domain.jobs import JobStatus, QueueHealth, Upload
from app.errors import InvalidRequest, NotFound, Overloaded
from app.observing.requests import current_request_id
from ingest.jobs.runner import JobRunner, Run
from ingest.jobs.store import JobStore
from ingest.jobs.table import now
from ingest.jobs.worker import POLL_S, JobWorker

DROPPED: Final = "The collection was removed before this job was done."
REMOVED: Final = "The job was removed."


class JobQueue:
    """Implements `app.ports.ingestor.Ingestor`."""

    def __init__(
        self,
        directory: Path,
        *,
        prepare: Callable[[str], object],
        run: Run,
        max_waiting: int,
        on_end: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``prepare(collection)`` makes the collection, or raises what is wrong with it.

        ``on_end`` is told the state of each job that was left here.

        Nothing is read or made in ``directory`` before it is needed: a search needs no queue.
        """
        self._prepare = prepare
        self._max_waiting = max_waiting
        self._stopping = threading.Event()
        self._store = JobStore(directory)
        self._runner = JobRunner(self._store, run, self._stopping, on_end)
        self._worker = JobWorker(self._store, self._runner, self._stopping)

    def start(self) -> None:
        """Begins to work on what waits.

        Raises:
            StoreCorrupted: the table of jobs can't be read.
        """
        self._store.adopt()
        self._worker.start()

    def close(self, grace_s: float) -> None:
        """Ends after the document under way; what is left waits for the next start.

        Whatever is closed after ``grace_s`` under a document that takes longer, its job is left
        to the next start too. Does nothing when called again.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._worker.look_now()
        self._store.wake()
        self._worker.join(grace_s)

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """See `Ingestor.submit`."""
        self._prepare(collection)
        waiting = sum(self._store.table.waiting())
        if waiting >= self._max_waiting:
            raise Overloaded(f"{waiting} ingestion jobs wait already")
        id_, since = uuid.uuid4().hex, now()
        queued = JobStatus(id_, collection, "queued", 0, 0, 0, (), since, since)
        job = replace(queued, request_id=current_request_id())
        self._store.keep(job, uploads)
        self._worker.look_now()
        return job

    def status(self, job_id: str) -> JobStatus:
        """See `Ingestor.status`."""
        job = self._store.table.status(job_id)
        if job is None:
            raise NotFound(f'There is no job "{job_id}".')
        return job

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """See `Ingestor.wait`."""
        deadline = time.monotonic() + timeout_s
        with self._store.ended:
            while self._store.table.state(job_id) in ("queued", "running"):
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping.is_set():
                    break
                self._store.ended.wait(min(left, POLL_S))
        return self.status(job_id)

    def cancel(self, collection: str) -> None:
        """See `Ingestor.cancel`."""
        for job in self._store.table.in_state("queued", "running", "parked", "failed"):
            if job.collection == collection:
                self._drop(job, DROPPED)

    def overtake(self, collection: str, document_ids: Sequence[str]) -> None:
        """See `Ingestor.overtake`."""
        if self._store.exists():
            self._store.table.overtake_all(collection, document_ids, kept=self._store.spool.ids())

    def health(self) -> QueueHealth:
        """See `Ingestor.health`."""
        return self._worker.health()

    # --- what a person may do -------------------------------------------------------------------

    def kept(self) -> list[JobStatus]:
        """See `JobStore.kept`."""
        return self._store.kept()

    def retry(self, job_id: str) -> None:
        """Queues a job that is parked or failed.

        Raises:
            NotFound: there is no such job.
            InvalidRequest: it is not parked or failed, or its uploads are gone.
        """
        job = self.status(job_id)
        if job.state not in ("parked", "failed") or job_id not in self._store.spool.ids():
            raise InvalidRequest(f'Job "{job_id}" is {job.state}; nothing of it is to be retried.')
        self._store.table.save(replace(job, state="queued", error=None), was=job.state, attempts=0)

    def remove(self, job_id: str) -> None:
        """Gives up a job that does not run right now, and its uploads.

        Raises:
            NotFound: there is no such job.
            InvalidRequest: it runs.
        """
        job = self.status(job_id)
        if job.state == "running":
            raise InvalidRequest(f'Job "{job_id}" runs right now; stop the service first.')
        self._drop(job, REMOVED)

    def _drop(self, job: JobStatus, reason: str) -> None:
        if job.state in ("done", "failed"):
            self._store.spool.remove(job.id)
        else:
            self._store.end(replace(job, state="failed", error=reason), was=job.state)
