"""The order after reranking: how closely terms are matched, and a reranker, beside recall.

Of each of the best fused candidates three things are known: its fused score, how closely it holds
the query's terms (`app.retrieval.ranking.term_match`), and, where there is a reranker, its score.
Fused and rerank scores are taken as standard scores over the candidates of the query that have
one::

    recalled = fused + match_weight · match · m    m: the term match, 0 to 1
    score    = recalled + rerank_weight · trust · rerank

A reranker reads the first by `recalled`. One that was trained on other text than yours is now and
then wrong with conviction, so it never decides alone: it is trusted as far as it gained on sets of
questions that it had not seen. Only differences within a query count, so that the scale of any
reranker will do. Candidates that it did not read take part with the score that is to be expected
from recall, r · recalled, r being the correlation of both over those that it read.

``match`` and ``trust`` are learned, see `app.retrieval.ranking.learned`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain.hits import Fused
from app.retrieval.ranking.learned import NO_RERANKER, Combination, Learned
from app.retrieval.ranking.relevance import Floats, relevance

TOP: Final = 5
"""Places that reading on must not change, where a reranker is to stop early; `rerank_stop` is of so
many."""
ROUNDING: Final = 1e-9
"""Differences of scores, relative to the scores, that are none: float32 has seven digits."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each counts beside what was learned: 1 as much as that, 0 not at all."""

    match: float = 1.0
    rerank: float = 1.0


@dataclass(frozen=True, slots=True)
class Combined:
    """A candidate after reranking.

    ``term_match``, ``rerank_score`` and ``relevance``, a probability, are ``None`` where it was not
    looked at.
    """

    fused: Fused
    score: float
    term_match: float | None = None
    rerank_score: float | None = None
    relevance: float | None = None


def best_recalled(
    fused: Sequence[Fused],
    matches: Mapping[str, float],
    *,
    count: int,
    weights: Weights,
    combination: Combination,
) -> list[str]:
    """Chunk ids of the first ``count`` by fused score and term match: what a reranker reads.

    Args:
        fused: Candidates in their fused order, all with a term match unless they vanished.
        matches: Term matches by chunk id.
        count: How many at most.
        weights: How much matches count.
        combination: What was learned.
    """
    recalled = recalled_scores(
        _fused_scores(fused), _matches(fused, matches), weights=weights, combination=combination
    )
    order = sorted(range(len(fused)), key=lambda index: (-recalled[index], index))
    return [fused[index].chunk_id for index in order[:count]]


def as_fused(fused: Sequence[Fused]) -> list[Combined]:
    """Candidates as they are, where neither matches nor a reranker are to count."""
    return [Combined(candidate, candidate.score) for candidate in fused]


def combine(
    fused: Sequence[Fused],
    matches: Mapping[str, float],
    rerank: Mapping[str, float],
    *,
    depth: int,
    weights: Weights,
    learned: Learned,
    reranker: str,
) -> list[Combined]:
    """The first ``depth`` candidates by their combined score, then the others as they were.

    Ties keep the fused order.

    Args:
        fused: Candidates in their fused order.
        matches: Term matches of the first ``depth``, by chunk id.
        rerank: Rerank scores of some of these; empty where nothing reranks.
        depth: How many take part.
        weights: How much matches and reranker count.
        learned: How they are combined, and what scores mean.
        reranker: The id of the one that gave the scores.
    """
    part = fused[:depth]
    by_fusion, by_match = _fused_scores(part), _matches(part, matches)
    by_reranker = np.array([rerank.get(candidate.chunk_id, math.nan) for candidate in part])
    combination = learned.combination
    combined = combined_scores(
        by_fusion, by_match, by_reranker, weights=weights, combination=combination
    )
    if rerank and (calibration := learned.calibrations.get(reranker)):
        probabilities = relevance(combined, max(rerank.values()), calibration)
    else:
        recalled = recalled_scores(by_fusion, by_match, weights=weights, combination=combination)
        best = max(matches.values(), default=0.0)
        probabilities = relevance(recalled, best, learned.calibrations[NO_RERANKER])
    order = sorted(range(len(part)), key=lambda index: (-combined[index], index))
    return [
        *(
            Combined(
                fused=part[i],
                score=float(combined[i]),
                term_match=matches.get(part[i].chunk_id),
                rerank_score=rerank.get(part[i].chunk_id),
                relevance=float(probabilities[i]),
            )
            for i in order
        ),
        *as_fused(fused[depth:]),
    ]


def recalled_scores(
    fused: Floats, matches: Floats, *, weights: Weights, combination: Combination
) -> Floats:
    """One score a candidate before reranking, higher is better; arguments as `combined_scores`."""
    recalled: Floats = standard_scores(fused) + weights.match * combination.match * matches
    return recalled


