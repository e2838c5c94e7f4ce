"""A name: something precise that a question asks about, and what sort of name it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What sort of name it is; identifiers and numbers must be met to the character."""

    IDENTIFIER = "identifier"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a question names. ``text`` is as it was written."""

    text: str
    sort: Sort

    @property
    def strict(self) -> bool:
        """Whether nothing may stand for it, in any language."""
        return self.sort is not Sort.NAME
