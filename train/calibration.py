"""From scores to probabilities, and how far these are to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS: Final = 10
STEPS: Final = 50
"""Newton steps; a logistic regression of three numbers needs fewer than ten."""
RIDGE: Final = 1e-6
"""Keeps separable data from running away."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """``features`` is ``(n, f)``, ``relevant`` is ``(n,)`` of ones and zeros."""

    features: Floats
    relevant: Floats


def fit_logistic(parts: Sequence[Pairs]) -> tuple[float, ...]:
    """Intercept and weights of a logistic regression in which each part counts alike.

    Source: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999; fitted by Newton's
    method (iteratively reweighted least squares).
    """
    features = np.concatenate([part.features for part in parts])
    design = np.column_stack([np.ones(len(features)), features])
    relevant = np.concatenate([part.relevant for part in parts])
    share = np.concatenate([np.full(len(part.relevant), 1 / len(part.relevant)) for part in parts])
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        probability = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (share * (relevant - probability)) - RIDGE * weights
        curvature = share * probability * (1.0 - probability)
        hessian = (design * curvature[:, None]).T @ design + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(hessian, gradient)
        weights += step
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004 - settled
            break
    return tuple(float(weight) for weight in weights)


def expected_calibration_error(
    probabilities: Floats, relevant: Floats, *, bins: int = BINS
) -> float:
    """Mean distance of the probability from the frequency, over bins of equal width; 0 to 1.

    Each bin counts by the pairs in it.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    error = 0.0
    for bin_ in range(bins):
        inside = place == bin_
        if inside.any():
            error += inside.mean() * abs(probabilities[inside].mean() - relevant[inside].mean())
    return float(error)
