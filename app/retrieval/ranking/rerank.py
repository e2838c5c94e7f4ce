"""Reranking inside a latency budget, and no deeper than pays."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.ports.models import Reranker

FIRST: Final = 4
"""Passages scored while no pace is known."""
SLICE: Final = 8
"""The most that are scored between two looks at the clock."""
_NEWEST: Final = 0.3
"""How much the last slice counts in the pace. How it is told is no setting; for what it is told is:
`rerank_budget_ms`."""
_FORGOTTEN: Final = 0.1
"""How much of the pace each time is forgotten that it lets nothing be read."""


class Pace:
    """Seconds a passage takes, as last seen; shared by requests. 0 until something is known."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def saw(self, passages: int, seconds: float) -> None:
        """Takes note of one slice."""
        each = seconds / passages
        self.seconds += (each - self.seconds) * (_NEWEST if self.seconds else 1.0)

    def saw_nothing(self) -> None:
        """Nothing was read for want of time. One slow start must not end reranking for good."""
        self.seconds *= 1.0 - _FORGOTTEN


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of the first passages; ``out_of_time`` where the budget let no more be read."""

    scores: tuple[float, ...]
    out_of_time: bool


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
    """Scores ``passages`` in their order: all, or the first while there is time and it pays.

    A slice is begun only where the pace seen so far lets it end in time. A pace that lets nothing
    be read at all fades, and so is put to the test again after some requests.

    Args:
        reranker: Scores them.
        query: What they are scored against.
        passages: The best first.
        budget_ms: For all of them together; 0 is no time at all.
        pace: Known from earlier requests, and kept up to date.
        settled: Whether the scores so far leave nothing to be found out.
        clock: Seconds, from any start.

    Raises:
        ValueError: the reranker gives another number of scores than there are passages.
    """
    deadline = clock() + budget_ms / 1_000
    scores: list[float] = []
    while len(scores) < len(passages):
        began = clock()
        size = min(SLICE if pace.seconds else FIRST, len(passages) - len(scores))
        if pace.seconds:
            size = int(min(size, (deadline - began) / pace.seconds))
        if size < 1 or began >= deadline:
            if not scores:
                pace.saw_nothing()
            return Scored(tuple(scores), out_of_time=True)
        found = reranker.score(query, passages[len(scores) : len(scores) + size])
        if len(found) != size:
            raise ValueError(f"{reranker.id} gave {len(found)} scores for {size} passages")
        scores += found
        pace.saw(size, clock() - began)
        if settled(scores):
            break
    return Scored(tuple(scores), out_of_time=False)
