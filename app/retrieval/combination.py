"""The order after reranking: the reranker's score as one witness beside those of recall.

A reranker that was trained on other text than yours is now and then wrong with conviction, so it
never decides alone. Of each candidate, both scores are taken as standard scores over the reranked
candidates of the query, and summed::

    score = fused + trust · rerank
    trust = weight · max(0, base + agreement · r)          r: correlation of both scores, −1 to 1

A reranker out of its depth orders the candidates at random: it agrees with nothing, is trusted
less, and the fused order stands. Only differences within a query count, so that the scale of any
reranker will do.

Where time ran out, candidates without a rerank score take part with the one that is to be expected
from their fused score, r · fused.

From a candidate's score, and from the best rerank score of its query, follows the probability that
it is relevant. It is known for the reranker that it was calibrated with, and for no other.

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

Floats = NDArray[np.float64]
"""``(n,) float64``, one a candidate."""
FILE: Final = "combination.json"


@dataclass(frozen=True, slots=True)
class Combination:
    """How far rerankers are trusted."""

    base: float
    agreement: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores mean: the log odds that a candidate is relevant, in three parts.

    ``score`` multiplies the candidate's combined score and ``best`` the highest rerank score of
    its query, which tells whether there is an answer at all. ``reranker`` is the id of the one
    whose scores these are.
    """

    reranker: str
    intercept: float
    score: float
    best: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What ships with Attest."""

    combination: Combination
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Combined:
    """A candidate after reranking.

    ``rerank_score`` is ``None`` where it was not reranked, and ``relevance``, a probability, where
    none can be told.
    """

    fused: Fused
    score: float
    rerank_score: float | None = None
    relevance: float | None = None


def combine(
    fused: Sequence[Fused],
    scores: Mapping[str, float],
    *,
    depth: int,
    weight: float,
    combination: Combination,
    calibration: Calibration | None = None,
) -> list[Combined]:
    """The first ``depth`` candidates by their combined score, then the others in their fused order.

    Where nothing is reranked, all stay in their fused order. Ties keep it too.

    Args:
        fused: Candidates in their fused order.
        scores: Rerank scores by chunk id, of the first of them.
        depth: How many candidates take part.
        weight: How much the reranker counts, beside what was learned; 0: not at all.
        combination: What was learned.
        calibration: Of the reranker that gave the scores; ``None`` where there is none.
    """
    part = fused[:depth]
    known = np.array([scores.get(candidate.chunk_id, math.nan) for candidate in part])
    combined = combined_scores(
        np.array([candidate.score for candidate in part]),
        known,
        weight=weight,
        combination=combination,
    )
    probabilities: list[float | None] = [None] * len(part)
    if calibration and scores:
        best = np.full(len(part), np.nanmax(known))
        probabilities = relevance(combined, best, calibration).tolist()
    order = sorted(range(len(part)), key=lambda index: (-combined[index], index))
    return [
        *(
            Combined(part[i], float(combined[i]), scores.get(part[i].chunk_id), probabilities[i])
            for i in order
        ),
        *(Combined(candidate, candidate.score) for candidate in fused[depth:]),
    ]


def combined_scores(
    fused: Floats, rerank: Floats, *, weight: float, combination: Combination
) -> Floats:
    """One score a candidate, higher is better.

    Args:
        fused: Fused scores.
        rerank: Rerank scores; NaN where there is none.
        weight: See `combine`.
        combination: What was learned.
    """
    by_fusion = _standard(fused)
    read = ~np.isnan(rerank)
    if read.sum() < 2:  # noqa: PLR2004 - one score alone does not compare with anything
        return by_fusion
    by_reranker = np.zeros_like(by_fusion)
    by_reranker[read] = _standard(rerank[read])
    r = _correlation(by_fusion[read], by_reranker[read])
    by_reranker[~read] = r * by_fusion[~read]
    trust = weight * max(0.0, combination.base + combination.agreement * r)
    return by_fusion + trust * by_reranker


def relevance(combined: Floats, best: Floats, calibration: Calibration) -> Floats:
    """Probability that each candidate is relevant, 0 to 1; within a query it falls with the rank.

    Args:
        combined: Combined scores.
        best: The highest rerank score of each candidate's query.
        calibration: Of the reranker that gave the scores.
    """
    odds = calibration.intercept + calibration.score * combined + calibration.best * best
    probabilities: Floats = 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
    return probabilities


def _standard(values: Floats) -> Floats:
    deviation = values.std() if len(values) else 0.0
    return (values - values.mean()) / deviation if deviation else np.zeros_like(values)


def _correlation(a: Floats, b: Floats) -> float:
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread else 0.0


@cache
def learned() -> Learned:
    """What ships with Attest."""
    content = json.loads((files("app.retrieval") / FILE).read_text(encoding="utf-8"))
    return Learned(Combination(**content["combination"]), Calibration(**content["calibration"]))
