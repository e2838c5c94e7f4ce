"""Says how likely statements answer a question, with a cross-encoder trained for it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

from app.errors import ModelIncompatible
from app.models.bundled.packed_weights import CONFIG_FILE
from app.models.devices import THE_CPU, Device, batch_tokens
from app.models.folder import ModelFolder
from app.models.readers.statement_pairs import batch_of, lay_out
from app.models.runtimes.encoder import Precision
from app.models.runtimes.pair_precision import load_scorer
from app.models.runtimes.pair_scorer import PairScorer, score_by_length
from app.models.runtimes.precision import Choice

SCALE_KEY: Final = "attest_reader"
"""Of the model's configuration: an object with `Scale`'s fields. Only readers have it."""
BATCH_TOKENS: Final = 2_048
"""Tokens of one batch, padding included; of a card, see `app.models.devices.batch_tokens`."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a logit into a probability: ``sigmoid(slope · logit + intercept)``.

    Source: J. Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to
    Regularized Likelihood Methods", 1999; fitted on statements that were held out.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, logit: float) -> float:
        """In [0, 1]."""
        return 0.5 + 0.5 * math.tanh(0.5 * (self.slope * logit + self.intercept))


class StatementReader:
    """Implements the `Reader` port.

    Statements of like length are run together, in batches that depend on nothing but them, so that
    the same call gives the same numbers, unless a card runs out of memory.
    """

    def __init__(
        self,
        model_id: str,
        scorer: PairScorer,
        choice: Choice,
        *,
        scale: Scale,
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        """Takes a loaded model; `load` loads one."""
        self.choice = choice
        self._id = model_id
        self._scorer = scorer
        self._scale = scale
        self._batch_tokens = batch_tokens

    choice: Choice
    """The numeric form in use and what it was chosen by."""

    @classmethod
    def load(
        cls,
        model: ModelFolder,
        *,
        cache: Path,
        device: Device = THE_CPU,
        precision: Literal["auto"] | Precision = "auto",
        threads: int = 0,
    ) -> Self:
        """Loads ``model``; ``precision="auto"`` measures once what is fastest here.

        Raises:
            ConfigurationError: the device lacks the form that is asked for, or has none that is
                right.
            ModelIncompatible: the folder holds no reader.
        """
        scale = read_scale(model.path)
        scorer, choice = load_scorer(
            model, cache=cache, device=device, precision=precision, threads=threads
        )
        if not scorer.facts.types:
            raise ModelIncompatible(f"{model.id} tells no question from a statement by token types")
        return cls(
            model.id,
            scorer,
            choice,
            scale=scale,
            batch_tokens=batch_tokens(choice.device, on_cpu=BATCH_TOKENS),
        )

    @property
    def placement(self) -> str:
        """For people: the device and the numeric form."""
        return self.choice.placement

    @property
    def id(self) -> str:
        """Names the model."""
        return self._id

    def read(self, question: str, statements: Sequence[str]) -> list[float]:
        """P(answers) of each statement, in their order.

        What stands before the first line break of a statement is its setting.
        """
        return [self._scale.probability(logit) for logit in self.logits(question, statements)]

    def logits(self, question: str, statements: Sequence[str]) -> list[float]:
        """The raw logit of each statement, in their order."""
        if not statements:
            return []
        facts = self._scorer.facts
        pairs = lay_out(self._scorer.tokenizer, question, statements)
        return score_by_length(
            self._scorer,
            [len(pair.ids) for pair in pairs],
            lambda indexes: batch_of(
                [pairs[i] for i in indexes], pad=facts.pad_id, most=facts.max_length
            ),
            most=self._batch_tokens,
        )


def read_scale(folder: Path) -> Scale:
    """The scale of the reader in ``folder``. Raises `ModelIncompatible` where it is no reader."""
    try:
        config: dict[str, Any] = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        scale = Scale(**{name: float(value) for name, value in config[SCALE_KEY].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelIncompatible(
            f"{folder.name} is no reader of statements; train one with `rag train reader`"
        ) from error
    if not (math.isfinite(scale.slope) and math.isfinite(scale.intercept) and scale.slope > 0):
        raise ModelIncompatible(
            f"{folder.name}/{CONFIG_FILE}: the slope under {SCALE_KEY} must be positive and finite"
        )
    return scale


def write_scale(folder: Path, scale: Scale) -> None:
    """Makes the cross-encoder in ``folder`` a reader whose logits have ``scale``."""
    file = folder / CONFIG_FILE
    config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    config[SCALE_KEY] = {"slope": scale.slope, "intercept": scale.intercept}
    file.write_text(json.dumps(config, indent=2), encoding="utf-8")
