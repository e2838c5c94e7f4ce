"""Probabilities on the scale on which evidence adds up."""

from __future__ import annotations

import math
from typing import Final

_LEAST: Final = 1e-4
"""Probability that counts as none in log odds; the weights of evidence were learned with it."""


def log_odds(probability: float) -> float:
    """Of a probability, which is taken to be neither 0 nor 1."""
    bounded = min(1 - _LEAST, max(_LEAST, probability))
    return math.log(bounded / (1 - bounded))
