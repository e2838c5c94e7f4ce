"""What a store keeps of a text to find it by its words."""

from __future__ import annotations

from typing import NamedTuple

from app.ports.analyzer import Analyzer


class Analysed(NamedTuple):
    """``terms`` are what a text is ranked by, ``sequence`` is where phrases are looked for."""

    terms: list[str]
    sequence: list[str]


def analysed(text: str, analyzer: Analyzer) -> Analysed:
    """A text, taken apart both ways."""
    return Analysed(analyzer.terms(text), analyzer.sequence(text))
