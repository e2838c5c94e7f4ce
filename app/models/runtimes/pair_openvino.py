"""Runs a cross-encoder with OpenVINO, from files in the cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from app.models.runtimes.openvino_runtime import (
    FACTS_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    OpenVinoModel,
)
from app.models.runtimes.pair_scorer import PairBatch, PairFacts, Scores
from app.models.runtimes.shared_tokenizer import shared_tokenizer

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""What an exported cross-encoder takes; one without token types leaves the last out."""


class OpenVinoPairScorer:
    """An exported cross-encoder."""

    precision: Literal["openvino"] = "openvino"

    def __init__(self, folder: Path, threads: int) -> None:
        """Loads ``folder``; ``threads`` 0 leaves their number to OpenVINO."""
        self.facts = PairFacts(**json.loads((folder / FACTS_FILE).read_text(encoding="utf-8")))
        self.tokenizer = shared_tokenizer(folder / TOKENIZER_FILE)
        self._model = OpenVinoModel(folder / MODEL_FILE, threads)

    def score(self, batch: PairBatch) -> Scores:
        """The raw logit of each pair."""
        inputs = [batch.ids, batch.mask, *([batch.types] if self.facts.types else [])]
        (scores,) = self._model.run(inputs)
        return scores
