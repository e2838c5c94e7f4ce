"""Reranks with any sentence-transformers cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from sentence_transformers import CrossEncoder

from app.errors import ModelIncompatible
from app.models.folder import ModelFolder
from app.models.third_party import quiet

BATCH_PAIRS: Final = 16
"""Pairs of one batch. On CPUs larger ones gain nothing and use more memory."""


class CrossEncoderReranker:
    """Implements the `Reranker` port.

    Scores are the model's raw logits: any real number, higher is better, and the scale is the
    model's own. No sigmoid is applied, which would keep the order and flatten the differences at
    either end. Pairs beyond the model's limit lose the end of the longer text.
    """

    def __init__(
        self, model: ModelFolder, *, threads: int = 0, batch_pairs: int = BATCH_PAIRS
    ) -> None:
        """Loads ``model``; ``threads`` 0 leaves their number to PyTorch.

        Raises:
            ModelIncompatible: the folder holds no cross-encoder with a single score.
        """
        if threads:
            torch.set_num_threads(threads)
        try:
            with quiet():
                self._model = CrossEncoder(
                    str(model.path), local_files_only=True, trust_remote_code=False
                )
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise ModelIncompatible(f"{model.id} can't be loaded: {error}") from error
        if self._model.num_labels != 1:
            raise ModelIncompatible(
                f"{model.id} gives {self._model.num_labels} scores a pair; a reranker gives one"
            )
        self._activation = torch.nn.Identity()
        self._id = model.id
        self._batch_pairs = batch_pairs

    @property
    def id(self) -> str:
        """Names the model."""
        return self._id

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One raw logit a passage, in their order."""
        if not passages:
            return []
        scores = self._model.predict(  # sorts by length itself
            [(query, passage) for passage in passages],
            batch_size=self._batch_pairs,
            show_progress_bar=False,
            activation_fn=self._activation,
            convert_to_numpy=True,
        )
        return [float(score) for score in scores]
