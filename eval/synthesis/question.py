"""The types of synthetic questions, each with the passage that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
"""Languages of questions."""


class Kind(StrEnum):
    """The source of a question."""

    DEFINITION = "definition"
    """A sentence that says what something is."""
    HEADING = "heading"
    """A heading or a title."""
    FACT = "fact"
    """A sentence with a date, a value, a name or a place."""
    GENERATED = "generated"
    """A whole passage, by a model."""


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question and its ``subject``, the part of ``text`` that is not from the template."""

    text: str
    subject: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question with the passage that it was made from.

    ``quote`` is a verbatim part of the document that contains the answer or begins it.
    """

    text: str
    subject: str
    kind: Kind
    lang: Language
    document_id: str
    chunk_id: str
    quote: str
