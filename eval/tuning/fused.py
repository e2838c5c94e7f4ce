"""Fusion of all questions at once; agrees with `app.retrieval.fusion.fuse` wherever it matters.

One setting on 1,000 questions takes milliseconds, so that hundreds can be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from app.retrieval.recall.registry import least_scores
from eval.tuning.recalled import UNRANKED, Flags, Floats, Ints, Recalled, first_relevant_ranks

Fusion: TypeAlias = Literal["zscore", "convex", "rrf"]


@dataclass(frozen=True, slots=True)
class Family:
    """A way to fuse but for the weights. ``rrf_k`` is of no effect but on ``rrf``."""

    fusion: Fusion
    depth: int
    rrf_k: float


@dataclass(frozen=True, slots=True)
class Setting:
    """One point of the search; ``weights`` in the order of ``Recalled.routes``."""

    family: Family
    weights: tuple[float, ...]


def ranks_of_settings(recalled: Recalled, settings: Sequence[Setting]) -> Iterator[Ints]:
    """``(q,)`` ranks of the first relevant document, for one setting after the other.

    Settings of one family should stand together: what they share is computed once.
    """
    family: Family | None = None
    for setting in settings:
        if setting.family != family:
            family = setting.family
            returned, parts = _parts(recalled, family)
        alphas = _alphas(recalled, np.array(setting.weights))
        fused = np.where(returned.any(axis=0), (alphas[:, :, None] * parts).sum(axis=0), -np.inf)
        yield first_relevant_ranks(recalled, fused)


def _alphas(recalled: Recalled, weights: Floats) -> Floats:
    """``(r, q)`` weights of each question, Σ = 1; equal ones where all of a question's are 0."""
    raw = weights[:, None] * recalled.factors
    raw = np.where(raw.sum(axis=0) > 0, raw, 1.0)
    return np.asarray(raw / raw.sum(axis=0))


def _parts(recalled: Recalled, family: Family) -> tuple[Flags, Floats]:
    """``(r, q, w)``: whether a route returns the chunk at this depth, and its normalised score."""
    returned = (recalled.ranks != UNRANKED) & (recalled.ranks <= family.depth)
    match family.fusion:
        case "rrf":
            places = np.maximum(recalled.ranks, 1)  # where k = 0, an unranked chunk divides by 0
            return returned, np.where(returned, 1.0 / (family.rrf_k + places), 0.0)
        case "convex":
            return returned, _stretched(recalled, returned)
        case "zscore":
            return returned, _standardised(recalled, returned)


def _stretched(recalled: Recalled, returned: Flags) -> Floats:
    worst = np.where(returned, recalled.scores, np.inf).min(axis=2, keepdims=True)
    low = np.minimum(worst, _minima(recalled))
    high = np.where(returned, recalled.scores, -np.inf).max(axis=2, keepdims=True)
    return _share(recalled.scores, returned, low, high - low)


def _minima(recalled: Recalled) -> Floats:
    """``(r, 1, 1)``, infinite where a route has none."""
    return np.array([least_scores().get(route, np.inf) for route in recalled.routes])[:, None, None]


def _standardised(recalled: Recalled, returned: Flags) -> Floats:
    counts = returned.sum(axis=2, keepdims=True)
    whole = counts < counts.max(axis=0, keepdims=True)  # the route found no more than these
    worst = np.where(returned, recalled.scores, np.inf).min(axis=2, keepdims=True)
    low = np.where(whole, np.minimum(worst, _minima(recalled)), worst)
    above = np.where(returned, recalled.scores - np.where(np.isfinite(low), low, 0.0), 0.0)
    chunks = returned.any(axis=0).sum(axis=1)[None, :, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = above.sum(axis=2, keepdims=True) / chunks
        variance = (above**2).sum(axis=2, keepdims=True) / chunks - mean**2
    return _share(recalled.scores, returned, low, np.sqrt(np.maximum(np.nan_to_num(variance), 0.0)))


def _share(scores: Floats, returned: Flags, low: Floats, scale: Floats) -> Floats:
    """(s − low) / scale where the route returned the chunk; 1 where nothing sets chunks apart."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(scale > 0, (scores - low) / scale, 1.0)
    return np.where(returned, share, 0.0)
