"""The order after reranking: how closely terms are matched, and a reranker, beside recall.

Of each of the best fused candidates three things are known: its fused score, how closely it holds
the query's terms (`app.retrieval.term_match`), and, where there is a reranker, its rerank score.
Fused and rerank scores are taken as standard scores over the candidates of the query that have
one::

    recalled = fused + match_weight · match · m              m: the term match, 0 to 1
    score    = recalled + trust · rerank
    trust    = rerank_weight · max(0, base + agreement · r)  r: correlation of recalled and rerank

A reranker reads the first by `recalled`. One that was trained on other text than yours is now and
then wrong with conviction, so it never decides alone. Out of its depth it orders the candidates at
random: it agrees with nothing, is trusted less, and the order before it stands. Only differences
within a query count, so that the scale of any reranker will do. Candidates that it did not read
take part with the score that is to be expected from recall, r · recalled.

The numbers were learned by ``rag train combination`` on whole sets of questions, each of which was
left out in turn (``combination.json`` beside this module says which, and what was gained on them).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain import Fused
from app.retrieval.relevance import Calibration, Floats, relevance

FILE: Final = "combination.json"
NO_RERANKER: Final = "none"
"""What having none is called."""
TOP: Final = 5
"""Places that reading on must not change, where a reranker is to stop early."""


@dataclass(frozen=True, slots=True)
class Combination:
    """How much the term match counts, and how far rerankers are trusted."""

    match: float
    base: float
    agreement: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each counts beside what was learned: 1 as much as that, 0 not at all."""

    match: float = 1.0
    rerank: float = 1.0


@dataclass(frozen=True, slots=True)
class Learned:
    """What ships with Attest; calibrations by the id of the reranker."""

    combination: Combination
    calibrations: Mapping[str, Calibration]


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
    recalled: Floats = _standard(fused) + weights.match * combination.match * matches
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
    deviation = recalled[read].std() or 1.0
    r = _correlation(recalled[read], rerank[read])
    by_reranker = max(0.0, r) * (recalled - recalled[read].mean()) / deviation
    by_reranker[read] = _standard(rerank[read])
    trust = weights.rerank * max(0.0, combination.base + combination.agreement * r)
    return recalled + trust * by_reranker, trust * math.sqrt(1.0 - max(0.0, r) ** 2)


def _chance_above(threshold: float, deviation: float) -> float:
    """That a normal value of mean 0 exceeds ``threshold``."""
    if not deviation:
        return float(threshold < 0.0)
    return 0.5 * math.erfc(threshold / (deviation * math.sqrt(2.0)))


def _fused_scores(fused: Sequence[Fused]) -> Floats:
    return np.array([candidate.score for candidate in fused], dtype=np.float64)


def _matches(fused: Sequence[Fused], matches: Mapping[str, float]) -> Floats:
    """0 for candidates that vanished since they were recalled."""
    return np.array([matches.get(candidate.chunk_id, 0.0) for candidate in fused])


def _standard(values: Floats) -> Floats:
    deviation = values.std() if len(values) else 0.0
    return (values - values.mean()) / deviation if deviation else np.zeros_like(values)


def _correlation(a: Floats, b: Floats) -> float:
    spread = float(a.std() * b.std())
    together = float(((a - a.mean()) * (b - b.mean())).mean())
    return max(-1.0, min(1.0, together / spread)) if spread else 0.0


@cache
def learned() -> Learned:
    """What ships with Attest."""
    content = json.loads((files("app.retrieval") / FILE).read_text(encoding="utf-8"))
    calibrations = [Calibration(**one) for one in content["calibrations"]]
    return Learned(Combination(**content["combination"]), {c.reranker: c for c in calibrations})
