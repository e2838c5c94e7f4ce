"""How well logits tell statements that answer, and what probabilities they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.models.readers.statement_reader import Scale
from train.reader.groups import Group

Logits = Sequence[Sequence[float]]
"""Of each statement of each group."""
_STEPS: Final = 50
_RIDGE: Final = 1e-3
"""Pulls the slope to 1 and the intercept to 0, so that separable statements have a scale too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Scores of the groups of one source.

    ``first`` is the share of questions whose best statement answers; ``statements`` the area under
    the curve of statements that answer against those that do not; ``questions`` the same for the
    best statement of questions that have an answer and of those that have none. ``None`` where
    there is nothing to compare.
    """

    source: str
    answered: int
    unanswered: int
    first: float | None
    statements: float | None
    questions: float | None


def measure(groups: Sequence[Group], logits: Logits) -> list[Reading]:
    """By source, ascending."""
    readings = []
    for source in sorted({group.source for group in groups}):
        told = [(g, x) for g, x in zip(groups, logits, strict=True) if g.source == source]
        with_answer = [(g, x) for g, x in told if g.answered]
        right = [g.said[int(np.argmax(x))].answers for g, x in with_answer]
        said = [(s.answers, v) for g, x in with_answer for s, v in zip(g.said, x, strict=True)]
        best = [(g.answered, max(x)) for g, x in told]
        readings.append(
            Reading(
                source,
                len(with_answer),
                len(told) - len(with_answer),
                sum(right) / len(right) if right else None,
                area_under_curve(said),
                area_under_curve(best),
            )
        )
    return readings


def area_under_curve(scored: Sequence[tuple[bool, float]]) -> float | None:
    """P(a right one is scored above a wrong one), ties counting half."""
    right = np.array([score for answers, score in scored if answers])
    wrong = np.sort([score for answers, score in scored if not answers])
    if not (right.size and wrong.size):
        return None
    below = np.searchsorted(wrong, right, side="left")
    up_to = np.searchsorted(wrong, right, side="right")
    return float((below + up_to).sum() / (2 * right.size * wrong.size))


def fit_scale(groups: Sequence[Group], logits: Logits) -> Scale:
    """The slope and intercept under which the answers of ``groups`` are likeliest.

    Source: J. Platt, 1999 (see `app.models.readers.statement_reader.Scale`), by Newton's method.
    """
    x = np.array([value for part in logits for value in part])
    y = np.array([said.answers for group in groups for said in group.said], dtype=np.float64)
    features = np.stack([x, np.ones_like(x)], axis=1)
    start = np.array([1.0, 0.0])
    weights: NDArray[np.float64] = start.copy()
    for _ in range(_STEPS):
        p = 0.5 + 0.5 * np.tanh(0.5 * (features @ weights))
        gradient = features.T @ (p - y) + _RIDGE * (weights - start)
        curve = (features * (p * (1 - p))[:, None]).T @ features + _RIDGE * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        size = float(np.abs(step).max())
        weights = weights - step / max(size, 1.0)  # no further than one: far off, Newton overshoots
        if size < 1e-9:  # noqa: PLR2004 - it stands still
            break
    return Scale(float(max(weights[0], _RIDGE)), float(weights[1]))
