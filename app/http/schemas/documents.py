"""Documents, jobs and collections on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field, JsonValue

from app.domain.collections import CollectionStats, Fingerprint, SelfRetrieval, Tuning
from app.domain.documents import Document, DocumentRecord, MetadataValue
from app.domain.jobs import JobState, JobStatus

MAX_DOCUMENTS: Final = 1_000
"""Most documents in one request."""
MAX_RECORD_VALUES: Final = 250_000
"""Most JSON values in one request, fields of metadata included."""
MAX_PAGE: Final = 100
"""Most documents in one page of a listing."""


class DocumentsBody(BaseModel):
    """``POST /v1/collections/{name}/documents``.

    Each document is checked when it is ingested, so that a malformed one fails alone.
    """

    documents: Annotated[list[JsonValue], Field(min_length=1, max_length=MAX_DOCUMENTS)]


class FailureBody(BaseModel):
    """A document that was not indexed: ``id`` of a record, or ``file`` of an upload."""

    id: str | None = None
    file: str | None = None
    code: str
    reason: str


class JobBody(BaseModel):
    """An ingestion job.

    When it is done, ``received`` is the sum of ``indexed``, ``skipped`` and ``failed_count``;
    ``failed`` tells of the first thousand. ``timings_s`` are the seconds of each stage so far.
    """

    job_id: str
    collection: str
    state: JobState
    received: int
    indexed: int
    skipped: int
    failed_count: int
    failed: list[FailureBody]
    created_at: str
    updated_at: str
    error: str | None
    timings_s: Mapping[str, float]

    @classmethod
    def of(cls, job: JobStatus) -> Self:
        """From the domain."""
        return cls(
            job_id=job.id,
            collection=job.collection,
            state=job.state,
            received=job.received,
            indexed=job.indexed,
            skipped=job.skipped,
            failed_count=len(job.failures) + job.unlisted,
            failed=[
                FailureBody(
                    id=failure.name if failure.kind == "record" else None,
                    file=failure.name if failure.kind == "file" else None,
                    code=failure.code,
                    reason=failure.reason,
                )
                for failure in job.failures
            ],
            created_at=job.created_at,
            updated_at=job.updated_at,
            error=job.error,
            timings_s=job.timings_s,
        )


class AcceptedBody(BaseModel):
    """A job that was taken over and has not ended."""

    job_id: str


class RecordBody(BaseModel):
    """A stored document in a listing."""

    id: str
    title: str
    uri: str
    metadata: Mapping[str, MetadataValue]
    version: int
    chunks: int
    characters: int
    content_hash: str
    updated_at: str

    @classmethod
    def fields_of(cls, record: DocumentRecord) -> dict[str, object]:
        """What a listing tells, by field name."""
        return {name: getattr(record, name) for name in RecordBody.model_fields}


class DocumentBody(RecordBody):
    """A stored document with its text."""

    text: str

    @classmethod
    def of(cls, record: DocumentRecord, document: Document) -> Self:
        """From the domain."""
        return cls.model_validate(cls.fields_of(record) | {"text": document.text})


class DocumentPage(BaseModel):
    """A page of a listing; ``next`` is the ``after`` of the page that follows, if there is one."""

    items: list[RecordBody]
    next: str | None

    @classmethod
    def of(cls, records: list[DocumentRecord], *, limit: int) -> Self:
        """From one record more than the page holds, where there are so many."""
        page = records[:limit]
        return cls(
            items=[RecordBody.model_validate(RecordBody.fields_of(record)) for record in page],
            next=page[-1].id if len(records) > limit else None,
        )


class CollectionBody(BaseModel):
    """A collection, its sizes and what built it.

    ``self_retrieval`` is null until it is measured, ``tuning`` until settings are tuned and kept.
    """

    name: str
    documents: int
    chunks: int
    fingerprint: Fingerprint
    self_retrieval: SelfRetrieval | None
    tuning: Tuning | None

    @classmethod
    def of(cls, stats: CollectionStats) -> Self:
        """From the domain."""
        return cls(
            name=stats.name,
            documents=stats.documents,
            chunks=stats.chunks,
            fingerprint=stats.fingerprint,
            self_retrieval=stats.self_retrieval,
            tuning=stats.tuning,
        )


class CollectionList(BaseModel):
    """Every collection, by name."""

    items: list[CollectionBody]
