"""From one query to many: scores for each, and their mean over exactly the judged ones."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from eval.errors import QueryMismatch
from eval.metrics.measure import Measure

SHOWN: Final = 5
"""How many ids an error message lists."""


def score_queries(
    measure: Measure,
    rankings: Mapping[str, Sequence[str]],
    qrels: Mapping[str, Mapping[str, int]],
    *,
    allow_unmatched: bool = False,
) -> dict[str, float]:
    """The measure of each judged query, in the order of ``qrels``.

    An empty ranking is a query with no results and scores 0. With ``allow_unmatched`` judged
    queries without a ranking score 0 as well, and rankings without judgments are left out.

    Raises:
        QueryMismatch: rankings and qrels have different queries and that was not allowed.
    """
    if not allow_unmatched:
        _match(rankings.keys(), qrels.keys())
    return {
        query_id: measure.score(rankings.get(query_id, ()), judgments)
        for query_id, judgments in qrels.items()
    }


def mean_over_queries(
    scores: Mapping[str, float], judged: Collection[str], *, allow_unmatched: bool = False
) -> float:
    """The mean over exactly ``judged``: the denominator is their number, whatever was scored.

    With ``allow_unmatched`` judged queries without a score count 0, and scores of others are left
    out.

    Raises:
        QueryMismatch: scores and judged queries differ and that was not allowed, or none is judged.
    """
    queries = frozenset(judged)
    if not queries:
        raise QueryMismatch("there is no judged query, so there is no mean")
    if not allow_unmatched:
        _match(scores.keys(), queries)
    return math.fsum(scores.get(query_id, 0.0) for query_id in queries) / len(queries)


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
