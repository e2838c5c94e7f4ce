"""Running one job: its progress is written down, and so is how it ended."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.domain.jobs import JobState, JobStatus
from app.errors import AttestError, OperatorError, RequestError, TransientError
from app.observing.logs import event
from app.panics import panics_raised
from ingest.jobs.retry import Retry
from ingest.jobs.sources import Cancelled, JobSources, Stopped
from ingest.jobs.store import JobStore
from ingest.report import IngestReport

logger = logging.getLogger(__name__)

SAVE_S: Final = 0.5
"""How often the progress of a job is written down, and whether it is still wanted looked up."""
PASSING: Final = (TransientError, sqlite3.OperationalError, OSError, MemoryError)
"""What may not happen again; SQLite's are a lock that is held and a disk that is full."""

Progress = Callable[[IngestReport], None]
Run = Callable[[str, JobSources, Progress], IngestReport]
"""``run(collection, sources, progress)``: an `ingest.pipeline.Ingestion` over a collection.

It asks ``sources`` under the lock of the collection's writer what it must not commit any more.
"""


class JobRunner:
    """Runs jobs of a store; once ``stopping`` is set, it breaks off between two documents."""

    def __init__(
        self,
        store: JobStore,
        run: Run,
        stopping: threading.Event,
        on_end: Callable[[str], None],
    ) -> None:
        """``on_end`` is told the state that a job was left in."""
        self._on_end = on_end
        self._store = store
        self._run = run
        self._stopping = stopping

    def is_due(self, job: JobStatus) -> bool:
        """Whether a job is not put off until later."""
        retry = self._store.retries.get(job.id)
        if retry is not None and retry.parked and job.state == "queued":
            del self._store.retries[job.id]  # somebody has asked for it
            return True
        return retry is None or time.monotonic() >= retry.due

    def run(self, waiting: JobStatus) -> bool:
        """Runs a job, and whether later ones of its collection may go on."""
        job = so_far = replace(waiting, state="running", error=None)
        attempts = self._store.table.attempts(job.id) + 1
        if not self._store.table.save(job, was=waiting.state, attempts=attempts):
            return True  # it was cancelled
        saved = began = time.monotonic()

        def progress(report: IngestReport) -> None:
            nonlocal so_far, saved
            got_on = report.indexed > so_far.indexed
            so_far = _reported(job, report)
            if got_on or time.monotonic() - saved >= SAVE_S:
                if not self._store.table.save(
                    so_far, was="running", attempts=1 if got_on else None
                ):
                    raise Cancelled
                saved = time.monotonic()
            if self._stopping.is_set():
                raise Stopped

        try:
            with panics_raised():
                report = self._run(
                    job.collection, JobSources(job, self._store.table, self._store.spool), progress
                )
        except Cancelled:
            return True
        except Stopped:
            return self._put_back(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the queue goes on; it is logged
            return self._stopped_by(error, job, so_far)
        done = replace(_reported(job, report), state="done")
        self._store.end(done, was="running")
        _log_done(done, time.monotonic() - began)
        self._on_end("done")
        return True

    def _stopped_by(self, error: Exception, job: JobStatus, so_far: JobStatus) -> bool:
        """As `run`. Nothing that was uploaded is given up, unless the request itself is void."""
        if self._stopping.is_set():  # what it needs has been closed
            logger.info("job %s is left to the next start: %s", job.id, error)
            return self._put_back(job)
        if isinstance(error, (*PASSING, OperatorError)):
            return self._try_later(job, error)
        void = isinstance(error, RequestError)
        failed = replace(so_far, state="failed", error=_told(job, error))
        self._store.end(failed, was="running", keep=not void)
        self._on_end("failed")
        return True

    def _put_back(self, job: JobStatus) -> bool:
        self._store.table.save(replace(job, state="queued"), was="running", attempts=0)
        return False

    def _try_later(self, job: JobStatus, error: Exception) -> bool:
        retry = self._store.retries.setdefault(job.id, Retry())
        retry.put_off(park=isinstance(error, OperatorError))
        told = error if isinstance(error, AttestError) else TransientError
        state: JobState = "parked" if retry.parked else "queued"
        logger.warning("job %s is %s for %g s: %s", job.id, state, retry.pause_s, error)
        later = replace(job, state=state, error=told.public_message)
        self._store.table.save(later, was="running", attempts=0)
        self._on_end(state)
        return retry.parked


def _log_done(job: JobStatus, seconds: float) -> None:
    told = {
        "job": job.id,
        "collection": job.collection,
        "received": job.received,
        "indexed": job.indexed,
        "skipped": job.skipped,
        "failed": job.received - job.indexed - job.skipped,
        "seconds": round(seconds, 1),
    }
    logger.info(
        "job %(job)s of %(collection)s is done: %(received)d received, %(indexed)d indexed, "
        "%(skipped)d skipped, %(failed)d failed, %(seconds).1f s",
        told,
        extra=event("job done", told),
    )


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
        timings_s=report.timings_s,
    )
