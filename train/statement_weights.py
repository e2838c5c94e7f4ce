"""Fits the weights of statement features by cross-validated logistic regression.

An example is a statement that was judged for one part of a question. Three models are fitted: the
selection of statements that the reader scores; the probability that a statement answers, by which
statements are ranked; and the confidence that the best one answers, by which an answer is given or
withheld. Each question has the same total weight, and no question is in both the training and the
test part of a fold. The threshold maximises right answers minus `WRONG_COSTS` times wrong answers
over the held-out probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import rivals_apart, standing
from app.answering.evidence.judgement import Features, Weights
from app.domain.statements import Statement

Floats = NDArray[np.float64]
FOLDS: Final = 5
INVERSE_RIDGE: Final = 0.3
LEAST_SCALE: Final = 1e-6
"""Smallest scale of a feature, for features that are constant."""
WRONG_COSTS: Final = 2.0
"""Number of right answers that one wrong answer outweighs."""
STEPS: Final = 5_000
BY_MODELS: Final = frozenset({"similarity", "across_similarity", "read", "across_read"})
"""Features that need a model for each statement."""


@dataclass(frozen=True, slots=True)
class StatementExample:
    """A judged statement with its features.

    ``answers`` says whether it answers, ``eligible`` whether its names allow it to.
    """

    question: str
    part: Part
    statement: Statement
    answerable: bool
    features: Features
    answers: bool
    eligible: bool


def without_reader(row: StatementExample) -> StatementExample:
    """The example as it is without a reader."""
    return replace(row, features=replace(row.features, read=None))


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """Held-out scores, where each question is answered by its most probable statement.

    Shares are in [0, 1]: ``first`` is the share of answerable questions whose best statement
    answers; ``right`` and ``wrong`` are shares of them at the threshold; ``refused`` is the share
    of unanswerable questions that are refused there.
    """

    questions: int
    first: float
    threshold: float
    right: float
    wrong: float
    refused: float | None


def learn_selection(rows: Sequence[StatementExample]) -> Weights:
    """Fits the selection: weights of features that need no model, from all candidates."""
    named = [
        {name: value for name, value in row.features.values().items() if name not in BY_MODELS}
        for row in rows
    ]
    table = _DesignMatrix(named, [row.answers for row in rows])
    return table.weights(_question_weights([row.question for row in rows]))


@dataclass(frozen=True, slots=True)
class LearnedEvidence:
    """Weights of statements and of confidence, and their held-out scores by set."""

    statement: Weights
    confidence: Weights
    tested: Mapping[str, HeldOutScores]

    def as_json(self) -> dict[str, object]:
        """Content of the file that `app.answering.evidence.judgement` reads."""
        return weights_as_json(self.statement) | {"confidence": weights_as_json(self.confidence)}


def weights_as_json(weights: Weights) -> dict[str, object]:
    """Weights as they are stored in JSON."""
    return {"intercept": weights.intercept, "factors": dict(weights.factors)}


def learn_evidence(
    sets: Mapping[str, Sequence[StatementExample]], *, terms: Callable[[str], list[str]]
) -> LearnedEvidence:
    """Fits statement and confidence weights to all sets, with held-out scores.

    ``terms`` is the analyzer's function. Confidence is fitted to held-out probabilities of
    statements.
    """
    rows = [row for of_set in sets.values() for row in of_set]
    statements = _DesignMatrix(
        [row.features.values() for row in rows], [row.answers for row in rows]
    )
    groups = [row.question for row in rows]
    share = _question_weights(groups)
    probabilities = statements.held_out(groups, share)
    places = _rows_of_parts(rows)
    standings, best = [], []
    for of_part in places:
        ranked = sorted(of_part, key=lambda at: -probabilities[at] * rows[at].eligible)
        judged = [_judged(rows[at], probabilities[at]) for at in ranked]
        followers = rivals_apart(rows[ranked[0]].part, judged, terms)
        standings.append(standing(judged[0], followers))
        best.append(rows[ranked[0]])
    questions = [row.question for row in best]
    sure = _DesignMatrix(standings, [row.answers and row.eligible for row in best])
    confidence = sure.held_out(questions, np.ones(len(best)))
    names = np.array([row.question.partition(" ")[0] for row in best])
    tested: dict[str, HeldOutScores] = {}
    for name in sets:
        own = [row for row, of in zip(best, names, strict=True) if of == name]
        tested[name] = score_held_out(own, confidence[names == name])
    return LearnedEvidence(statements.weights(share), sure.weights(np.ones(len(best))), tested)


class _DesignMatrix:
    """A standardised feature matrix and its labels."""

    def __init__(self, measures: Sequence[Mapping[str, float]], truth: Sequence[bool]) -> None:
        self._names = sorted(measures[0])
        values = [[row.get(name, 0.0) for name in self._names] for row in measures]
        self._design = np.array(values, dtype=np.float64)
        self._mean = self._design.mean(axis=0)
        self._scale = np.maximum(self._design.std(axis=0), LEAST_SCALE)
        self._standard = (self._design - self._mean) / self._scale
        self._truth = np.array(truth, dtype=bool)

    def held_out(self, groups: Sequence[str], share: Floats) -> Floats:
        """Predicts each row with weights that were fitted to other groups."""
        found = np.zeros(len(self._truth))
        for learn, test in GroupKFold(FOLDS).split(self._standard, self._truth, groups):
            model = self._fit(learn, share)
            found[test] = model.predict_proba(self._standard[test])[:, 1]
        return found

    def weights(self, share: Floats) -> Weights:
        """Fits all rows and returns weights of the unscaled features."""
        model = self._fit(np.arange(len(self._truth)), share)
        factors = model.coef_[0] / self._scale
        intercept = float(model.intercept_[0] - (factors * self._mean).sum())
        named = {n: round(float(f), 4) for n, f in zip(self._names, factors, strict=True)}
        return Weights(round(intercept, 4), named)

    def _fit(self, places: NDArray[np.int64], share: Floats) -> LogisticRegression:
        model = LogisticRegression(C=INVERSE_RIDGE, max_iter=STEPS)
        return model.fit(self._standard[places], self._truth[places], sample_weight=share[places])


def _rows_of_parts(rows: Sequence[StatementExample]) -> list[list[int]]:
    """Indexes of the rows of each part of each question."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        found.setdefault((row.question, row.part.text), []).append(at)
    return list(found.values())


