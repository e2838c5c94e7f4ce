"""What a run trains: a reranker or an embedder, behind one face."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from train.combining.held_out import Score
from train.cross_encoder.samples import Split


class Trainee(Protocol):
    """A model that is trained once. Its checkpoints lie in the folder that it was made with."""

    @property
    def kind(self) -> str:
        """``reranker`` or ``embedder``: the setting below ``models`` that will name it."""

    def train(self, split: Split, progress: Callable[[str], None]) -> int:
        """Trains, from the last checkpoint on where there is one; see `train.trainer.learn`.

        Args:
            split: Questions to train on, and those that checkpoints are chosen by.
            progress: Told in a line how it goes.

        Returns:
            The step whose weights it has now, or the last of those that are averaged.
        """

    def before(self) -> Score:
        """How the base scores."""

    def after(self) -> Score:
        """How the model scores now."""

    def save(self, folder: Path) -> None:
        """Writes an ordinary Hugging Face folder, which must not exist."""
