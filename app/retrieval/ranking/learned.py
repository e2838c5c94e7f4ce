"""What ``rag train combination`` learns: how far to trust term matches and rerankers.

It learns on whole sets of questions, each of which is left out in turn. ``combination.json`` beside
this module is what ships; it says which sets these were, and what was gained on them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from app.errors import ConfigurationError
from app.retrieval.ranking.relevance import Calibration

FILE: Final = "combination.json"
NO_RERANKER: Final = "none"
"""What having none is called."""


@dataclass(frozen=True, slots=True)
class Combination:
    """How much the term match counts, and how far rerankers are trusted."""

    match: float
    trust: float


@dataclass(frozen=True, slots=True)
class Learned:
    """Of ``rag train combination``; calibrations by the id of the reranker."""

    combination: Combination
    calibrations: Mapping[str, Calibration]


@cache
def shipped() -> Learned:
    """What ships with Attest."""
    return _parsed((files("app.retrieval.ranking") / FILE).read_text(encoding="utf-8"))


def read_learned(file: Path) -> Learned:
    """What ``rag train combination`` wrote to ``file``.

    Raises:
        ConfigurationError: it can't be read, or is something else.
    """
    try:
        return _parsed(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"models.combination is {file}, which can't be read as a file that "
            f"`rag train combination` wrote: {error}"
        ) from error


def _parsed(source: str) -> Learned:
    content = json.loads(source)
    calibrations = [Calibration(**one) for one in content["calibrations"]]
    by_reranker = {calibration.reranker: calibration for calibration in calibrations}
    if NO_RERANKER not in by_reranker:
        raise ValueError("it has no calibration without a reranker")
    return Learned(Combination(**content["combination"]), by_reranker)
