"""Conventions of all metrics: how a ranking is cut, and which grades are relevant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

RELEVANT_GRADE: Final = 1
"""The lowest grade that counts as relevant where a metric knows only yes and no (trec_eval's
default level). Lower grades, negative ones included, and unjudged documents do not."""


def cut(ranking: Sequence[str], k: int) -> Sequence[str]:
    """The first ``k`` ids of a ranking, or all of a shorter one.

    Raises:
        ValueError: ``k`` is below 1, or an id is ranked twice, which would be rewarded twice.
    """
    if k < 1:
        raise ValueError(f"a ranking is cut at 1 or deeper, not at {k}")
    if len(set(ranking)) != len(ranking):
        raise ValueError("a ranking names the same id twice")
    return ranking[:k]


def is_relevant(document_id: str, judgments: Mapping[str, int]) -> bool:
    """Whether the document is judged relevant."""
    return judgments.get(document_id, 0) >= RELEVANT_GRADE


def count_relevant(judgments: Mapping[str, int]) -> int:
    """Number of documents that are relevant to the query."""
    return sum(grade >= RELEVANT_GRADE for grade in judgments.values())