def _judged(row: StatementExample, probability: float) -> Judged:
    return Judged(row.statement, row.features, float(probability) if row.eligible else 0.0)


def score_held_out(rows: Sequence[StatementExample], probabilities: Floats) -> HeldOutScores:
    """Scores of these probabilities at the best threshold."""
    best: dict[str, tuple[float, bool]] = {}
    answerable: dict[str, bool] = {}
    for row, probability in zip(rows, probabilities, strict=True):
        found = (float(probability) if row.eligible else 0.0, row.answers)
        best[row.question] = max(best.get(row.question, (0.0, False)), found)
        answerable[row.question] = row.answerable
    right = np.array([best[q] for q in best if answerable[q]])
    none = np.array([best[q][0] for q in best if not answerable[q]])

    def gain(threshold: float) -> float:
        answered = right[:, 0] >= threshold
        wrong = (answered & (right[:, 1] == 0)).sum() + (none >= threshold).sum()
        return float((answered & (right[:, 1] == 1)).sum() - WRONG_COSTS * wrong)

    threshold = max(np.linspace(0.05, 0.95, 91), key=gain)
    answered = right[:, 0] >= threshold
    return HeldOutScores(
        questions=len(best),
        first=float(right[:, 1].mean()),
        threshold=round(float(threshold), 2),
        right=float((answered & (right[:, 1] == 1)).mean()),
        wrong=float((answered & (right[:, 1] == 0)).mean()),
        refused=float((none < threshold).mean()) if len(none) else None,
    )


def _question_weights(groups: Sequence[str]) -> Floats:
    """Sample weights that give each question the same total; their mean is one."""
    names, counts = np.unique(groups, return_counts=True)
    of = dict(zip(names, counts, strict=True))
    weights: Floats = np.array([len(groups) / len(names) / of[name] for name in groups])
    return weights
