"""Calibration: are answers with probability p right in a share p of all cases?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.scoring import AnswerScores

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well the probabilities of given answers tell right ones from others.

    ``error`` is the expected calibration error in [0, 1]: the mean over `BINS` bins of equal size
    of the distance between mean probability and share of right answers. ``auc`` is the area under
    the ROC curve: the chance that a right answer has a higher probability than another one;
    ``None`` where there are no right or no other answers. Answers count that were given: to measure
    all of them, set ``answer.min_probability`` to 0.

    Sources: M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining Well Calibrated Probabilities
    Using Bayesian Binning", AAAI 2015; K. Nguyen and B. O'Connor, "Posterior calibration and
    exploratory analysis for natural language processing models", EMNLP 2015, for bins of equal
    size.
    """

    answers: int
    error: float
    auc: float | None


def score_calibration(questions: Sequence[AnswerScores]) -> Calibration | None:
    """Calibration over the answers with a probability and an outcome; ``None`` if there are none.

    An answer to an unanswerable question is not right.
    """
    given = [
        (question.probability, question.outcome is AnswerOutcome.RIGHT)
        for question in questions
        if question.probability is not None
        and question.outcome is not None
        and question.mode != "abstained"
    ]
    if not given:
        return None
    given.sort(key=lambda one: one[0])
    probabilities = np.array([probability for probability, _ in given])
    right = np.array([float(is_right) for _, is_right in given])
    places = np.array_split(np.arange(len(given)), min(BINS, len(given)))
    error = sum(len(bin_) * abs(probabilities[bin_].mean() - right[bin_].mean()) for bin_ in places)
    return Calibration(len(given), float(error) / len(given), _auc(probabilities, right))


def _auc(probabilities: np.ndarray, right: np.ndarray) -> float | None:
    positive, negative = probabilities[right == 1], probabilities[right == 0]
    if not (len(positive) and len(negative)):
        return None
    apart = positive[:, None] - negative[None, :]
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())
