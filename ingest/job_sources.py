"""What a job is to index: its uploads, without what later jobs have replaced meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain import JobStatus
from app.errors import DocumentRejected
from ingest.job_table import JobTable
from ingest.sources import RecordSource, Rejected, Source, uploaded
from ingest.spool import Spool


def sources_of(job: JobStatus, table: JobTable, spool: Spool) -> Iterator[Source]:
    """What was uploaded; a job that was parked or failed leaves out what later ones have brought.

    Raises:
        NotFound: see `Spool.read`.
    """
    overtaken = table.overtaken(job.id)
    passed = _kept_before(job, table, spool)
    if not (overtaken or passed):  # nobody has to know which documents they are
        yield from _uploaded(job.id, spool)
        return
    for source in _uploaded(job.id, spool):
        id_ = _id_of(source)
        if id_ in overtaken:
            reason = "A later upload has brought a newer version of this document."
            yield Rejected(source.name, DocumentRejected("superseded", reason), source.kind)
            continue
        if passed and id_ is not None:
            table.overtake(passed, id_)
        yield source


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
