"""Calibration of scores as probabilities, and its error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.retrieval.ranking.learned import NO_RERANKER, Combination
from app.retrieval.ranking.relevance import Calibration, Floats, relevance
from train.score_combination.reranked_questions import QuestionSets, RerankedQuestion

HITS: Final = 10
"""Number of hits that a search returns by default."""
BINS: Final = 10
STEPS: Final = 50
"""Most Newton steps; a logistic regression with three weights needs fewer than ten."""
RIDGE: Final = 1e-6
"""Ridge penalty that keeps the weights of separable data finite."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Training data: ``features`` is ``(n, f)``, ``relevant`` is ``(n,)`` of ones and zeros."""

    features: Floats
    relevant: Floats


def fit_logistic(parts: Sequence[Pairs]) -> tuple[float, ...]:
    """Fits a logistic regression in which each part has the same total weight.

    Returns the intercept and the weights.

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
    """Mean distance between probability and frequency over bins of equal width; 0 to 1.

    Each bin is weighted by its number of pairs.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    error = 0.0
    for bin_ in range(bins):
        inside = place == bin_
        if inside.any():
            error += inside.mean() * abs(probabilities[inside].mean() - relevant[inside].mean())
    return float(error)


@dataclass(frozen=True, slots=True)
class PredictedRelevance:
    """Predicted probabilities of hits being relevant, and whether they are; ``(n,)`` each."""

    probabilities: Floats
    relevant: Floats


def calibrations(
    sets: QuestionSets, combination: Combination, reranker: str | None
) -> tuple[Calibration, ...]:
    """Fits a calibration without a reranker and, if there is one, another with it."""
    plain = {name: [q.unreranked() for q in questions] for name, questions in sets.items()}
    found = [_calibration(plain, combination, NO_RERANKER)]
    if reranker is not None:
        found.append(_calibration(sets, combination, reranker))
    return tuple(found)


def predict_hits(
    questions: Sequence[RerankedQuestion], combination: Combination, calibration: Calibration
) -> dict[str, PredictedRelevance]:
    """Predicts the relevance of the hits that a search returns, by language of the question."""
    if calibration.reranker == NO_RERANKER:
        questions = [question.unreranked() for question in questions]
    found: dict[str, PredictedRelevance] = {}
    for language in sorted({question.language for question in questions}):
        asked = [question for question in questions if question.language == language]
        pairs = _pairs(asked, combination, first=HITS)
        probabilities = relevance(pairs.features[:, 0], pairs.features[:, 1], calibration)
        found[language] = PredictedRelevance(probabilities, pairs.relevant)
    return found


def errors_by_language(found: Iterable[Mapping[str, PredictedRelevance]]) -> dict[str, float]:
    """Expected calibration error over all predictions, by language."""
    everything: dict[str, list[PredictedRelevance]] = {}
    for by_language in found:
        for language, predicted in by_language.items():
            everything.setdefault(language, []).append(predicted)
    return {
        language: expected_calibration_error(
            np.concatenate([one.probabilities for one in predicted]),
            np.concatenate([one.relevant for one in predicted]),
        )
        for language, predicted in sorted(everything.items())
    }


def _calibration(sets: QuestionSets, combination: Combination, reranker: str) -> Calibration:
    parts = [_pairs(questions, combination) for questions in sets.values()]
    intercept, score, best = fit_logistic(parts)
    return Calibration(reranker=reranker, intercept=intercept, score=score, best=best)


def _pairs(
    questions: Sequence[RerankedQuestion], combination: Combination, *, first: int | None = None
) -> Pairs:
    """Features of the ``first`` candidates, or of all: score and best score of the query."""
    features, relevant = [], []
    for question in questions:
        scores, best = question.combined(combination), question.best
        for place in np.argsort(-scores, kind="stable")[:first]:
            features.append((float(scores[place]), best))
            relevant.append(question.judged.get(question.documents[place], 0) > 0)
    return Pairs(np.array(features), np.array(relevant, dtype=np.float64))
