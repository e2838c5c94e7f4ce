"""Personalised PageRank: how much of a walk that keeps coming back to its seeds each node sees."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

TOLERANCE: Final = 1e-9
"""The change, over all nodes, below which the walk has settled."""


def personalised_page_rank(
    sources: Indices,
    targets: Indices,
    shares: Numbers,
    seeds: Numbers,
    *,
    damping: float,
    iterations: int = 100,
) -> Numbers:
    """P = (1 − d) · s + d · (Mᵀp + lost · s), summing to 1; ``(nodes,) float64``.

    Args:
        sources: Of each edge, the node that it leaves.
        targets: Of each edge, the node that it leads to.
        shares: Of what its source has, what goes along each edge; the shares of a source sum to 1,
            or it has no edges, and what it has is lost.
        seeds: The part of each node in every new beginning; they sum to 1.
        damping: d, the probability to go on, below 1.
        iterations: At most; fewer where nothing changes any more.

    Source: L. Page, S. Brin, R. Motwani and T. Winograd, "The PageRank Citation Ranking", 1999;
    T. Haveliwala, "Topic-Sensitive PageRank", WWW 2002 (personalised).
    """
    ranks = seeds
    for _ in range(iterations):
        flow = np.bincount(targets, weights=ranks[sources] * shares, minlength=len(seeds))
        settled = (1 - damping) * seeds + damping * (flow + (1 - flow.sum()) * seeds)
        change = np.abs(settled - ranks).sum()
        ranks = settled
        if change < TOLERANCE:
            break
    return ranks
