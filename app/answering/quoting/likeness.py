"""Whether two statements say the same, or fill the same place with something else.

A number, a name or a negation that differs makes two statements of almost the same words two facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.answering.verifying.atoms import atoms_of
from app.answering.verifying.claims import denies, names, words
from app.domain.statements import Statement

SAME: Final = 0.85
"""Overlap of terms from which two statements without another value say the same.

Neither this nor `ALIKE` is a setting: how sure an answer is was learned of the statements that they
tell from it (`app.answering.evidence.confidence`).
"""
ALIKE: Final = 0.5
"""Overlap of terms, values left out, from which they speak of the same thing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement as it is compared: its words, its values, whether it denies.

    ``names`` may hold a word that only begins its sentence; ``tokens`` are all that could be one.
    """

    words: frozenset[str]
    values: frozenset[str]
    names: frozenset[str]
    tokens: frozenset[str]
    denies: bool


def shape_of(statement: Statement, terms: Callable[[str], list[str]]) -> Shape:
    """Values are dates, times, versions, identifiers and quantities, in one spelling each.

    Words are the terms of the rest that hold no digit.
    """
    text = statement.text
    atoms = atoms_of(text, every_numeral=True)
    values = (*atoms.dates, *atoms.times, *atoms.dotted, *atoms.identifiers, *atoms.quantities)
    return Shape(
        words=frozenset(t for t in terms(atoms.rest) if not any(map(str.isdigit, t))),
        values=frozenset(map(str, values)),
        names=frozenset(name.lower() for name in names(atoms.rest)),
        tokens=words(text),
        denies=denies(text),
    )


def say_the_same(one: Shape, other: Shape) -> bool:
    """Whether nothing is lost by saying only one of them."""
    if one.values != other.values or one.denies != other.denies:
        return False
    if not (one.names <= other.tokens and other.names <= one.tokens):
        return False
    return _overlap(one.words, other.words) >= SAME


def alike(one: Shape, other: Shape) -> bool:
    """Whether they speak of the same, whatever they say of it."""
    return say_the_same(one, other) or fill_one_place(one, other)


def fill_one_place(one: Shape, other: Shape) -> bool:
    """Whether they speak of the same and differ in what they say of it."""
    return not say_the_same(one, other) and _overlap(one.words, other.words) >= ALIKE


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left | right else 1.0
