"""Scores of the ensemble at other fusion weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eval.page.elements import Element
from eval.page.plots import Axis, Series, line_plot

MOST_MARKS: Final = 11
"""Number of weights that are marked and listed, not counting the last one."""


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """The ensemble with this weight of the first route; the others share what is left of 1."""

    weight: float
    hit_at_1: float
    mrr_at_10: float


def sweep_plot(points: Sequence[SweepPoint], route: str) -> Element:
    """Both measures by the weight of ``route``; at least two points."""
    ordered = sorted(points, key=lambda point: point.weight)
    weights = [point.weight for point in ordered]
    step = -(-len(weights) // MOST_MARKS)
    marks = tuple(dict.fromkeys([*weights[::step], weights[-1]]))
    series = [
        Series("hit@1", tuple((point.weight, point.hit_at_1) for point in ordered)),
        Series("mrr@10", tuple((point.weight, point.mrr_at_10) for point in ordered)),
    ]
    axis = Axis(f"weight of {route}", marks)
    return line_plot(f"Ensemble by weight of {route}", axis, "mean", series)
