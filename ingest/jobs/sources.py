"""What a job is to index: its uploads, without what was replaced or deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.domain.jobs import JobStatus
from ingest.jobs.spool import Spool
from ingest.jobs.table import JobTable
from ingest.pipeline import superseded
from ingest.sources.documents import HandedOver
from ingest.sources.records import RecordSource
from ingest.sources.uploads import uploaded


class Stopped(BaseException):
    """Raised through a run between two documents when the process is to end."""


class Cancelled(Stopped):
    """Raised through a run whose job was ended by somebody else: nobody wants the rest of it."""


class JobSources:
    """The uploads of one job, in the order they came."""

    def __init__(self, job: JobStatus, table: JobTable, spool: Spool) -> None:
        self._job = job
        self._table = table
        self._spool = spool
        self._overtaken_before = table.overtaken(job.id)
        self._passed = _kept_before(job, table, spool)

    def __iter__(self) -> Iterator[HandedOver]:
        """What was uploaded.

        Raises:
            NotFound: see `Spool.read`.
        """
        for number, upload in enumerate(self._spool.read(self._job.id)):
            if isinstance(upload.content, Path):
                yield uploaded(upload.name, upload.content)
            else:
                fallback_id = f"{self._job.id}-{number}"
                yield RecordSource(upload.name, upload.content, fallback_id=fallback_id)

    def admit(self, document_id: str) -> None:
        """Takes a document up, which earlier jobs that may still be done leave out from then on.

        Raises:
            DocumentRejected: ``superseded``, where it was overtaken before the job began.
        """
        if document_id in self._overtaken_before:
            raise superseded()
        if self._passed:
            self._table.overtake(self._passed, document_id)

    def overtaken(self) -> set[str]:
        """Ids that are to be left out, as of now. Whoever asks keeps other writers out.

        Raises:
            Cancelled: somebody has ended the job.
        """
        if self._table.state(self._job.id) != "running":
            raise Cancelled
        return self._table.overtaken(self._job.id)


def _kept_before(job: JobStatus, table: JobTable, spool: Spool) -> list[str]:
    """Earlier jobs of its collection that may still be done: parked ones, and failed ones."""
    earlier: list[str] = []
    for other in table.in_state("parked", "running", "failed"):
        if other.id == job.id:
            break
        if other.collection == job.collection:
            earlier.append(other.id)
    kept = spool.ids() if earlier else set()
    return [id_ for id_ in earlier if id_ in kept]
