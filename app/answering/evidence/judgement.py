"""From what is measured of a statement to the probability that it answers: logistic regression.

Two sets of weights, with a reader and without one, in ``weights.json`` beside this module, which
``rag train evidence`` learns and cross-validates. Without the embedder, the weights of
``similarity`` and ``passage`` have nothing to multiply; then what words say is trusted as it is.

Source: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999, for the calibration.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from app.domain.probability import log_odds
from app.errors import ConfigurationError

WEIGHTS_FILE: Final = "weights.json"
_LARGEST: Final = 30.0
"""Log odds beyond which a probability is as good as 0 or 1."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of a statement; see `app.answering.evidence.relevance`.

    ``across`` is 1 where question and statement are of languages that share no words. ``read`` is
    the reader's probability, ``None`` where none read it.
    """

    similarity: float
    said: float
    covered: float
    counted: float
    absent: float
    contrast: float
    unnamed: float
    implied: float
    unkind: float
    passage: float
    prior: float
    around: float
    titled: float
    first: float
    novel: float
    tier: float
    row: float
    across: float
    read: float | None = None

    def values(self) -> dict[str, float]:
        """By name, what is weighed: the reader's probability as log odds, products included."""
        found = {
            field.name: float(getattr(self, field.name))
            for field in fields(self)
            if field.name != "read"
        }
        found["across_similarity"] = self.across * self.similarity
        found["across_passage"] = self.across * self.passage
        if self.read is not None:
            found["read"] = log_odds(self.read)
            found["across_read"] = self.across * found["read"]
        return found


@dataclass(frozen=True, slots=True)
class Weights:
    """Log odds are ``intercept`` plus the sum of ``factors`` times the values of those names."""

    intercept: float
    factors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Judge:
    """Gives probabilities, by other weights where a reader was asked.

    ``selection`` weighs what is measured without any model, by which the statements are chosen that
    models look at; ``statement`` all that was measured, ``confidence`` how it stands among the
    others.
    """

    selection: Weights
    statement: Weights
    read_statement: Weights
    confident: Weights
    read_confident: Weights

    def promise(self, features: Features) -> float:
        """How likely a statement answers by what costs nothing, in [0, 1]."""
        return _logistic(self.selection, features.values())

    def probability(self, features: Features) -> float:
        """That a statement answers, in [0, 1]."""
        weights = self.statement if features.read is None else self.read_statement
        return _logistic(weights, features.values())

    def confidence(self, standing: Mapping[str, float], *, read: bool) -> float:
        """That the best statement answers, in [0, 1]; see `app.answering.evidence.confidence`."""
        return _logistic(self.read_confident if read else self.confident, standing)


def _logistic(weights: Weights, values: Mapping[str, float]) -> float:
    odds = weights.intercept + math.fsum(
        factor * values[name] for name, factor in weights.factors.items() if name in values
    )
    return 1.0 / (1.0 + math.exp(-max(-_LARGEST, min(_LARGEST, odds))))


@lru_cache(maxsize=1)
def shipped_judge() -> Judge:
    """The weights that come along."""
    return _judge(json.loads(files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")))


def read_judge(file: Path) -> Judge:
    """Weights that ``rag train evidence`` wrote; those it did not learn are the shipped ones.

    Raises:
        ConfigurationError: the file can't be read as such.
    """
    shipped = json.loads(files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8"))
    try:
        return _judge(shipped | json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"models.evidence names {file}, which `rag train evidence` did not write: {error}"
        ) from error


def _judge(stored: Any) -> Judge:
    return Judge(
        _weights(stored["selection"]),
        _weights(stored["without_reader"]),
        _weights(stored["with_reader"]),
        _weights(stored["without_reader"]["confidence"]),
        _weights(stored["with_reader"]["confidence"]),
    )


def _weights(stored: Any) -> Weights:
    factors = {str(name): float(factor) for name, factor in stored["factors"].items()}
    return Weights(float(stored["intercept"]), factors)
