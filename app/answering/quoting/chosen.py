"""The statements that were chosen for one part of a question."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.asking.asked import Part
from app.domain.statements import Statement


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one part of a question is answered with.

    ``differ`` is whether statements contradict each other, ``left_out`` how many items of a list
    are not among ``statements``, ``listed`` how many there are where a number was asked for and
    none is stated.
    """

    part: Part
    statements: tuple[Statement, ...] = ()
    probability: float = 0.0
    differ: bool = False
    left_out: int = 0
    listed: int | None = None
