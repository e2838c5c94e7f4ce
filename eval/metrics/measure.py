"""Metrics with a depth, such as hit@1; each is a column of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from eval.metrics.average_precision import average_precision
from eval.metrics.hit_rate import hit_rate
from eval.metrics.ndcg import ndcg
from eval.metrics.precision import precision
from eval.metrics.recall import recall
from eval.metrics.reciprocal_rank import reciprocal_rank

Metric: TypeAlias = Callable[[Sequence[str], Mapping[str, int], int], float]
"""``f(ranking, judgments, k)``: a ranking, best first, judged for one query; 0 to 1."""

METRICS: Final[Mapping[str, Metric]] = {
    "hit": hit_rate,
    "mrr": reciprocal_rank,
    "recall": recall,
    "precision": precision,
    "map": average_precision,
    "ndcg": ndcg,
}
"""Every metric by the name that tables give its mean over queries."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of `METRICS` at depth ``k``, for example ``hit@1``."""

    metric: str
    k: int

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"no metric {self.metric!r}; there are {', '.join(METRICS)}")
        if self.k < 1:
            raise ValueError(f"a measure's depth is 1 or more, not {self.k}")

    @property
    def label(self) -> str:
        """Name of the measure in columns and reports."""
        return f"{self.metric}@{self.k}"

    def score(self, ranking: Sequence[str], judgments: Mapping[str, int]) -> float:
        """Scores one ranking."""
        return METRICS[self.metric](ranking, judgments, self.k)
