"""What a search finds, and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.documents import Chunk
from app.domain.queries import Reading, Variant


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk as one route ranked it. ``rank`` starts at 1; a higher score is better.

    ``path`` is how the route came to it, where it came by steps: for the graph, what the question
    names, then passages and what they share, the chunk last.
    """

    chunk_id: str
    rank: int
    score: float
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one route added to a fused score; ``path`` as in `Candidate`."""

    rank: int
    score: float
    contribution: float
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk after fusion, with each route's part in its score."""

    chunk_id: str
    rank: int
    score: float
    routes: Mapping[str, Contribution]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk as a search returns it.

    ``score`` is the fused score, the sum of the contributions of its routes; ``rank`` comes after
    term matches and reranking, so that scores can rise with the rank.

    ``term_match``, 0 to 1, says how closely it holds the query's terms; ``None`` where that was not
    looked at, as ``rerank_score`` is where nothing reranked it. ``relevance`` is the probability
    that it is relevant, ``None`` where none can be told.
    """

    rank: int
    score: float
    chunk: Chunk
    routes: Mapping[str, Contribution]
    term_match: float | None = None
    rerank_score: float | None = None
    relevance: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateTrace:
    """One candidate's way through the pipeline; ``dropped`` says where and why it left."""

    chunk_id: str
    document_id: str
    routes: Mapping[str, Contribution]
    fused_rank: int
    fused_score: float
    term_match: float | None = None
    rerank_score: float | None = None
    relevance: float | None = None
    final_rank: int | None = None
    dropped: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything a search did: settings in force, stages with their time, and each candidate."""

    query: str
    language: str
    terms: tuple[str, ...]
    variants: tuple[Variant, ...]
    settings: Mapping[str, object]
    candidates: tuple[CandidateTrace, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``degraded`` names each part that failed and was left out, with a reason safe to show.

    ``readings`` are what was read into the query. ``trace`` is there when the request asked for it.
    """

    hits: tuple[Hit, ...]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    readings: tuple[Reading, ...] = ()
    trace: Trace | None = None
