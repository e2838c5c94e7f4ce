"""What surrounds a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Sense:
    """What words are called in the other language.

    A text that holds all of ``held`` says what ``terms`` say; both are an analyzer's. ``text`` is
    how it is written there.
    """

    terms: frozenset[str]
    held: frozenset[str]
    text: str