def combined_scores(
    fused: Floats, matches: Floats, rerank: Floats, *, weights: Weights, combination: Combination
) -> Floats:
    """One score a candidate, higher is better.

    Args:
        fused: Fused scores.
        matches: Term matches.
        rerank: Rerank scores; NaN where there is none.
        weights: See `combine`.
        combination: What was learned.
    """
    recalled = recalled_scores(fused, matches, weights=weights, combination=combination)
    return _with_reranker(recalled, rerank, weights, combination)[0]


def is_settled(
    fused: Sequence[Fused],
    matches: Mapping[str, float],
    rerank: Mapping[str, float],
    *,
    unread: Sequence[str],
    below: float,
    weights: Weights,
    combination: Combination,
) -> bool:
    """Whether reading on can hardly change the first `TOP` of the order.

    It can where a candidate of ``unread`` would come among them. What its rerank score will do is
    not known, but how far it tends to lie from what recall lets expect is: from the correlation of
    those that were read. With these as normal, the chances of all are added up.

    Args:
        fused: Candidates in their fused order.
        matches: Their term matches, by chunk id.
        rerank: Rerank scores of those that were read.
        unread: Chunk ids of those that would be read next.
        below: How many candidates are so few that it is settled; 0: it never is.
        weights: How much matches and reranker count.
        combination: What was learned.
    """
    return settled(
        _fused_scores(fused),
        _matches(fused, matches),
        np.array([rerank.get(candidate.chunk_id, math.nan) for candidate in fused]),
        np.isin([candidate.chunk_id for candidate in fused], list(unread)),
        below=below,
        weights=weights,
        combination=combination,
    )


def settled(
    fused: Floats,
    matches: Floats,
    rerank: Floats,
    waiting: NDArray[np.bool_],
    *,
    below: float,
    weights: Weights,
    combination: Combination,
) -> bool:
    """As `is_settled`, of arrays as `combined_scores` takes; ``waiting`` are to be read next."""
    read = ~np.isnan(rerank)
    if read.sum() < TOP:
        return False
    recalled = recalled_scores(fused, matches, weights=weights, combination=combination)
    combined, deviation = _with_reranker(recalled, rerank, weights, combination)
    last = np.sort(combined[read])[-TOP]
    return sum(_chance_above(last - score, deviation) for score in combined[waiting]) < below


def _with_reranker(
    recalled: Floats, rerank: Floats, weights: Weights, combination: Combination
) -> tuple[Floats, float]:
    """Combined scores, and how far those of candidates that were not read may be off.

    The latter is the standard deviation of what their rerank scores would add to, or take from,
    what is expected of them.
    """
    read = ~np.isnan(rerank)
    if read.sum() < 2:  # noqa: PLR2004 - one score alone does not compare with anything
        return recalled, math.inf
    r = max(0.0, _correlation(recalled[read], rerank[read]))
    by_reranker = r * (recalled - recalled[read].mean()) / (_deviation(recalled[read]) or 1.0)
    by_reranker[read] = standard_scores(rerank[read])
    trust = weights.rerank * combination.trust
    return recalled + trust * by_reranker, trust * math.sqrt(1.0 - r**2)


def _chance_above(threshold: float, deviation: float) -> float:
    """That a normal value of mean 0 exceeds ``threshold``."""
    if not deviation:
        return float(threshold < 0.0)
    return math.erfc(threshold / (deviation * math.sqrt(2))) / 2


def _fused_scores(fused: Sequence[Fused]) -> Floats:
    return np.array([candidate.score for candidate in fused], dtype=np.float64)


def _matches(fused: Sequence[Fused], matches: Mapping[str, float]) -> Floats:
    """0 for candidates that vanished since they were recalled."""
    return np.array([matches.get(candidate.chunk_id, 0.0) for candidate in fused])


def standard_scores(values: Floats) -> Floats:
    """With mean 0 and standard deviation 1; all 0 where they don't differ."""
    deviation = _deviation(values)
    return (values - values.mean()) / deviation if deviation else np.zeros_like(values)


def _deviation(values: Floats) -> float:
    """Standard deviation; 0 where there is none but what rounding makes of equal values.

    NaN where one of the values is.
    """
    if not len(values):
        return 0.0
    deviation = float(values.std())
    return 0.0 if deviation <= ROUNDING * float(np.abs(values).max()) else deviation


def _correlation(a: Floats, b: Floats) -> float:
    together = standard_scores(a) * standard_scores(b)
    return max(-1.0, min(1.0, float(together.mean())))
