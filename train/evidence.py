"""Learns what the measures of a statement are worth: logistic regression, cross-validated.

One row is one statement that was judged for one part of a question. First it is learned which
statements are worth a look by a model. Of these, two things are learned: the
probability that a statement answers, by which statements are ranked, and how sure it is that the
best one does, by which an answer is given or withheld. Each question counts alike, and questions
are never split between what is learned on and what is tested on. The threshold follows from the
tested probabilities: the one at which answers that are right outweigh those that are wrong by
most, a wrong answer counting `WRONG_COSTS` times.
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
"""Of a measure that is the same everywhere."""
WRONG_COSTS: Final = 2.0
"""Right answers that one wrong answer outweighs."""
STEPS: Final = 5_000
BY_MODELS: Final = frozenset({"similarity", "across_similarity", "read", "across_read"})
"""Measures that cost a model's time for each statement."""


@dataclass(frozen=True, slots=True)
class Row:
    """A judged statement; ``answers`` is whether it does, ``able`` whether no name rules it out."""

    question: str
    part: Part
    statement: Statement
    answerable: bool
    features: Features
    answers: bool
    able: bool


def unread(row: Row) -> Row:
    """``row`` as it is where there is no reader."""
    return replace(row, features=replace(row.features, read=None))


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


def learn_selection(rows: Sequence[Row]) -> Weights:
    """Weights of what is measured without any model, from ``rows`` of all candidates."""
    named = [
        {name: value for name, value in row.features.values().items() if name not in BY_MODELS}
        for row in rows
    ]
    table = _Table(named, [row.answers for row in rows])
    return table.weights(_share([row.question for row in rows]))


@dataclass(frozen=True, slots=True)
class LearnedEvidence:
    """Weights of statements and of confidence, and the test of both, set by set."""

    statement: Weights
    confidence: Weights
    tested: Mapping[str, Tested]

    def as_json(self) -> dict[str, object]:
        """What `app.answering.evidence.judgement` reads."""
        return weights_as_json(self.statement) | {"confidence": weights_as_json(self.confidence)}


def weights_as_json(weights: Weights) -> dict[str, object]:
    """As they are stored."""
    return {"intercept": weights.intercept, "factors": dict(weights.factors)}


def learn_evidence(
    sets: Mapping[str, Sequence[Row]], *, terms: Callable[[str], list[str]]
) -> LearnedEvidence:
    """Weights from all sets, and what they gain on questions that they were not learned on.

    ``terms`` are the analyzer's.

    Confidence is learned on probabilities of statements that were not learned on themselves.
    """
    rows = [row for of_set in sets.values() for row in of_set]
    statements = _Table([row.features.values() for row in rows], [row.answers for row in rows])
    groups = [row.question for row in rows]
    share = _share(groups)
    probabilities = statements.held_out(groups, share)
    places = _by_part(rows)
    standings, best = [], []
    for of_part in places:
        ranked = sorted(of_part, key=lambda at: -probabilities[at] * rows[at].able)
        judged = [_judged(rows[at], probabilities[at]) for at in ranked]
        followers = rivals_apart(rows[ranked[0]].part, judged, terms)
        standings.append(standing(judged[0], followers))
        best.append(rows[ranked[0]])
    questions = [row.question for row in best]
    sure = _Table(standings, [row.answers and row.able for row in best])
    confidence = sure.held_out(questions, np.ones(len(best)))
    names = np.array([row.question.partition(" ")[0] for row in best])
    tested: dict[str, Tested] = {}
    for name in sets:
        own = [row for row, of in zip(best, names, strict=True) if of == name]
        tested[name] = test_rows(own, confidence[names == name])
    return LearnedEvidence(statements.weights(share), sure.weights(np.ones(len(best))), tested)


class _Table:
    """Measures by name, one row each, and what is to be told from them."""

    def __init__(self, measures: Sequence[Mapping[str, float]], truth: Sequence[bool]) -> None:
        self._names = sorted(measures[0])
        values = [[row.get(name, 0.0) for name in self._names] for row in measures]
        self._design = np.array(values, dtype=np.float64)
        self._mean = self._design.mean(axis=0)
        self._scale = np.maximum(self._design.std(axis=0), LEAST_SCALE)
        self._standard = (self._design - self._mean) / self._scale
        self._truth = np.array(truth, dtype=bool)

    def held_out(self, groups: Sequence[str], share: Floats) -> Floats:
        """Probabilities of each row by weights that were learned on other groups."""
        found = np.zeros(len(self._truth))
        for learn, test in GroupKFold(FOLDS).split(self._standard, self._truth, groups):
            model = self._fit(learn, share)
            found[test] = model.predict_proba(self._standard[test])[:, 1]
        return found

    def weights(self, share: Floats) -> Weights:
        """Learned on all rows, for measures as they are."""
        model = self._fit(np.arange(len(self._truth)), share)
        factors = model.coef_[0] / self._scale
        intercept = float(model.intercept_[0] - (factors * self._mean).sum())
        named = {n: round(float(f), 4) for n, f in zip(self._names, factors, strict=True)}
        return Weights(round(intercept, 4), named)

    def _fit(self, places: NDArray[np.int64], share: Floats) -> LogisticRegression:
        model = LogisticRegression(C=INVERSE_RIDGE, max_iter=STEPS)
        return model.fit(self._standard[places], self._truth[places], sample_weight=share[places])


def _by_part(rows: Sequence[Row]) -> list[list[int]]:
    """The places of the rows of each part of each question."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        found.setdefault((row.question, row.part.text), []).append(at)
    return list(found.values())


def _judged(row: Row, probability: float) -> Judged:
    return Judged(row.statement, row.features, float(probability) if row.able else 0.0)


def test_rows(rows: Sequence[Row], probabilities: Floats) -> Tested:
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


def _share(groups: Sequence[str]) -> Floats:
    """Weights with which each question counts alike; their mean is one."""
    names, counts = np.unique(groups, return_counts=True)
    of = dict(zip(names, counts, strict=True))
    weights: Floats = np.array([len(groups) / len(names) / of[name] for name in groups])
    return weights
