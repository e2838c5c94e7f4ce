"""What a recall route is: a name, a way to rank chunks, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.hits import Candidate
from app.domain.queries import Query
from app.filters import Filter
from app.ports.analyzer import Analyzer
from app.ports.models import Embedder, SparseEmbedder
from app.ports.store import Collection
from app.settings import RetrievalSettings


class Route(Protocol):
    """One way to recall candidates from one collection."""

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        """Candidates, best first; ranks from 1, no chunk twice."""

    def trust(self, language: str) -> float:
        """How far it is to be trusted with questions in a language, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a route may be made of; analyzer and embedders make of a query what it compares."""

    collection: Collection
    analyzer: Analyzer
    embedder: Embedder
    settings: RetrievalSettings
    sparse_embedder: SparseEmbedder | None = None


@dataclass(frozen=True, slots=True)
class RouteKind:
    """A route before it belongs to a collection.

    ``name`` is what requests, settings, weights and traces call it. ``needs`` is the
    representation of a chunk that it compares, as `Fingerprint.representations` names those that
    a collection keeps; a route may bring one of its own, made of the chunks' text. ``least`` is
    the least score that it can give, ``None`` where there is none. A route that
    ``counts_by_lead`` matches words: it counts by how much more of a question its best hit holds
    than what the others found (`app.retrieval.fusion.coverage`). One that ``follows`` adds to what
    others found: it counts only where its first hit is theirs too (`app.retrieval.fusion.trust`).
    """

    name: str
    needs: str
    make: Callable[[Parts], Route]
    least: float | None = None
    counts_by_lead: bool = False
    follows: bool = False
