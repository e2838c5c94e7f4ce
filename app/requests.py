"""What may be asked of the service. Values are checked where they come in, by the HTTP schemas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.queries import ReadingKind
from app.domain.questions import Turn
from app.filters import Filter


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """From a question to hits. ``None`` means what the settings say.

    ``history`` ends before the query. ``now`` is the instant, with its time zone, that "last week"
    counts from; the server's clock where it is ``None``. Of the kinds in ``ignore`` nothing is read
    into the query.
    """

    query: str
    limit: int = 10
    where: Filter | None = None
    routes: tuple[str, ...] | None = None
    rerank: bool | None = None
    explain: bool = False
    history: tuple[Turn, ...] = ()
    now: datetime | None = None
    ignore: frozenset[ReadingKind] = frozenset()


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """From a question to an answer; ``history`` ends before it, ``limit`` counts passages."""

    query: str
    history: tuple[Turn, ...] = ()
    limit: int | None = None
    where: Filter | None = None
    explain: bool = False
