"""Confidence intervals of means and tests of differences, given one score per query.

Queries are the unit of resampling. Sources:

- B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13 (percentile
  interval) and ch. 16 (test of a mean by shifting the sample to the null hypothesis).
- T. Sakai, "Evaluating Evaluation Metrics Based on the Bootstrap", SIGIR 2006 (the paired form).
- M. D. Smucker, J. Allan and B. Carterette, "A Comparison of Statistical Significance Tests for
  Information Retrieval Evaluation", CIKM 2007 (the randomisation test, and that it is to be
  preferred).

Scores take few distinct values (a hit rate two, a reciprocal rank at 10 eleven), so a resample is
drawn as the count of each value: the same distribution as drawing queries one by one, at a fraction
of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 10_000
"""Default number of resamples. The smallest p-value that can come out is 1 / (resamples + 1)."""
LEVEL: Final = 0.95
"""Default coverage of an interval."""
SEED: Final = 20_061_122
"""Default seed; any other gives the same conclusions up to the noise of resampling."""
BLOCK_ELEMENTS: Final = 1 << 22
"""Most counts that are held in memory at once (8 bytes each)."""
TIE: Final = 1e-9
"""Statistics this close, relatively, are equal: their sums differ only in rounding."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; ``level`` is its nominal coverage."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The mean of paired differences, with its interval and two two-sided p-values."""

    difference: float
    interval: Interval
    p_bootstrap: float
    p_randomisation: float


def bootstrap_interval(
    scores: Sequence[float],
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """Percentile bootstrap interval of the mean.

    Raises:
        ValueError: no scores, or a parameter is out of its range.
    """
    sample = _sample(scores, resamples)
    means = _bootstrap_means(sample, resamples, np.random.default_rng(seed))
    return _percentile_interval(means, level)


def paired_test(
    scores: Sequence[float],
    baseline: Sequence[float],
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> PairedTest:
    """Tests whether two systems differ on the same queries, given in the same order.

    A positive difference says that ``scores`` are higher than ``baseline``.

    Raises:
        ValueError: no scores, unequal lengths, or a parameter is out of its range.
    """
    if len(scores) != len(baseline):
        raise ValueError(f"{len(scores)} scores can't be paired with {len(baseline)}")
    differences = _sample(scores, resamples) - _sample(baseline, resamples)
    bootstrap_rng, randomisation_rng = np.random.default_rng(seed).spawn(2)
    mean = float(differences.mean())
    means = _bootstrap_means(differences, resamples, bootstrap_rng)
    flipped = _sign_flipped_means(differences, resamples, randomisation_rng)
    return PairedTest(
        difference=mean,
        interval=_percentile_interval(means, level),
        p_bootstrap=_p_value(means - mean, mean),
        p_randomisation=_p_value(flipped, mean),
    )


def _sample(scores: Sequence[float], resamples: int) -> Floats:
    if not scores:
        raise ValueError("there is nothing to resample")
    if resamples < 1:
        raise ValueError(f"at least one resample is needed, not {resamples}")
    return np.asarray(scores, dtype=np.float64)


def _bootstrap_means(sample: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """``(resamples,)`` means of samples drawn with replacement."""
    values, counts = np.unique(sample, return_counts=True)
    n = sample.size
    blocks = [
        rng.multinomial(n, counts / n, size=size) @ values / n
        for size in _blocks(resamples, values.size)
    ]
    return np.concatenate(blocks)


def _sign_flipped_means(sample: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """``(resamples,)`` means after the sign of each element is kept or flipped at even odds."""
    values, counts = np.unique(np.abs(sample), return_counts=True)
    blocks = [
        (2 * rng.binomial(counts, 0.5, size=(size, values.size)) - counts) @ values / sample.size
        for size in _blocks(resamples, values.size)
    ]
    return np.concatenate(blocks)


def _blocks(resamples: int, values: int) -> Iterator[int]:
    block = max(1, BLOCK_ELEMENTS // values)
    for start in range(0, resamples, block):
        yield min(block, resamples - start)


def _percentile_interval(means: Floats, level: float) -> Interval:
    if not 0.0 < level < 1.0:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return Interval(float(low), float(high), level)


def _p_value(null_means: Floats, observed: float) -> float:
    """Two-sided; the observed sample counts as one more resample, so that p is never 0."""
    extreme = np.count_nonzero(np.abs(null_means) >= abs(observed) * (1.0 - TIE))
    return float(extreme + 1) / (null_means.size + 1)
