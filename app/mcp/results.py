"""What tools return: the HTTP API's answers, with what an agent needs of them and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import BaseModel, Field

from app.domain.answers import Answer, Citation
from app.domain.collections import CollectionStats
from app.domain.documents import Document, DocumentRecord, MetadataValue, Span
from app.domain.hits import Hit, SearchResult
from app.domain.jobs import JobState, JobStatus
from app.http.schemas.markdown import shown_answer


class Passage(BaseModel):
    """A passage of a document: ``text`` is the document's text at ``span``, verbatim."""

    rank: int
    document_id: str
    title: str
    headings: tuple[str, ...]
    text: str
    span: Span
    metadata: Mapping[str, MetadataValue]
    relevance: float | None = Field(description="Probability of being relevant, where known.")

    @classmethod
    def from_domain(cls, hit: Hit) -> Self:
        """Converts the domain object."""
        chunk = hit.chunk
        return cls(
            rank=hit.rank,
            document_id=chunk.document_id,
            title=chunk.title,
            headings=chunk.heading_path,
            text=chunk.text,
            span=chunk.span,
            metadata=chunk.metadata,
            relevance=hit.relevance,
        )


class Passages(BaseModel):
    """The best passages, best first."""

    passages: list[Passage]
    degraded: tuple[str, ...] = Field(description="Parts of the search that failed.")

    @classmethod
    def from_domain(cls, result: SearchResult) -> Self:
        """Converts the domain object."""
        return cls(passages=list(map(Passage.from_domain, result.hits)), degraded=result.degraded)


class Source(BaseModel):
    """A numbered source, to be checked with read_document."""

    n: int
    document_id: str
    title: str
    span: Span = Field(description="Where in the document's text the quote stands: [start, end].")
    quote: str = Field(description="The document's text at the span, verbatim.")
    page: int | None = Field(description="Page of the PDF on which it begins.")

    @classmethod
    def from_domain(cls, citation: Citation) -> Self:
        """Converts the domain object."""
        return cls(
            n=citation.n,
            document_id=citation.document_id,
            title=citation.title,
            span=citation.span,
            quote=citation.quote,
            page=citation.setting.locator.page,
        )


class CitedAnswer(BaseModel):
    """An answer, or the reason why there is none and what came nearest."""

    answer: str = Field(description="Marks such as [1] are the numbers of citations.")
    mode: str = Field(
        description="extractive: quoted; generated: each sentence verified; abstained: no answer."
    )
    reason: str | None = Field(description="Why there is no answer.")
    citations: list[Source]
    nearest: list[Source] = Field(description="What came nearest, where there is no answer.")
    degraded: tuple[str, ...] = Field(description="Parts of the work that failed.")

    @classmethod
    def from_domain(cls, answer: Answer) -> Self:
        """Converts the domain object."""
        return cls(
            answer=shown_answer(answer),
            mode=answer.mode,
            reason=answer.reason,
            citations=list(map(Source.from_domain, answer.citations)),
            nearest=list(map(Source.from_domain, answer.nearest)),
            degraded=answer.degraded,
        )


class DocumentText(BaseModel):
    """The text of a document at ``span``; ``next`` is where the rest begins, if there is any."""

    document_id: str
    title: str
    uri: str
    metadata: Mapping[str, MetadataValue]
    characters: int = Field(description="Of the whole text.")
    span: Span
    text: str
    next: int | None

    @classmethod
    def from_domain(cls, document: Document, *, start: int, end: int) -> Self:
        """The part of ``document`` from ``start`` to ``end``, as far as there is one."""
        length = len(document.text)
        start, end = min(start, length), min(max(start, end), length)
        return cls(
            document_id=document.id,
            title=document.title,
            uri=document.uri,
            metadata=document.metadata,
            characters=length,
            span=(start, end),
            text=document.text[start:end],
            next=end if end < length else None,
        )


class CollectionEntry(BaseModel):
    """A collection and its sizes."""

    name: str
    documents: int
    passages: int


class Collections(BaseModel):
    """The collections that may be searched."""

    collections: list[CollectionEntry]

    @classmethod
    def from_domain(cls, found: Sequence[CollectionStats]) -> Self:
        """Converts the domain objects."""
        entries = [
            CollectionEntry(name=one.name, documents=one.documents, passages=one.chunks)
            for one in found
        ]
        return cls(collections=entries)


class DocumentEntry(BaseModel):
    """A document in a listing."""

    id: str
    title: str
    uri: str
    characters: int
    updated_at: str


class Documents(BaseModel):
    """A page of documents by id; ``next`` is the ``after`` of the page that follows, if any."""

    documents: list[DocumentEntry]
    next: str | None

    @classmethod
    def from_domain(cls, records: Sequence[DocumentRecord], *, limit: int) -> Self:
        """A page of ``limit`` records; a further record says that another page follows."""
        page = records[:limit]
        fields = DocumentEntry.model_fields
        return cls(
            documents=[
                DocumentEntry.model_validate({name: getattr(one, name) for name in fields})
                for one in page
            ],
            next=page[-1].id if len(records) > limit else None,
        )


class Rejected(BaseModel):
    """A document that was not indexed."""

    id: str
    reason: str


class Added(BaseModel):
    """What became of documents; they go on being indexed while ``state`` is queued or running."""

    job_id: str
    state: JobState
    indexed: int
    unchanged: int
    rejected: list[Rejected]
    error: str | None

    @classmethod
    def from_domain(cls, job: JobStatus) -> Self:
        """Converts the domain object."""
        return cls(
            job_id=job.id,
            state=job.state,
            indexed=job.indexed,
            unchanged=job.skipped,
            rejected=[Rejected(id=one.name, reason=one.reason) for one in job.failures],
            error=job.error,
        )
