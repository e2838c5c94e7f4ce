"""How a learning rate goes up and down over a run whose length is a time."""

from __future__ import annotations

from typing import Final

_LOWEST: Final = 0.01


def rate_factor(share: float, *, warmup: float) -> float:
    """What the learning rate is multiplied by when ``share`` of the time is spent.

    It rises from 0 for the first ``warmup`` of the time and falls to 0 by the end, and is never
    less than a hundredth.
    """
    factor = share / warmup if share < warmup else (1 - share) / (1 - warmup)
    return max(factor, _LOWEST)
