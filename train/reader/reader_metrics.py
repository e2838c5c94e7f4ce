"""Metrics of a reader on held-out groups, and the calibration of its logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.models.readers.statement_reader import Scale
from train.reader.statement_groups import StatementGroup

Logits = Sequence[Sequence[float]]
"""Logits by group and statement."""
_STEPS: Final = 50
_RIDGE: Final = 1e-3
"""Pulls the slope to 1 and the intercept to 0, so separable data has a finite fit."""


@dataclass(frozen=True, slots=True)
class ReaderScores:
    """Metrics over the groups of one source.

    ``first`` is the share of questions whose best statement answers. ``statements`` is the area
    under the ROC curve of statements that answer against those that do not. ``questions`` is the
    same for the best statements of answerable and of unanswerable questions. A metric is ``None``
    where there is nothing to compare.
    """

    source: str
    answered: int
    unanswered: int
    first: float | None
    statements: float | None
    questions: float | None


def measure(groups: Sequence[StatementGroup], logits: Logits) -> list[ReaderScores]:
    """Computes the metrics of each source, ordered by its name."""
    readings = []
    for source in sorted({group.source for group in groups}):
        of_source = [(g, x) for g, x in zip(groups, logits, strict=True) if g.source == source]
        with_answer = [(g, x) for g, x in of_source if g.answered]
        right = [g.statements[int(np.argmax(x))].answers for g, x in with_answer]
        scored = [
            (s.answers, v) for g, x in with_answer for s, v in zip(g.statements, x, strict=True)
        ]
        best = [(g.answered, max(x)) for g, x in of_source]
        readings.append(
            ReaderScores(
                source,
                len(with_answer),
                len(of_source) - len(with_answer),
                sum(right) / len(right) if right else None,
                area_under_curve(scored),
                area_under_curve(best),
            )
        )
    return readings


def area_under_curve(scored: Sequence[tuple[bool, float]]) -> float | None:
    """Area under the ROC curve: P(a positive is scored above a negative), ties counting half."""
    right = np.array([score for answers, score in scored if answers])
    wrong = np.sort([score for answers, score in scored if not answers])
    if not (right.size and wrong.size):
        return None
    below = np.searchsorted(wrong, right, side="left")
    up_to = np.searchsorted(wrong, right, side="right")
    return float((below + up_to).sum() / (2 * right.size * wrong.size))


def fit_scale(groups: Sequence[StatementGroup], logits: Logits) -> Scale:
    """Fits the slope and intercept that turn logits into probabilities (Platt scaling).

    Source: J. Platt, 1999 (see `app.models.readers.statement_reader.Scale`), by Newton's method.
    """
    x = np.array([value for part in logits for value in part])
    y = np.array(
        [statement.answers for group in groups for statement in group.statements], dtype=np.float64
    )
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
