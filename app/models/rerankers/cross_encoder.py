"""Reranks with any cross-encoder that transformers loads, as fast as this machine can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Self

from tokenizers import Tokenizer

from app.models.devices import THE_CPU, Device, batch_tokens
from app.models.folder import ModelFolder
from app.models.rerankers.excerpt import Budget, excerpts
from app.models.runtimes.encoder import Precision
from app.models.runtimes.pair_precision import load_scorer
from app.models.runtimes.pair_scorer import PairScorer, pad_pairs, score_by_length
from app.models.runtimes.precision import Choice

BATCH_TOKENS: Final = 2_048
"""Tokens of one batch, padding included. On CPUs larger ones gain nothing and use more memory;
of a card, see `app.models.devices.batch_tokens`."""


class CrossEncoderReranker:
    """Implements the `Reranker` port.

    Scores are the model's raw logits: any real number, higher is better, and the scale is the
    model's own. No sigmoid is applied, which would keep the order and flatten the differences at
    either end. Of a long passage an excerpt is read, see `app.models.rerankers.excerpt`.
    """

    def __init__(
        self,
        model_id: str,
        scorer: PairScorer,
        choice: Choice,
        *,
        budget: Budget,
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        """Takes a loaded model; `load` loads one."""
        self.choice = choice
        self._id = model_id
        self._scorer = scorer
        self._budget = budget
        self._batch_tokens = batch_tokens

    choice: Choice
    """The numeric form in use and what it was chosen by."""

    @classmethod
    def load(
        cls,
        model: ModelFolder,
        *,
        cache: Path,
        budget: Budget,
        device: Device = THE_CPU,
        precision: Literal["auto"] | Precision = "auto",
        threads: int = 0,
    ) -> Self:
        """Loads ``model``; ``precision="auto"`` measures once what is fastest here.

        Raises:
            ConfigurationError: the device lacks the form that is asked for, or has none that is
                right.
            ModelIncompatible: the folder holds no cross-encoder with a single score.
        """
        scorer, choice = load_scorer(
            model, cache=cache, device=device, precision=precision, threads=threads
        )
        return cls(
            model.id,
            scorer,
            choice,
            budget=budget,
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

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's; it neither pads nor truncates."""
        return self._scorer.tokenizer

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One raw logit a passage, in their order."""
        if not passages:
            return []
        tokenizer = self._scorer.tokenizer
        asked, read = excerpts(tokenizer, query, passages, self._budget)
        encodings = tokenizer.encode_batch([(asked, passage) for passage in read])
        return score_by_length(
            self._scorer,
            [len(encoding.ids) for encoding in encodings],
            lambda indexes: pad_pairs([encodings[i] for i in indexes], self._scorer.facts),
            most=self._batch_tokens,
        )
