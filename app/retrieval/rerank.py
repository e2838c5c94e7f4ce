"""Reranking inside a latency budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from app.errors import TransientError
from app.ports import Reranker

SLICE: Final = 8
"""Passages scored between two looks at the clock."""


class BudgetSpent(TransientError):
    """Scoring took longer than it may; the fused order stands."""

    code = "rerank_budget_spent"
    public_message = "The time for reranking was spent; the fused order stands."


def score_within(
    reranker: Reranker,
    query: str,
    passages: Sequence[str],
    *,
    budget_ms: float,
    clock: Callable[[], float] = time.monotonic,
) -> list[float]:
    """Scores of all ``passages``, in their order.

    Raises:
        BudgetSpent: the budget ran out before the last slice was begun. Scores of some passages
            do not compare with the fused scores of the others, so none are returned.
    """
    deadline = clock() + budget_ms / 1_000
    scores: list[float] = []
    for start in range(0, len(passages), SLICE):
        if start and clock() > deadline:
            raise BudgetSpent(
                f"{budget_ms:g} ms were spent after {start} of {len(passages)} passages"
            )
        scores += reranker.score(query, passages[start : start + SLICE])
    return scores
