"""The learning rate schedule of runs whose length is a time."""

from __future__ import annotations

from typing import Final

_LOWEST: Final = 0.01


def rate_factor(share: float, *, warmup: float) -> float:
    """Factor of the learning rate when ``share`` of the time is spent.

    It rises from 0 during the first ``warmup`` of the time and falls to 0 at the end, but is never
    below a hundredth.
    """
    factor = share / warmup if share < warmup else (1 - share) / (1 - warmup)
    return max(factor, _LOWEST)
