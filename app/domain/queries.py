"""What is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

QueryKind: TypeAlias = Literal["question", "identifier", "keywords"]

ReadingKind: TypeAlias = Literal[
    "operator", "time", "script", "spelling", "history", "sub-question", "rewording", "hypothesis"
]
"""What may be made of a text: see the files of `app.retrieval.understanding`."""
ALL_KINDS: Final[frozenset[ReadingKind]] = frozenset(get_args(ReadingKind))
"""To be ignored where a text was understood already."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was made of a text, to be shown beside what was found.

    ``text`` is the part of it as it was typed, ``meaning`` what it was taken for, in words or as
    the filter or the text that took its place.
    """

    kind: ReadingKind
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another text that is searched for beside the query: a part of it, other words for it.

    ``name`` tells it from the others of its query and stands in traces; ``weight``, above 0 and up
    to 1, is what its rankings count beside the query's own. ``routes`` are those that it is meant
    for, all where it is ``None``.
    """

    name: str
    kind: ReadingKind
    text: str
    terms: tuple[str, ...]
    weight: float = 1.0
    routes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How a question is read after others.

    ``question`` is what is asked; ``before`` is the question that it has to be read below, empty
    where it can be read by itself; ``subject`` is what "it" is, empty where that is not sure.
    """

    question: str
    before: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood: every route, the fusion, the ranking and the trace take it so.

    ``text`` is what is searched for, which may differ from what was typed by ``readings``.
    ``terms`` are the analyzer's, in their order, without function words where others are left;
    ``kind`` is told from the form of the text. ``variants`` are searched for beside it.
    ``follow_up`` is there where the text comes from a question that needed the ones before it.
    """

    text: str
    language: str
    kind: QueryKind
    terms: tuple[str, ...]
    readings: tuple[Reading, ...] = ()
    variants: tuple[Variant, ...] = ()
    follow_up: FollowUp | None = None
