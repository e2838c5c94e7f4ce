"""The grid of settings to try."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from eval.tuning.batch_fusion import Family, Setting

STEPS: Final = {1: 1, 2: 20}
"""Weights are multiples of 1 / STEPS, by the number of routes."""
STEPS_OF_MANY: Final = 10
"""STEPS for more routes; the number of points is exponential in the routes."""
DEPTHS: Final = (20, 50, 100, 200)
"""Depths to try, up to the recalled depth."""
RRF_KS: Final = (1.0, 10.0, 30.0, 60.0, 120.0)
SCORE_FUSIONS: Final = ("zscore", "convex")


def settings_to_try(routes: int, *, recalled_depth: int, default: Setting) -> list[Setting]:
    """Every fusion at every depth with weights that sum to 1; ``default`` comes first.

    With a single route only the depth varies. Settings of one family are adjacent.
    """
    depths = sorted({depth for depth in DEPTHS if depth <= recalled_depth} | {recalled_depth})
    families = [default.family]
    k = default.family.rrf_k  # of no effect: another would make the default's family appear twice
    families += [Family(fusion, depth, k) for fusion in SCORE_FUSIONS for depth in depths]
    families += [Family("rrf", recalled_depth, rrf_k) for rrf_k in RRF_KS]
    tried = [
        Setting(family, weights)
        for family in dict.fromkeys(families)
        for weights in _weights(routes)
    ]
    return list(dict.fromkeys([default, *tried]))


def _weights(routes: int) -> Sequence[tuple[float, ...]]:
    """All points of the simplex on the grid."""
    steps = STEPS.get(routes, STEPS_OF_MANY)
    return [
        tuple(part / steps for part in parts)
        for parts in itertools.product(range(steps + 1), repeat=routes)
        if sum(parts) == steps
    ]
