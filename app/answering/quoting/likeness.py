"""Whether two statements say the same, or fill the same place with something else.

A number, a name or a negation that differs makes two statements of almost the same words two facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.answering.verifying.claims import denies, names
from app.answering.verifying.quantities import mentioned_quantities
from app.domain import Statement
from app.text.normalise import normalise

SAME: Final = 0.85
"""Overlap of terms from which two statements without another value say the same."""
ALIKE: Final = 0.5
"""Overlap of terms, values left out, from which they speak of the same thing."""
_VALUE: Final = re.compile(r"[^\W_]*\d[^\W_]*")


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement as it is compared: its words, its values, whether it denies."""

    words: frozenset[str]
    values: frozenset[str]
    names: frozenset[str]
    denies: bool
    text: str


def shape_of(statement: Statement, terms: Callable[[str], list[str]]) -> Shape:
    """Words are terms without a digit; values are quantities and whatever has a digit."""
    text = statement.text
    held = frozenset(terms(text))
    values = {str(quantity) for quantity in mentioned_quantities(text)}
    values |= {match.group() for match in _VALUE.finditer(normalise(text))}
    words = frozenset(t for t in held if not any(map(str.isdigit, t)))
    return Shape(
        words, frozenset(values), frozenset(n.lower() for n in names(text)), denies(text), text
    )


def say_the_same(one: Shape, other: Shape) -> bool:
    """Whether nothing is lost by saying only one of them."""
    if one.values != other.values or one.denies != other.denies or one.names != other.names:
        return False
    return _overlap(one.words, other.words) >= SAME


def fill_one_place(one: Shape, other: Shape) -> bool:
    """Whether they speak of the same and differ in what they say of it."""
    return not say_the_same(one, other) and _overlap(one.words, other.words) >= ALIKE


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left | right else 1.0
