"""The thread that works off the jobs that wait, in the one process whose turn it is."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import Final

from filelock import FileLock, Timeout

from app.domain.jobs import QueueHealth
from app.observing.requests import serving
from app.panics import panics_raised
from ingest.jobs.runner import JobRunner
from ingest.jobs.store import JobStore

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
"""How often a process looks for jobs that another one has accepted, or has ended."""
SWEEP_S: Final = 600.0
"""How often what crashes left in the spool is looked for."""
STUMBLED_S: Final = 1.0
"""How long the worker rests after something went wrong outside of any job."""
MAX_ATTEMPTS: Final = 2
"""How often a job may end the process before it fails."""

CRASHED: Final = (
    f"The service ended {MAX_ATTEMPTS} times while it worked on this job, so it is not begun "
    "again. One of its documents may be too large or damaged: upload them one by one, or run "
    "`rag jobs retry` to begin it once more."
)


class JobWorker:
    """Works in a thread of its own from `start` on until ``stopping`` is set."""

    def __init__(self, store: JobStore, runner: JobRunner, stopping: threading.Event) -> None:
        self._store = store
        self._runner = runner
        self._stopping = stopping
        self._lock = FileLock(store.directory / "jobs.lock", thread_local=False)
        self._submitted = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ingest-jobs", daemon=True)
        self._health = QueueHealth()
        self._swept = -SWEEP_S

    def start(self) -> None:
        """Begins to work on what waits."""
        self._thread.start()

    def look_now(self) -> None:
        """Lets it look at once whether there is something to do, or whether it is to stop."""
        self._submitted.set()

    def join(self, grace_s: float) -> None:
        """Waits for ``grace_s`` at most until it has stopped."""
        if self._thread.is_alive():
            self._thread.join(grace_s)

    def health(self) -> QueueHealth:
        """How many jobs wait, and what is wrong with the work on them."""
        begun, alive = self._thread.ident is not None, self._thread.is_alive()
        if begun and not alive and not self._stopping.is_set():
            return replace(self._health, trouble="Jobs are not worked; restart the service.")
        return self._health

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
        self._health = QueueHealth(*self._store.table.waiting())

    def _take_over(self) -> None:
        """What a process that died was working on waits again, unless it died of it twice."""
        for job in self._store.table.in_state("running"):
            if self._store.table.attempts(job.id) < MAX_ATTEMPTS:
                self._store.table.save(replace(job, state="queued"), was="running")
            else:
                with serving(job.request_id):
                    logger.error("job %s ended the process %d times", job.id, MAX_ATTEMPTS)
                self._store.end(
                    replace(job, state="failed", error=CRASHED), was="running", keep=True
                )

    def _sweep(self) -> None:
        """Now and then, removes uploads of jobs that are done or unknown."""
        if time.monotonic() >= self._swept + SWEEP_S:
            self._swept = time.monotonic()
            self._store.spool.sweep(keep={job.id for job in self._store.kept()})

    def _work_off(self) -> None:
        """Every job that waits, in the order they came.

        None overtakes another of its collection, unless that one is parked.
        """
        jobs = self._store.table.in_state("queued", "parked")
        held: set[str] = set()
        for job in jobs:
            if self._stopping.is_set():
                return
            if job.collection in held:
                continue
            if not self._runner.is_due(job):
                if job.state == "queued":
                    held.add(job.collection)
            else:
                with serving(job.request_id):
                    goes_on = self._runner.run(job)
                if not goes_on:
                    held.add(job.collection)
