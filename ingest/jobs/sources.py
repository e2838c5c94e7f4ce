"""What a job is to index: its uploads, without what was replaced or deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.jobs import JobStatus
from app.errors import DocumentRejected
from ingest.jobs.spool import Spool
from ingest.jobs.table import JobTable
from ingest.pipeline import superseded
from ingest.sources.model import Rejected, Source
from ingest.sources.records import RecordSource
from ingest.sources.uploads import uploaded


class Stopped(BaseException):
    """Raised through a run between two documents when the process is to end."""


class Cancelled(Stopped):
    """Raised through a run whose job was ended by somebody else: nobody wants the rest of it."""


class JobSources:
    """The documents of one job, in the order they came."""

    def __init__(self, job: JobStatus, table: JobTable, spool: Spool) -> None:
        self._job = job
        self._table = table
        self._spool = spool

    def __iter__(self) -> Iterator[Source]:
        """What was uploaded, each made when it is asked for; what is overtaken is refused.

        Raises:
            NotFound: see `Spool.read`.
        """
        overtaken = self._table.overtaken(self._job.id)
        passed = _kept_before(self._job, self._table, self._spool)
        if not (overtaken or passed):  # nobody has to know which documents they are
            yield from _uploaded(self._job.id, self._spool)
            return
        for source in _uploaded(self._job.id, self._spool):
            id_ = _id_of(source)
            if id_ in overtaken:
                yield Rejected(source.name, superseded(), source.kind)
                continue
            if passed and id_ is not None:
                self._table.overtake(passed, id_)
            yield source

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


def _uploaded(job_id: str, spool: Spool) -> Iterator[Source]:
    for number, upload in enumerate(spool.read(job_id)):
        if upload.kind == "file":
            assert isinstance(upload.content, bytes)
            yield from uploaded(upload.name, upload.content)
        else:
            yield RecordSource(upload.name, upload.content, fallback_id=f"{job_id}-{number}")


def _id_of(source: Source) -> str | None:
    try:
        return source.identify()[0]
    except DocumentRejected:
        return None
