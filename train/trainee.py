"""The interface of a model that a run trains, a reranker or an embedder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from train.cross_encoder.samples import Split
from train.score_combination.held_out import Score


class Trainee(Protocol):
    """A model that is trained once; its checkpoints are in the folder that it was made with."""

    @property
    def kind(self) -> str:
        """``reranker`` or ``embedder``: the field of the settings ``models`` that will name it."""

    def train(self, split: Split, progress: Callable[[str], None]) -> int:
        """Trains from the last checkpoint on, if there is one; see `train.trainer.learn`.

        Args:
            split: Questions to train on, and those that checkpoints are chosen by.
            progress: Told in a line how it goes.

        Returns:
            The step whose weights it has now, or the last of those that are averaged.
        """

    def before(self) -> Score:
        """The scores of the base model."""

    def after(self) -> Score:
        """The scores of the model in its current state."""

    def save(self, folder: Path) -> None:
        """Writes a Hugging Face folder, which must not exist."""
