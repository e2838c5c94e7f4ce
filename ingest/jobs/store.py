"""The jobs below one directory: where they stand, and what was uploaded with them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from app.domain.jobs import JobStatus, Upload
from app.errors import StoreUnwritable
from ingest.jobs.retry import Retry
from ingest.jobs.spool import Spool
from ingest.jobs.table import JobTable

logger = logging.getLogger(__name__)

TABLE: Final = "jobs.db"


class JobStore:
    """Table and spool of a directory, and what the threads of a process share beside them.

    ``ended`` wakes whoever waits for a job; ``retries`` says when those are due again that
    something passing stopped.
    """

    def __init__(self, directory: Path) -> None:
        """Nothing is read or made in ``directory`` before it is needed: a search needs no queue."""
        self.directory = directory
        self.ended = threading.Condition()
        self.retries: dict[str, Retry] = {}

    @cached_property
    def table(self) -> JobTable:
        """Where the jobs stand."""
        self.directory.mkdir(parents=True, exist_ok=True)
        return JobTable(self.directory / TABLE)

    @cached_property
    def spool(self) -> Spool:
        """What was uploaded with them."""
        return Spool(self.directory / "jobs.spool")  # no collection can have a dot

    def exists(self) -> bool:
        """Whether there is a table of jobs."""
        return (self.directory / TABLE).exists()

    def adopt(self) -> None:
        """Takes in uploads whose jobs were lost with the table."""
        known = self.table.ids()
        for job in self.spool.jobs():
            if job.id not in known:
                logger.warning("job %s was lost and is taken up from its uploads", job.id)
                self.table.add(job)

    def keep(self, job: JobStatus, uploads: Sequence[Upload]) -> None:
        """Takes in a new job and its uploads, both or neither.

        Raises:
            StoreUnwritable: the uploads can't be kept.
        """
        try:
            self.spool.write(job, uploads)
            self.table.add(job)
        except BaseException as error:
            self.spool.remove(job.id)
            if isinstance(error, OSError):
                raise StoreUnwritable(f"an upload can't be kept ({error}). Make room.") from error
            raise

    def kept(self) -> list[JobStatus]:
        """Every job whose uploads are kept, in the order they came."""
        spooled = self.spool.ids()
        waiting = self.table.in_state("queued", "running", "parked", "failed")
        return [job for job in waiting if job.id in spooled]

    def end(self, job: JobStatus, *, was: str, keep: bool = False) -> None:
        """Writes down how a job in the state ``was`` ended; its uploads go, unless ``keep``."""
        if self.table.save(job, was=was):
            self.retries.pop(job.id, None)
            if not keep:
                self.spool.remove(job.id)
            self.table.forget_old(keep=self.spool.ids())
            self.wake()

    def wake(self) -> None:
        """Lets all who wait for a job look at it."""
        with self.ended:
            self.ended.notify_all()
