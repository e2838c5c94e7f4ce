"""A mean with the number of questions that it is over."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.retrieval.table import Resampling
from eval.statistics.significance import Interval, bootstrap_interval


@dataclass(frozen=True, slots=True)
class Score:
    """A mean over ``n`` questions with its bootstrap interval."""

    mean: float
    n: int
    interval: Interval


def mean_score(values: Sequence[float], resampling: Resampling) -> Score | None:
    """Mean of one value per question; ``None`` without values."""
    if not values:
        return None
    interval = bootstrap_interval(
        values,
        level=resampling.level,
        resamples=resampling.resamples,
        seed=resampling.seed,
    )
    return Score(math.fsum(values) / len(values), len(values), interval)
