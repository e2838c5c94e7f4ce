"""Ingestion in the background: uploads are kept on disk first, then indexed one job at a time.

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

import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.domain.jobs import JobState, JobStatus, QueueHealth, Upload
from app.errors import (
    AttestError,
    InvalidRequest,
    NotFound,
    OperatorError,
    Overloaded,
    RequestError,
    StoreUnwritable,
    TransientError,
)
from app.panics import panics_raised
from ingest.job_sources import Cancelled, JobSources, Stopped
from ingest.job_table import JobTable, now
from ingest.report import IngestReport
from ingest.retry import Retry
from ingest.spool import Spool

logger = logging.getLogger(__name__)

TABLE: Final = "jobs.db"
POLL_S: Final = 0.2
"""How often a process looks for jobs that another one has accepted, or has ended."""
SAVE_S: Final = 0.5
"""How often the progress of a job is written down, and whether it is still wanted looked up."""
SWEEP_S: Final = 600.0
"""How often what crashes left in the spool is looked for."""
STUMBLED_S: Final = 1.0
"""How long the worker rests after something went wrong outside of any job."""
MAX_ATTEMPTS: Final = 2
"""How often a job may end the process before it fails."""
PASSING: Final = (TransientError, sqlite3.OperationalError, OSError, MemoryError)
"""What may not happen again; SQLite's are a lock that is held and a disk that is full."""

DROPPED: Final = "The collection was removed before this job was done."
REMOVED: Final = "The job was removed."
CRASHED: Final = (
    f"The service ended {MAX_ATTEMPTS} times while it worked on this job, so it is not begun "
    "again. One of its documents may be too large or damaged: upload them one by one, or run "
    "`rag jobs retry` to begin it once more."
)

Progress = Callable[[IngestReport], None]
Run = Callable[[str, JobSources, Progress], IngestReport]
"""``run(collection, sources, progress)``: an `ingest.pipeline.Ingestion` over a collection.

It asks ``sources`` under the lock of the collection's writer what it must not commit any more.
"""


