"""Weights in bfloat16 that learn: an optimizer moves float32 copies of them, its masters.

A card reads and writes half as much for bfloat16, but a small step is lost in its eight bits.

Source: P. Micikevicius et al., "Mixed Precision Training", ICLR 2018, section 3.1.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


class MasterWeights:
    """Float32 copies of ``weights``; of weights that are float32 themselves, no copies."""

    def __init__(self, weights: Iterable[Tensor]) -> None:
        self._pairs = [
            (weight, weight if weight.dtype == torch.float32 else weight.detach().float())
            for weight in weights
        ]

    @property
    def masters(self) -> list[Tensor]:
        """What an optimizer is given, in the order of the weights."""
        return [master for _, master in self._pairs]

    def take_gradients(self) -> None:
        """Gives each master the gradient of its weight."""
        for weight, master in self._pairs:
            if master is not weight:
                master.grad = None if weight.grad is None else weight.grad.float()

    def write_back(self) -> None:
        """Gives each weight what its master has become."""
        with torch.no_grad():
            for weight, master in self._pairs:
                if master is not weight:
                    weight.copy_(master)

    def read_again(self) -> None:
        """Gives each master the value of its weight, which was loaded anew."""
        with torch.no_grad():
            for weight, master in self._pairs:
                if master is not weight:
                    master.copy_(weight)
