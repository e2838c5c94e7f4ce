"""Scores of all queries, and their mean over exactly the judged ones."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from eval.errors import QueryMismatch
from eval.metrics.measure import Measure

SHOWN: Final = 5
"""Number of ids that an error message lists."""


def score_queries(
    measure: Measure,
    rankings: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
) -> dict[str, float]:
    """Scores each judged query, in the order of ``qrels``.

    An empty ranking is a query with no results and scores 0.

    Raises:
        QueryMismatch: rankings and qrels have different queries.
    """
    _match(rankings.keys(), qrels.keys())
    return {
        query_id: measure.score(rankings[query_id], judgments)
        for query_id, judgments in qrels.items()
    }


def mean_over_queries(scores: Mapping[str, float], judged: Collection[str]) -> float:
    """The mean over exactly ``judged``.

    Raises:
        QueryMismatch: scores and judged queries differ, or none is judged.
    """
    queries = frozenset(judged)
    if not queries:
        raise QueryMismatch("there is no judged query, so there is no mean")
    _match(scores.keys(), queries)
    return math.fsum(scores[query_id] for query_id in queries) / len(queries)


def _match(found: Collection[str], judged: Collection[str]) -> None:
    missing = sorted(set(judged) - set(found))
    extra = sorted(set(found) - set(judged))
    if missing:
        raise QueryMismatch(f"judged, but not in the results: {_listed(missing)}")
    if extra:
        raise QueryMismatch(f"in the results, but not judged: {_listed(extra)}")


def _listed(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:SHOWN])
    return shown if len(ids) <= SHOWN else f"{shown}, … ({len(ids)} in all)"
