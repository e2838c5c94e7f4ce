"""The rank of the first relevant document, and the measures that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from eval.metrics.measure import Measure
from eval.metrics.relevance_grades import is_relevant

RANK_METRICS: Final = ("hit", "mrr")
"""The metrics that depend on the rank of the first relevant document alone."""


def first_relevant(ranking: Sequence[str], judgments: Mapping[str, int]) -> int | None:
    """Rank of the first relevant document, from 1; ``None`` if there is none."""
    for rank, document_id in enumerate(ranking, start=1):
        if is_relevant(document_id, judgments):
            return rank
    return None


@cache
def score_of_rank(measure: Measure, rank: int | None) -> float:
    """Scores a query by the rank of its first relevant document; `RANK_METRICS` only.

    Raises:
        ValueError: the metric depends on more than that rank.
    """
    if measure.metric not in RANK_METRICS:
        raise ValueError(f"{measure.label} does not follow from the first relevant document's rank")
    ranking = [str(place) for place in range(1, (rank or 0) + 1)]
    return measure.score(ranking, {str(rank): 1})
