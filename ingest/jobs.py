"""Ingestion in the background: uploads are kept on disk first, then indexed one job at a time.

A job is durable before it is acknowledged. One process at a time works (it holds a file lock);
what it leaves unfinished, by shutdown or by a crash, the next one begins again: documents that
were indexed before are then skipped by their hash.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.domain import Failure, JobStatus, Upload
from app.errors import AttestError, NotFound, Overloaded
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
KEPT_JOBS: Final = 1_000
"""Ended jobs whose status can still be asked for."""

Progress = Callable[[IngestReport], None]
Run = Callable[[str, Sequence[Source], Progress], IngestReport]
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
        self._file = directory / "jobs.db"
        self._spool = Spool(directory / "jobs.spool")  # no collection can have a dot
        self._prepare = prepare
        self._run = run
        self._max_waiting = max_waiting
        self._lock = FileLock(directory / "jobs.lock", thread_local=False)
        self._stopping = threading.Event()
        self._submitted = threading.Event()
        self._worker = threading.Thread(target=self._work, name="ingest-jobs", daemon=True)
        with closing(self._connect()) as db, db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, "
                "created_at TEXT NOT NULL, status TEXT NOT NULL)"
            )

    def start(self) -> None:
        """Begins to work on what waits."""
        self._worker.start()

    def close(self, grace_s: float) -> None:
        """Ends after the document under way; what is left waits for the next start."""
        self._stopping.set()
        self._submitted.set()
        if self._worker.is_alive():
            self._worker.join(grace_s)

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """See `Ingestor.submit`."""
        self._prepare(collection)
        with closing(self._connect()) as db:
            waiting = db.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
        if waiting >= self._max_waiting:
            raise Overloaded(f"{waiting} ingestion jobs wait already")
        now = _now()
        job = JobStatus(uuid.uuid4().hex, collection, "queued", 0, 0, 0, (), now, now)
        self._spool.write(job.id, uploads)
        self._save(job)
        self._submitted.set()
        return job

    def status(self, job_id: str) -> JobStatus:
        """See `Ingestor.status`."""
        with closing(self._connect()) as db:
            row = db.execute("SELECT status FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise NotFound(f'There is no job "{job_id}".')
        return _read(row[0])

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """See `Ingestor.wait`."""
        deadline = time.monotonic() + timeout_s
        while True:
            job = self.status(job_id)
            ended = job.state in ("done", "failed")
            if ended or time.monotonic() >= deadline or self._stopping.wait(LOOK_S):
                return job

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._lock.acquire(timeout=POLL_S):
                    unfinished = self._unfinished()
                    self._spool.sweep(keep={job.id for job in unfinished})
                    for job in unfinished:
                        self._do(job)
                        if self._stopping.is_set():
                            return
            except Timeout:
                continue  # another process works
            except Exception:
                logger.exception("the job queue stumbled and goes on")
            self._submitted.wait(POLL_S)
            self._submitted.clear()

    def _unfinished(self) -> list[JobStatus]:
        """Oldest first; ``running`` ones were left by a process that is gone."""
        with closing(self._connect()) as db:
            found = db.execute(
                "SELECT status FROM jobs WHERE state IN ('queued', 'running') "
                "ORDER BY created_at, rowid"
            ).fetchall()
        return [_read(row[0]) for row in found]

    def _do(self, job: JobStatus) -> None:
        job = so_far = replace(job, state="running")
        self._save(job)
        saved = time.monotonic()

        def progress(report: IngestReport) -> None:
            nonlocal so_far, saved
            so_far = _reported(job, report)
            if time.monotonic() - saved >= SAVE_S:
                self._save(so_far)
                saved = time.monotonic()
            if self._stopping.is_set():
                raise Stopped

        try:
            sources = list(self._sources(job.id))
            report = self._run(job.collection, sources, progress)
            ended = replace(_reported(job, report), state="done")
        except Stopped:
            self._save(replace(job, state="queued"))
            return
        except AttestError as error:
            logger.warning("job %s failed: %s", job.id, error)
            ended = replace(so_far, state="failed", error=error.public_message)
        except Exception:
            logger.exception("job %s failed", job.id)
            ended = replace(so_far, state="failed", error=AttestError.public_message)
        self._save(ended)
        self._spool.remove(job.id)
        self._forget_old()

    def _sources(self, job_id: str) -> Iterator[Source]:
        for number, upload in enumerate(self._spool.read(job_id)):
            if upload.kind == "file":
                assert isinstance(upload.content, bytes)
                yield from uploaded(upload.name, upload.content)
            else:
                yield RecordSource(upload.name, upload.content, fallback_id=f"{job_id}-{number}")

    # --- the table ------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30.0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _save(self, job: JobStatus) -> None:
        job = replace(job, updated_at=_now())
        with closing(self._connect()) as db, db:
            db.execute(
                "INSERT INTO jobs (id, state, created_at, status) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET state = excluded.state, status = excluded.status",
                (job.id, job.state, job.created_at, json.dumps(asdict(job))),
            )

    def _forget_old(self) -> None:
        with closing(self._connect()) as db, db:
            db.execute(
                "DELETE FROM jobs WHERE state IN ('done', 'failed') AND id NOT IN "
                "(SELECT id FROM jobs ORDER BY created_at DESC LIMIT ?)",
                (KEPT_JOBS,),
            )


def _reported(job: JobStatus, report: IngestReport) -> JobStatus:
    return replace(
        job,
        received=report.received,
        indexed=report.indexed,
        skipped=report.skipped,
        failures=report.failures,
    )


def _read(source: str) -> JobStatus:
    fields = json.loads(source)
    failures = tuple(Failure(**failure) for failure in fields.pop("failures"))
    return JobStatus(**fields, failures=failures)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
