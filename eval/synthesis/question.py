"""What synthesis makes: questions that a known passage answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
"""The languages that questions are written in."""


class Kind(StrEnum):
    """What a question was made from."""

    DEFINITION = "definition"
    """A sentence that says what something is."""
    HEADING = "heading"
    """A heading or a title."""
    FACT = "fact"
    """A sentence with a date, a value, a name or a place."""
    GENERATED = "generated"
    """A whole passage, by a model."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it is about: its ``subject`` is ``text`` without the template's words."""

    text: str
    subject: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question with the passage that it was made from.

    ``quote`` is a verbatim string of the document and carries the answer, or begins it.
    """

    text: str
    subject: str
    kind: Kind
    lang: Language
    document_id: str
    chunk_id: str
    quote: str