class JobQueue:
    """Implements `app.ports.Ingestor`."""

    def __init__(
        self,
        directory: Path,
        *,
        prepare: Callable[[str], object],
        run: Run,
        max_waiting: int,
    ) -> None:
        """``prepare(collection)`` makes the collection, or raises what is wrong with it.

        Nothing is read or made in ``directory`` before it is needed: a search needs no queue.
        """
        self._directory = directory
        self._prepare = prepare
        self._run = run
        self._max_waiting = max_waiting
        self._lock = FileLock(directory / "jobs.lock", thread_local=False)
        self._stopping = threading.Event()
        self._submitted = threading.Event()
        self._ended = threading.Condition()
        self._worker = threading.Thread(target=self._work, name="ingest-jobs", daemon=True)
        self._retries: dict[str, Retry] = {}
        self._health = QueueHealth()
        self._swept = -SWEEP_S

    @cached_property
    def _table(self) -> JobTable:
        self._directory.mkdir(parents=True, exist_ok=True)
        return JobTable(self._directory / TABLE)

    @cached_property
    def _spool(self) -> Spool:
        return Spool(self._directory / "jobs.spool")  # no collection can have a dot

    def _adopt(self) -> None:
        """Takes in uploads whose jobs were lost with the table."""
        known = self._table.ids()
        for job in self._spool.jobs():
            if job.id not in known:
                logger.warning("job %s was lost and is taken up from its uploads", job.id)
                self._table.add(job)

    def start(self) -> None:
        """Begins to work on what waits.

        Raises:
            StoreCorrupted: the table of jobs can't be read.
        """
        self._adopt()
        self._worker.start()

    def close(self, grace_s: float) -> None:
        """Ends after the document under way; what is left waits for the next start.

        Whatever is closed after ``grace_s`` under a document that takes longer, its job is left
        to the next start too. Does nothing when called again.
        """
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._submitted.set()
        self._wake()
        if self._worker.is_alive():
            self._worker.join(grace_s)

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """See `Ingestor.submit`."""
        self._prepare(collection)
        waiting = sum(self._table.waiting())
        if waiting >= self._max_waiting:
            raise Overloaded(f"{waiting} ingestion jobs wait already")
        since = now()
        job = JobStatus(uuid.uuid4().hex, collection, "queued", 0, 0, 0, (), since, since)
        self._keep(job, uploads)
        self._submitted.set()
        return job

    def _keep(self, job: JobStatus, uploads: Sequence[Upload]) -> None:
        try:
            self._spool.write(job, uploads)
            self._table.add(job)
        except BaseException as error:
            self._spool.remove(job.id)
            if isinstance(error, OSError):
                raise StoreUnwritable(f"an upload can't be kept ({error}). Make room.") from error
            raise

    def status(self, job_id: str) -> JobStatus:
        """See `Ingestor.status`."""
        job = self._table.status(job_id)
        if job is None:
            raise NotFound(f'There is no job "{job_id}".')
        return job

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """See `Ingestor.wait`."""
        deadline = time.monotonic() + timeout_s
        with self._ended:
            while self._table.state(job_id) in ("queued", "running"):
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping.is_set():
                    break
                self._ended.wait(min(left, POLL_S))
        return self.status(job_id)

    def cancel(self, collection: str) -> None:
        """See `Ingestor.cancel`."""
        for job in self._table.in_state("queued", "running", "parked", "failed"):
            if job.collection == collection:
                self._drop(job, DROPPED)

    def overtake(self, collection: str, document_ids: Sequence[str]) -> None:
        """See `Ingestor.overtake`."""
        if (self._directory / TABLE).exists():
            self._table.overtake_all(collection, document_ids, kept=self._spool.ids())

    def health(self) -> QueueHealth:
        """See `Ingestor.health`."""
        begun, alive = self._worker.ident is not None, self._worker.is_alive()
        if begun and not alive and not self._stopping.is_set():
            return replace(self._health, trouble="Jobs are not worked; restart the service.")
        return self._health

    # --- what a person may do -------------------------------------------------------------------

    def kept(self) -> list[JobStatus]:
        """Every job whose uploads are kept, in the order they came."""
        spooled = self._spool.ids()
        waiting = self._table.in_state("queued", "running", "parked", "failed")
        return [job for job in waiting if job.id in spooled]

    def retry(self, job_id: str) -> None:
        """Queues a job that is parked or failed.

        Raises:
            NotFound: there is no such job.
            InvalidRequest: it is not parked or failed, or its uploads are gone.
        """
        job = self.status(job_id)
        if job.state not in ("parked", "failed") or job_id not in self._spool.ids():
            raise InvalidRequest(f'Job "{job_id}" is {job.state}; nothing of it is to be retried.')
        self._table.save(replace(job, state="queued", error=None), was=job.state, attempts=0)

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
            self._spool.remove(job.id)
        else:
            self._end(replace(job, state="failed", error=reason), was=job.state)

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        """Goes on whatever happens, and lets `health` tell of it."""
        while not self._stopping.is_set():
            try:
                self._look()
            except BaseException:
                logger.exception("the job queue stumbled and goes on")
                self._health = replace(
                    self._health, trouble="The job queue can't be worked; the log says why."
                )
                self._stopping.wait(STUMBLED_S)
            self._submitted.wait(POLL_S)
            self._submitted.clear()

    def _look(self) -> None:
        with panics_raised():
            try:
                with self._lock.acquire(timeout=POLL_S):
                    self._take_over()
                    self._sweep()
                    self._count()
                    self._work_off()
            except Timeout:
                pass  # another process works
            self._count()

    def _count(self) -> None:
        self._health = QueueHealth(*self._table.waiting())

    def _take_over(self) -> None:
        """What a process that died was working on waits again, unless it died of it twice."""
        for job in self._table.in_state("running"):
            if self._table.attempts(job.id) < MAX_ATTEMPTS:
                self._table.save(replace(job, state="queued"), was="running")
            else:
                logger.error("job %s ended the process %d times", job.id, MAX_ATTEMPTS)
                self._end(replace(job, state="failed", error=CRASHED), was="running", keep=True)

    def _sweep(self) -> None:
        """Now and then, removes uploads of jobs that are done or unknown."""
        if time.monotonic() >= self._swept + SWEEP_S:
            self._swept = time.monotonic()
            self._spool.sweep(keep={job.id for job in self.kept()})

    def _work_off(self) -> None:
        """Every job that waits, in the order they came.

        None overtakes another of its collection, unless that one is parked.
        """
        jobs = self._table.in_state("queued", "parked")
        held: set[str] = set()
        for job in jobs:
            if self._stopping.is_set():
                return
            if job.collection in held:
                continue
            if not self._is_due(job):
                if job.state == "queued":
                    held.add(job.collection)
            elif not self._do(job):
                held.add(job.collection)

    def _is_due(self, job: JobStatus) -> bool:
        retry = self._retries.get(job.id)
        if retry is not None and retry.parked and job.state == "queued":
            del self._retries[job.id]  # somebody has asked for it
            return True
        return retry is None or time.monotonic() >= retry.due

    def _do(self, waiting: JobStatus) -> bool:
        """Runs a job, and whether later ones of its collection may go on."""
        job = so_far = replace(waiting, state="running", error=None)
        attempts = self._table.attempts(job.id) + 1
        if not self._table.save(job, was=waiting.state, attempts=attempts):
            return True  # it was cancelled
        saved = time.monotonic()

        def progress(report: IngestReport) -> None:
            nonlocal so_far, saved
            got_on = report.indexed > so_far.indexed
            so_far = _reported(job, report)
            if got_on or time.monotonic() - saved >= SAVE_S:
                if not self._table.save(so_far, was="running", attempts=1 if got_on else None):
                    raise Cancelled
                saved = time.monotonic()
            if self._stopping.is_set():
                raise Stopped

        try:
            with panics_raised():
                report = self._run(
                    job.collection, JobSources(job, self._table, self._spool), progress
                )
        except Cancelled:
            return True
        except Stopped:
            return self._put_back(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the queue goes on; it is logged
            return self._stopped_by(error, job, so_far)
        self._end(replace(_reported(job, report), state="done"), was="running")
        return True

    def _stopped_by(self, error: Exception, job: JobStatus, so_far: JobStatus) -> bool:
        """As `_do`. Nothing that was uploaded is given up, unless the request itself is void."""
        if self._stopping.is_set():  # what it needs has been closed
            logger.info("job %s is left to the next start: %s", job.id, error)
            return self._put_back(job)
        if isinstance(error, (*PASSING, OperatorError)):
            return self._try_later(job, error)
        void = isinstance(error, RequestError)
        failed = replace(so_far, state="failed", error=_told(job, error))
        self._end(failed, was="running", keep=not void)
        return True

    def _put_back(self, job: JobStatus) -> bool:
        self._table.save(replace(job, state="queued"), was="running", attempts=0)
        return False

    def _try_later(self, job: JobStatus, error: Exception) -> bool:
        retry = self._retries.setdefault(job.id, Retry())
        retry.put_off(park=isinstance(error, OperatorError))
        told = error if isinstance(error, AttestError) else TransientError
        state: JobState = "parked" if retry.parked else "queued"
        logger.warning("job %s is %s for %g s: %s", job.id, state, retry.pause_s, error)
        later = replace(job, state=state, error=told.public_message)
        self._table.save(later, was="running", attempts=0)
        return retry.parked

    def _end(self, job: JobStatus, *, was: str, keep: bool = False) -> None:
        if self._table.save(job, was=was):
            self._retries.pop(job.id, None)
            if not keep:
                self._spool.remove(job.id)
            self._table.forget_old(keep=self._spool.ids())
            self._wake()

    def _wake(self) -> None:
        """Lets all who wait for a job look at it."""
        with self._ended:
            self._ended.notify_all()


def _told(job: JobStatus, error: Exception) -> str:
    """Why a job failed, in words safe to show; the log has the rest."""
    if isinstance(error, AttestError):
        logger.warning("job %s failed: %s", job.id, error)
        return error.message if isinstance(error, RequestError) else error.public_message
    logger.error("job %s failed", job.id, exc_info=error)
    return AttestError.public_message


def _reported(job: JobStatus, report: IngestReport) -> JobStatus:
    return replace(
        job,
        received=report.received,
        indexed=report.indexed,
        skipped=report.skipped,
        failures=report.failures,
        unlisted=report.unlisted,
    )
