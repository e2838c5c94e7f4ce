"""Ingestion in the background: uploads are kept on disk first, then indexed one job at a time.

A job is durable before it is acknowledged. One process at a time works (it holds a file lock);
what it leaves unfinished, by shutdown or by a crash, the next one begins again: documents that
were indexed before are then skipped by their hash. A job that something passing stopped, such as
a model behind HTTP that does not answer, is tried again; later jobs of its collection wait for it,
since they may hold newer versions of the same documents. One that could not be done for an hour
fails: what was to pass may lie in one of its documents.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.domain import JobStatus, Upload
from app.errors import AttestError, NotFound, Overloaded, RequestError, TransientError
from ingest.job_table import JobTable, now
from ingest.report import IngestReport
from ingest.sources import RecordSource, Source, uploaded
from ingest.spool import Spool

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
"""How often a process looks for jobs that another one has accepted."""
LOOK_S: Final = 0.02
"""How often somebody who waits for a job looks whether it has ended."""
SAVE_S: Final = 0.5
"""How often the progress of a job is written down; each time all of its failures are."""
RETRY_S: Final = 1.0, 60.0
"""How long a job waits to be tried again, the first time and at most; it doubles between."""
RETRIED_FOR_S: Final = 3_600.0
"""How long after the first failure it is given up."""
PASSING: Final = (TransientError, sqlite3.OperationalError)
"""What may not happen again; SQLite's are a lock that is held and a disk that is full."""

DROPPED: Final = "The collection was removed before this job was done."

Progress = Callable[[IngestReport], None]
Run = Callable[[str, Iterable[Source], Progress], IngestReport]
"""``run(collection, sources, progress)``: an `ingest.pipeline.Ingestion` over a collection."""


class Stopped(BaseException):
    """Raised through a run between two documents when the process is to end."""


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
        """``prepare(collection)`` makes the collection, or raises what is wrong with it."""
        directory.mkdir(parents=True, exist_ok=True)
        self._table = JobTable(directory / "jobs.db")
        self._spool = Spool(directory / "jobs.spool")  # no collection can have a dot
        self._prepare = prepare
        self._run = run
        self._max_waiting = max_waiting
        self._lock = FileLock(directory / "jobs.lock", thread_local=False)
        self._stopping = threading.Event()
        self._submitted = threading.Event()
        self._worker = threading.Thread(target=self._work, name="ingest-jobs", daemon=True)
        self._retries: dict[str, _Retry] = {}

    def start(self) -> None:
        """Begins to work on what waits."""
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
        if self._worker.is_alive():
            self._worker.join(grace_s)

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """See `Ingestor.submit`."""
        self._prepare(collection)
        waiting = len(self._table.in_state("queued"))
        if waiting >= self._max_waiting:
            raise Overloaded(f"{waiting} ingestion jobs wait already")
        since = now()
        job = JobStatus(uuid.uuid4().hex, collection, "queued", 0, 0, 0, (), since, since)
        self._spool.write(job.id, uploads)
        self._table.add(job)
        self._submitted.set()
        return job

    def status(self, job_id: str) -> JobStatus:
        """See `Ingestor.status`."""
        job = self._table.status(job_id)
        if job is None:
            raise NotFound(f'There is no job "{job_id}".')
        return job

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """See `Ingestor.wait`."""
        deadline = time.monotonic() + timeout_s
        while True:
            job = self.status(job_id)
            ended = job.state in ("done", "failed")
            if ended or time.monotonic() >= deadline or self._stopping.wait(LOOK_S):
                return job

    def cancel(self, collection: str) -> None:
        """See `Ingestor.cancel`."""
        for state in ("queued", "running"):
            for job in self._table.in_state(state):
                if job.collection == collection:
                    self._end(replace(job, state="failed", error=DROPPED), was=state)

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._lock.acquire(timeout=POLL_S):
                    self._take_over()
                    self._work_off()
            except Timeout:
                continue  # another process works
            except Exception:
                logger.exception("the job queue stumbled and goes on")
            self._submitted.wait(POLL_S)
            self._submitted.clear()

    def _take_over(self) -> None:
        """Jobs that run while nobody works were left by a process that is gone."""
        for job in self._table.in_state("running"):
            self._table.save(replace(job, state="queued"), was="running")

    def _work_off(self) -> None:
        """Every job that waits, oldest first; but none overtakes another of its collection."""
        jobs = self._table.in_state("queued")
        self._spool.sweep(keep={job.id for job in jobs})
        held: set[str] = set()
        for job in jobs:
            if self._stopping.is_set():
                return
            if job.collection not in held and not (self._is_due(job) and self._do(job)):
                held.add(job.collection)

    def _is_due(self, job: JobStatus) -> bool:
        retry = self._retries.get(job.id)
        return retry is None or time.monotonic() >= retry.due

    def _do(self, job: JobStatus) -> bool:
        """Runs a job, and whether it has ended."""
        job = so_far = replace(job, state="running", error=None)
        if not self._table.save(job, was="queued"):
            return True  # it was cancelled
        saved = time.monotonic()

        def progress(report: IngestReport) -> None:
            nonlocal so_far, saved
            so_far = _reported(job, report)
            if time.monotonic() - saved >= SAVE_S:
                self._table.save(so_far, was="running")
                saved = time.monotonic()
            if self._stopping.is_set():
                raise Stopped

        try:
            report = self._run(job.collection, self._sources(job.id), progress)
            ended = replace(_reported(job, report), state="done")
        except Stopped:
            return self._put_back(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the queue goes on; it is logged
            if self._stopping.is_set():  # and what it needs has been closed
                logger.info("job %s is left to the next start: %s", job.id, error)
                return self._put_back(job)
            if isinstance(error, PASSING) and self._try_later(job, error):
                return False
            ended = replace(so_far, state="failed", error=_told(job, error))
        self._end(ended, was="running")
        return True

    def _put_back(self, job: JobStatus) -> bool:
        self._table.save(replace(job, state="queued"), was="running")
        return False

    def _try_later(self, job: JobStatus, error: Exception) -> bool:
        """Whether it is to be tried again."""
        retry = self._retries.setdefault(job.id, _Retry())
        if not retry.put_off():
            return False
        logger.warning("job %s is tried again in %g s: %s", job.id, retry.pause_s, error)
        told = error if isinstance(error, TransientError) else TransientError
        self._put_back(replace(job, error=told.public_message))
        return True

    def _end(self, job: JobStatus, *, was: str) -> None:
        if self._table.save(job, was=was):
            self._retries.pop(job.id, None)
            self._spool.remove(job.id)
            self._table.forget_old()

    def _sources(self, job_id: str) -> Iterator[Source]:
        for number, upload in enumerate(self._spool.read(job_id)):
            if upload.kind == "file":
                assert isinstance(upload.content, bytes)
                yield from uploaded(upload.name, upload.content)
            else:
                yield RecordSource(upload.name, upload.content, fallback_id=f"{job_id}-{number}")


class _Retry:
    """When a job is due again, by the monotonic clock."""

    def __init__(self) -> None:
        self.pause_s = 0.0
        self.due = 0.0
        self._until = time.monotonic() + RETRIED_FOR_S

    def put_off(self) -> bool:
        """Sets the next time, or says that there is none."""
        first, most = RETRY_S
        self.pause_s = min(self.pause_s * 2 or first, most)
        self.due = time.monotonic() + self.pause_s
        return self.due < self._until


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
    )
