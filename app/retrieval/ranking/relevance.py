"""What scores mean: the probability that a candidate is relevant.

It follows from a candidate's combined score and from the best rerank score of its query; without a
reranker, or with one that was not calibrated, from what recall says of it and from the best term
match. Logistic regression, learned beside the combination (`app.retrieval.ranking.combination`).

Source: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LARGEST: Final = 30.0
"""Log odds beyond which a probability is as good as 0 or 1."""

Floats = NDArray[np.float64]
"""``(n,) float64``, one a candidate."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores mean: the log odds that a candidate is relevant, in three parts.

    ``score`` multiplies the candidate's combined score and ``best`` the highest rerank score of its
    query, which tells whether there is an answer at all. ``reranker`` is the id of the one whose
    scores these are. Where it is ``none``, they stand for `recalled` and the highest term match.
    """

    reranker: str
    intercept: float
    score: float
    best: float


def relevance(combined: Floats, best: Floats | float, calibration: Calibration) -> Floats:
    """Probability that each candidate is relevant, 0 to 1; the higher its score, the higher.

    Args:
        combined: Combined scores.
        best: Of each candidate's query, see `Calibration`.
        calibration: Of the reranker that gave the scores, or of none.
    """
    odds = calibration.intercept + calibration.score * combined + calibration.best * best
    probabilities: Floats = 1.0 / (1.0 + np.exp(-np.clip(odds, -_LARGEST, _LARGEST)))
    return probabilities
