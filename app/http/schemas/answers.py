"""Searches and answers on the wire, and their way to and from domain objects.

Where a domain object already has the shape that clients count on, it is the schema:
`AnswerSentence`, `Contribution`, `Trace`. ``tests/http`` pins every field by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StrictBool

from app.domain.answers import (
    Answer,
    AnswerSentence,
    DraftSentence,
    SentenceEvent,
    StatementTrace,
)
from app.domain.documents import MetadataValue, Span
from app.domain.hits import Contribution, Hit, SearchResult, Trace
from app.domain.questions import Turn
from app.errors import InvalidFilter
from app.filters import Filter, parse_filter
from app.http.schemas.citations import CitationBody
from app.http.schemas.markdown import shown_answer
from app.requests import AnswerRequest, SearchRequest

MAX_QUERY_CHARACTERS: Final = 8_000
MAX_TURN_CHARACTERS: Final = MAX_QUERY_CHARACTERS
MAX_TURNS: Final = 50
MAX_HISTORY_CHARACTERS: Final = 64_000
"""Of all turns together."""
MAX_LIMIT: Final = 100
MAX_ROUTES: Final = 8


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("String should have a visible character")
    return text


Query = Annotated[
    str, Field(min_length=1, max_length=MAX_QUERY_CHARACTERS), AfterValidator(_not_blank)
]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, strict=True)]


class _Asked(BaseModel):
    # A misspelt field that is silently ignored costs its author an afternoon.
    model_config = ConfigDict(extra="forbid")


class SearchBody(_Asked):
    """``POST /v1/collections/{name}/search``."""

    query: Query
    limit: Limit = 10
    filter: JsonValue = None
    routes: Annotated[list[str], Field(min_length=1, max_length=MAX_ROUTES)] | None = None
    rerank: StrictBool | None = None
    explain: StrictBool = False

    def asked(self) -> SearchRequest:
        """The request. Raises `InvalidFilter`."""
        return SearchRequest(
            query=self.query,
            limit=self.limit,
            where=read_filter(self.filter),
            routes=None if self.routes is None else tuple(self.routes),
            rerank=self.rerank,
            explain=self.explain,
        )


class TurnBody(_Asked):
    """One message before the question."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_TURN_CHARACTERS)]


def _not_too_long(history: list[TurnBody]) -> list[TurnBody]:
    if sum(len(turn.content) for turn in history) > MAX_HISTORY_CHARACTERS:
        raise ValueError(
            f"History should have at most {MAX_HISTORY_CHARACTERS:,} characters in all; "
            "leave out its oldest messages"
        )
    return history


History = Annotated[list[TurnBody], Field(max_length=MAX_TURNS), AfterValidator(_not_too_long)]


class AnswerBody(_Asked):
    """``POST /v1/collections/{name}/answer``."""

    query: Query
    history: History = []
    limit: Limit | None = None
    filter: JsonValue = None
    stream: StrictBool = False
    explain: StrictBool = False

    def asked(self) -> AnswerRequest:
        """The request. Raises `InvalidFilter`."""
        return AnswerRequest(
            query=self.query,
            history=tuple(Turn(turn.role, turn.content) for turn in self.history),
            limit=self.limit,
            where=read_filter(self.filter),
            explain=self.explain,
        )


class HitBody(BaseModel):
    """A passage found."""

    rank: int
    score: float
    chunk_id: str
    document_id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    span: Span
    metadata: Mapping[str, MetadataValue]
    routes: Mapping[str, Contribution]
    term_match: float | None
    rerank_score: float | None
    relevance: float | None

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """From the domain."""
        return cls(
            rank=hit.rank,
            score=hit.score,
            chunk_id=hit.chunk.id,
            document_id=hit.chunk.document_id,
            title=hit.chunk.title,
            heading_path=hit.chunk.heading_path,
            text=hit.chunk.text,
            span=hit.chunk.span,
            metadata=hit.chunk.metadata,
            routes=hit.routes,
            term_match=hit.term_match,
            rerank_score=hit.rerank_score,
            relevance=hit.relevance,
        )


class SearchAnswer(BaseModel):
    """What a search found; ``trace`` is there when ``explain`` asked for it."""

    hits: list[HitBody]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    trace: Trace | None

    @classmethod
    def of(cls, result: SearchResult) -> Self:
        """From the domain."""
        return cls(
            hits=[HitBody.of(hit) for hit in result.hits],
            degraded=result.degraded,
            timings_ms=result.timings_ms,
            trace=result.trace,
        )


class AnswerTrace(BaseModel):
    """How an answer came to be: its search, its statements as they were judged, and its draft."""

    search: Trace
    hits: list[HitBody]
    statements: tuple[StatementTrace, ...]
    draft: tuple[DraftSentence, ...]


class AnswerAnswer(BaseModel):
    """An answer; ``answer`` is all of it as Markdown, ``sentences`` have their texts verbatim.

    ``reason`` and ``nearest`` are there when it abstains, ``trace`` where asked for. ``notes`` are
    what the service says of the answer itself; ``probability`` is that of the best statement that
    was found.
    """

    answer: str
    mode: Literal["generated", "extractive", "abstained"]
    reason: str | None
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[CitationBody, ...]
    notes: tuple[str, ...]
    nearest: tuple[CitationBody, ...]
    probability: float | None
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    trace: AnswerTrace | None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """From the domain."""
        search = answer.search
        return cls(
            answer=shown_answer(answer),
            mode=answer.mode,
            reason=answer.reason,
            sentences=answer.sentences,
            citations=CitationBody.all_of(answer.citations),
            notes=answer.notes,
            nearest=CitationBody.all_of(answer.nearest),
            probability=answer.probability,
            degraded=answer.degraded,
            timings_ms=answer.timings_ms,
            trace=None
            if search.trace is None
            else AnswerTrace(
                search=search.trace,
                hits=[HitBody.of(hit) for hit in search.hits],
                statements=answer.statements,
                draft=answer.draft,
            ),
        )


class SentenceBody(BaseModel):
    """A sentence of an answer under way; ``sources`` are the citations that it is first to use."""

    text: str
    setting: str
    verdict: str
    citations: tuple[int, ...]
    sources: tuple[CitationBody, ...]

    @classmethod
    def of(cls, event: SentenceEvent) -> Self:
        """From the domain."""
        sentence = event.sentence
        return cls(
            text=sentence.text,
            setting=sentence.setting,
            verdict=sentence.verdict,
            citations=sentence.citations,
            sources=CitationBody.all_of(event.citations),
        )


def read_filter(source: JsonValue) -> Filter | None:
    """See `app.filters.parse_filter`. Raises `InvalidFilter`."""
    where = parse_filter(source)
    try:
        json.dumps(source, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidFilter("The filter holds half a character (an unpaired surrogate).") from None
    return where
