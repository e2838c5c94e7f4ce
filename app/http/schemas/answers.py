"""Request and response bodies of searches and answers, converted to and from domain objects.

Where a domain object already has the shape that clients count on, it is the schema:
`AnswerSentence`, `Contribution`, `Trace`. ``tests/http`` pins every field by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
)

from app import requests
from app.domain.answers import (
    Answer,
    AnswerSentence,
    DraftSentence,
    SentenceEvent,
    StatementTrace,
)
from app.domain.documents import MetadataValue, Span
from app.domain.hits import Contribution, Hit, SearchResult, Trace
from app.domain.queries import Reading, ReadingKind
from app.domain.questions import Turn
from app.errors import InvalidFilter
from app.filters import Filter, parse_filter
from app.http.schemas.citations import AnswerCitation
from app.http.schemas.instants import Instant
from app.http.schemas.markdown import shown_answer

MAX_QUERY_CHARACTERS: Final = 8_000
MAX_TURN_CHARACTERS: Final = MAX_QUERY_CHARACTERS
MAX_TURNS: Final = 50
MAX_HISTORY_CHARACTERS: Final = 64_000
"""Limit on the sum over all turns."""
MAX_LIMIT: Final = 100
MAX_ROUTES: Final = 8
MAX_IGNORED: Final = 16


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("String should have a visible character")
    return text


Query = Annotated[
    str, Field(min_length=1, max_length=MAX_QUERY_CHARACTERS), AfterValidator(_not_blank)
]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, strict=True)]


class _Request(BaseModel):
    # A misspelt field that is silently ignored costs its author an afternoon.
    model_config = ConfigDict(extra="forbid")


class HistoryTurn(_Request):
    """A message of the conversation before the question."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=MAX_TURN_CHARACTERS)]


def _not_too_long(history: list[HistoryTurn]) -> list[HistoryTurn]:
    if sum(len(turn.content) for turn in history) > MAX_HISTORY_CHARACTERS:
        raise ValueError(
            f"History should have at most {MAX_HISTORY_CHARACTERS:,} characters in all; "
            "leave out its oldest messages"
        )
    return history


History = Annotated[list[HistoryTurn], Field(max_length=MAX_TURNS), AfterValidator(_not_too_long)]


def _turns(history: list[HistoryTurn]) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, turn.content) for turn in history)


class SearchRequest(_Request):
    """The body of ``POST /v1/collections/{name}/search``."""

    query: Query
    limit: Limit = 10
    filter: JsonValue = None
    routes: Annotated[list[str], Field(min_length=1, max_length=MAX_ROUTES)] | None = None
    rerank: StrictBool | None = None
    explain: StrictBool = False
    history: History = []
    now: Instant | None = Field(
        None, description='the instant that "last week" counts from; now, where it is not given'
    )
    ignore: Annotated[
        list[ReadingKind],
        Field(max_length=MAX_IGNORED, description="what must not be read into the query"),
    ] = []

    def to_domain(self) -> requests.SearchRequest:
        """Converts the body into the request that the service takes. Raises `InvalidFilter`."""
        return requests.SearchRequest(
            query=self.query,
            limit=self.limit,
            where=read_filter(self.filter),
            routes=None if self.routes is None else tuple(self.routes),
            rerank=self.rerank,
            explain=self.explain,
            history=_turns(self.history),
            now=self.now,
            ignore=frozenset(self.ignore),
        )


class AnswerRequest(_Request):
    """The body of ``POST /v1/collections/{name}/answer``."""

    query: Query
    history: History = []
    limit: Limit | None = None
    filter: JsonValue = None
    stream: StrictBool = False
    explain: StrictBool = False

    def to_domain(self) -> requests.AnswerRequest:
        """Converts the body into the request that the service takes. Raises `InvalidFilter`."""
        return requests.AnswerRequest(
            query=self.query,
            history=_turns(self.history),
            limit=self.limit,
            where=read_filter(self.filter),
            explain=self.explain,
        )


class SearchHit(BaseModel):
    """A passage that the search found."""

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
    def from_domain(cls, hit: Hit) -> Self:
        """Converts the domain object."""
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


class SearchResponse(BaseModel):
    """The hits of a search; ``trace`` is present when the request set ``explain``.

    ``readings`` are what was read into the query; a request may ``ignore`` each of their kinds.
    """

    hits: list[SearchHit]
    readings: tuple[Reading, ...]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    trace: Trace | None

    @classmethod
    def from_domain(cls, result: SearchResult) -> Self:
        """Converts the domain object."""
        return cls(
            hits=[SearchHit.from_domain(hit) for hit in result.hits],
            readings=result.readings,
            degraded=result.degraded,
            timings_ms=result.timings_ms,
            trace=result.trace,
        )


class AnswerTrace(BaseModel):
    """How an answer was made: its search, the judged statements, and the draft.

    ``settings`` are those of the answer; the search has its own.
    """

    settings: Mapping[str, object]
    search: Trace
    hits: list[SearchHit]
    statements: tuple[StatementTrace, ...]
    draft: tuple[DraftSentence, ...]


class AnswerResponse(BaseModel):
    """An answer: ``answer`` is its whole text as Markdown, ``sentences`` are its verbatim parts.

    ``reason`` and ``nearest`` are present when the service abstains, ``trace`` when the request
    set ``explain``. ``notes`` are remarks of the service about the answer; ``probability`` is that
    the best statement found answers the question.
    """

    answer: str
    mode: Literal["generated", "extractive", "abstained"]
    reason: str | None
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[AnswerCitation, ...]
    notes: tuple[str, ...]
    nearest: tuple[AnswerCitation, ...]
    probability: float | None
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    trace: AnswerTrace | None

    @classmethod
    def from_domain(cls, answer: Answer) -> Self:
        """Converts the domain object."""
        search = answer.search
        return cls(
            answer=shown_answer(answer),
            mode=answer.mode,
            reason=answer.reason,
            sentences=answer.sentences,
            citations=AnswerCitation.all_from_domain(answer.citations),
            notes=answer.notes,
            nearest=AnswerCitation.all_from_domain(answer.nearest),
            probability=answer.probability,
            degraded=answer.degraded,
            timings_ms=answer.timings_ms,
            trace=None
            if search.trace is None
            else AnswerTrace(
                settings=answer.settings,
                search=search.trace,
                hits=[SearchHit.from_domain(hit) for hit in search.hits],
                statements=answer.statements,
                draft=answer.draft,
            ),
        )


class StreamedSentence(BaseModel):
    """One sentence of a streamed answer; ``sources`` are the citations that no earlier one used."""

    text: str
    setting: str
    verdict: str
    citations: tuple[int, ...]
    sources: tuple[AnswerCitation, ...]

    @classmethod
    def from_domain(cls, event: SentenceEvent) -> Self:
        """Converts the domain object."""
        sentence = event.sentence
        return cls(
            text=sentence.text,
            setting=sentence.setting,
            verdict=sentence.verdict,
            citations=sentence.citations,
            sources=AnswerCitation.all_from_domain(event.citations),
        )


def read_filter(source: JsonValue) -> Filter | None:
    """Parses a filter (`app.filters.parse_filter`). Raises `InvalidFilter`."""
    where = parse_filter(source)
    try:
        json.dumps(source, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidFilter("The filter holds half a character (an unpaired surrogate).") from None
    return where
