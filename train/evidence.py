"""Learns what the measures of a statement are worth: logistic regression, cross-validated.

One row is one statement that was judged for one part of a question. Each question counts alike, and
questions are never split between what is learned on and what is tested on. The threshold follows
from the tested probabilities: the one at which answers that are right outweigh those that are
wrong by most, a wrong answer counting `WRONG_COSTS` times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from app.answering.evidence.judgement import Features

FOLDS: Final = 5
INVERSE_RIDGE: Final = 1.0
WRONG_COSTS: Final = 2.0
"""Right answers that one wrong answer outweighs."""
STEPS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """A judged statement; ``answers`` is whether it does, ``able`` whether no name rules it out."""

    question: str
    answerable: bool
    features: Features
    answers: bool
    able: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """Over questions that were not learned on, each answered by its most probable statement.

    Shares are in [0, 1]: ``first`` of answerable questions, that their best statement answers;
    ``right`` and ``wrong`` of them at the threshold; ``refused`` of unanswerable ones.
    """

    questions: int
    first: float
    threshold: float
    right: float
    wrong: float
    refused: float | None


@dataclass(frozen=True, slots=True)
class LearnedEvidence:
    """Weights by name, their intercept, and the test over sets."""

    intercept: float
    factors: Mapping[str, float]
    tested: Mapping[str, Tested]

    def as_json(self) -> dict[str, object]:
        """What `app.answering.evidence.judgement` reads."""
        return {"intercept": self.intercept, "factors": dict(self.factors)}


def learn_evidence(sets: Mapping[str, Sequence[Row]]) -> LearnedEvidence:
    """Weights from all sets, and what they gain on questions that they were not learned on."""
    rows = [row for of_set in sets.values() for row in of_set]
    names = sorted(rows[0].features.values())
    design = np.array([[row.features.values().get(name, 0.0) for name in names] for row in rows])
    answers = np.array([row.answers for row in rows])
    groups = [row.question for row in rows]
    share = _share(groups)
    held_out = np.zeros(len(rows))
    for learn, test in GroupKFold(FOLDS).split(design, answers, groups):
        model = _fit(design[learn], answers[learn], share[learn])
        held_out[test] = model.predict_proba(design[test])[:, 1]
    model = _fit(design, answers, share)
    tested: dict[str, Tested] = {}
    at = 0
    for name, of_set in sets.items():
        tested[name] = test_rows(of_set, held_out[at : at + len(of_set)])
        at += len(of_set)
    factors = {n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)}
    return LearnedEvidence(round(float(model.intercept_[0]), 4), factors, tested)


def test_rows(rows: Sequence[Row], probabilities: NDArray[np.float64]) -> Tested:
    """What these probabilities answer, at the best threshold."""
    best: dict[str, tuple[float, bool]] = {}
    answerable: dict[str, bool] = {}
    for row, probability in zip(rows, probabilities, strict=True):
        found = (float(probability) if row.able else 0.0, row.answers)
        best[row.question] = max(best.get(row.question, (0.0, False)), found)
        answerable[row.question] = row.answerable
    right = np.array([best[q] for q in best if answerable[q]])
    none = np.array([best[q][0] for q in best if not answerable[q]])

    def gain(threshold: float) -> float:
        said = right[:, 0] >= threshold
        wrong = (said & (right[:, 1] == 0)).sum() + (none >= threshold).sum()
        return float((said & (right[:, 1] == 1)).sum() - WRONG_COSTS * wrong)

    threshold = max(np.linspace(0.05, 0.95, 91), key=gain)
    said = right[:, 0] >= threshold
    return Tested(
        questions=len(best),
        first=float(right[:, 1].mean()),
        threshold=round(float(threshold), 2),
        right=float((said & (right[:, 1] == 1)).mean()),
        wrong=float((said & (right[:, 1] == 0)).mean()),
        refused=float((none < threshold).mean()) if len(none) else None,
    )


def _fit(
    design: NDArray[np.float64], answers: NDArray[np.bool_], share: NDArray[np.float64]
) -> LogisticRegression:
    model = LogisticRegression(C=INVERSE_RIDGE, max_iter=STEPS)
    return model.fit(design, answers, sample_weight=share)


def _share(groups: Sequence[str]) -> NDArray[np.float64]:
    """Weights with which each question counts alike; their mean is one."""
    names, counts = np.unique(groups, return_counts=True)
    of = dict(zip(names, counts, strict=True))
    weights: NDArray[np.float64] = np.array(
        [len(groups) / len(names) / of[name] for name in groups]
    )
    return weights
