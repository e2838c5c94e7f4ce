"""Reranking inside a latency budget, and only as deep as it pays."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.ports import Reranker

FIRST: Final = 4
"""Passages scored before the clock is looked at; none are where even they would take too long."""
SLICE: Final = 8
"""The most that are scored between two looks at the clock."""
_NEWEST: Final = 0.3
"""How much the last slice counts in the pace."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of the first passages, and why the others have none (``None``: all have)."""

    scores: tuple[float, ...]
    stopped: Literal["settled", "budget"] | None = None


class Pace:
    """Seconds a passage takes, as last seen; shared by requests. 0 until something is known."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def saw(self, passages: int, seconds: float) -> None:
        """Takes note of one slice."""
        each = seconds / passages
        self.seconds += (each - self.seconds) * (_NEWEST if self.seconds else 1.0)


def score_within(
    reranker: Reranker,
    query: str,
    passages: Sequence[str],
    *,
    budget_ms: float,
    pace: Pace,
    settled: Callable[[Sequence[float]], bool] = lambda _: False,
    clock: Callable[[], float] = time.monotonic,
) -> Scored:
    """Scores ``passages`` in their order, until nothing more can change or time is short.

    A slice is begun only where the pace seen so far lets it end in time; while no pace is known,
    the first few are tried.

    Args:
        reranker: Scores them.
        query: What they are scored against.
        passages: The best first.
        budget_ms: For all of them together; 0 is no time at all.
        pace: Known from earlier requests, and kept up to date.
        settled: Told all scores so far, whether further ones can't matter.
        clock: Seconds, from any start.
    """
    deadline = clock() + budget_ms / 1_000
    scores: list[float] = []
    while len(scores) < len(passages):
        if scores and settled(scores):
            return Scored(tuple(scores), "settled")
        began = clock()
        most = FIRST if not scores else SLICE
        fit = int((deadline - began) / pace.seconds) if pace.seconds else most
        size = min(most, fit, len(passages) - len(scores))
        if size < 1 or began >= deadline:
            return Scored(tuple(scores), "budget")
        slice_ = passages[len(scores) : len(scores) + size]
        found = reranker.score(query, slice_)
        if len(found) != size:
            raise ValueError(f"{reranker.id} gave {len(found)} scores for {size} passages")
        scores += found
        pace.saw(size, clock() - began)
    return Scored(tuple(scores))
