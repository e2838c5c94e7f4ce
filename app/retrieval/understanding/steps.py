"""What a step of understanding takes and gives. A new one is a file here and a line in `STEPS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.queries import FollowUp, Reading, ReadingKind, Variant
from app.filters import And, Filter
from app.ports.analyzer import Analyzer
from app.ports.models import Generator
from app.ports.store import Collection
from app.requests import SearchRequest
from app.settings import RetrievalSettings


@dataclass(frozen=True, slots=True)
class Means:
    """What steps may use: the request, the collection and its analyzer, and a generator."""

    request: SearchRequest
    collection: Collection
    analyzer: Analyzer
    settings: RetrievalSettings
    generator: Generator | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text on its way to a query. A step returns it changed, or the same where it has no say.

    ``where`` is what hits must fulfil by what was understood so far, the request's own filter
    among it; ``degraded`` says which step failed.
    """

    text: str
    where: Filter | None = None
    readings: tuple[Reading, ...] = ()
    variants: tuple[Variant, ...] = ()
    follow_up: FollowUp | None = None
    degraded: tuple[str, ...] = ()

    def narrowed(self, where: Filter) -> Filter:
        """Its filter and ``where``."""
        return where if self.where is None else And((self.where, where))


@dataclass(frozen=True, slots=True)
class Step:
    """One way to understand more of a text; a request may ask to leave its ``kind`` alone."""

    kind: ReadingKind
    understand: Callable[[Draft, Means], Draft]


Steps: TypeAlias = tuple[Step, ...]
