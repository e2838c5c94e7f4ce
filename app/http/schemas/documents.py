"""Request and response bodies of documents, jobs and collections."""

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


class DocumentsRequest(BaseModel):
    """The JSON body of ``POST /v1/collections/{name}/documents``.

    Documents are validated one by one during ingestion, so a malformed one fails alone.
    """

    documents: Annotated[list[JsonValue], Field(min_length=1, max_length=MAX_DOCUMENTS)]


class JobFailure(BaseModel):
    """A document that was not indexed: a record has an ``id``, an uploaded file a ``file``."""

    id: str | None = None
    file: str | None = None
    code: str
    reason: str


class JobResponse(BaseModel):
    """An ingestion job.

    When it is done, ``received`` is the sum of ``indexed``, ``skipped`` and ``failed_count``;
    ``failed`` lists the first thousand failures. ``timings_s`` are the seconds of each stage so
    far.
    """

    job_id: str
    collection: str
    state: JobState
    received: int
    indexed: int
    skipped: int
    failed_count: int
    failed: list[JobFailure]
    created_at: str
    updated_at: str
    error: str | None
    timings_s: Mapping[str, float]

    @classmethod
    def from_domain(cls, job: JobStatus) -> Self:
        """Converts the domain object."""
        return cls(
            job_id=job.id,
            collection=job.collection,
            state=job.state,
            received=job.received,
            indexed=job.indexed,
            skipped=job.skipped,
            failed_count=len(job.failures) + job.unlisted,
            failed=[
                JobFailure(
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


class JobAcceptedResponse(BaseModel):
    """An accepted job that has not ended."""

    job_id: str


class DocumentSummary(BaseModel):
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
        """Fields of a listed document by name."""
        return {name: getattr(record, name) for name in DocumentSummary.model_fields}


class DocumentResponse(DocumentSummary):
    """A stored document with its text."""

    text: str

    @classmethod
    def from_domain(cls, record: DocumentRecord, document: Document) -> Self:
        """Converts the domain object."""
        return cls.model_validate(cls.fields_of(record) | {"text": document.text})


class DocumentListResponse(BaseModel):
    """A page of a listing; ``next`` is the ``after`` of the page that follows, if there is one."""

    items: list[DocumentSummary]
    next: str | None

    @classmethod
    def from_domain(cls, records: list[DocumentRecord], *, limit: int) -> Self:
        """Makes a page of ``limit`` records; a further record says that another page follows."""
        page = records[:limit]
        return cls(
            items=[
                DocumentSummary.model_validate(DocumentSummary.fields_of(record)) for record in page
            ],
            next=page[-1].id if len(records) > limit else None,
        )


class CollectionSummary(BaseModel):
    """A collection, its sizes and what built it.

    ``self_retrieval`` is null until it is measured, ``tuning`` until tuned settings are saved.
    """

    name: str
    documents: int
    chunks: int
    fingerprint: Fingerprint
    self_retrieval: SelfRetrieval | None
    tuning: Tuning | None

    @classmethod
    def from_domain(cls, stats: CollectionStats) -> Self:
        """Converts the domain object."""
        return cls(
            name=stats.name,
            documents=stats.documents,
            chunks=stats.chunks,
            fingerprint=stats.fingerprint,
            self_retrieval=stats.self_retrieval,
            tuning=stats.tuning,
        )


class CollectionListResponse(BaseModel):
    """All collections, ordered by name."""

    items: list[CollectionSummary]
