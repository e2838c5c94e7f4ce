"""Vectorised fusion of all questions at once; gives the results of `app.retrieval.fusion.fuse`.

A setting takes milliseconds on 1,000 questions, so hundreds can be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from app.retrieval.recall.registry import least_scores
from eval.tuning.candidate_arrays import (
    UNRANKED,
    CandidateArrays,
    Flags,
    Floats,
    Ints,
    first_relevant_ranks,
)

Fusion: TypeAlias = Literal["zscore", "convex", "rrf"]


@dataclass(frozen=True, slots=True)
class Family:
    """A fusion method without weights. ``rrf_k`` matters only for ``rrf``."""

    fusion: Fusion
    depth: int
    rrf_k: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A point of the grid; ``weights`` are in the order of ``CandidateArrays.routes``."""

    family: Family
    weights: tuple[float, ...]


def ranks_of_settings(recalled: CandidateArrays, settings: Sequence[Setting]) -> Iterator[Ints]:
    """Yields ranks ``(q,)`` of the first relevant document for each setting.

    Settings of one family should be adjacent, because their shared parts are computed once.
    """
    family: Family | None = None
    for setting in settings:
        if setting.family != family:
            family = setting.family
            returned, parts = _parts(recalled, family)
        alphas = _alphas(recalled, np.array(setting.weights))
        fused = np.where(returned.any(axis=0), (alphas[:, :, None] * parts).sum(axis=0), -np.inf)
        yield first_relevant_ranks(recalled, fused)


def _alphas(recalled: CandidateArrays, weights: Floats) -> Floats:
    """Normalised weights ``(r, q)`` of each question; equal ones if all are 0."""
    raw = weights[:, None] * recalled.factors
    raw = np.where(raw.sum(axis=0) > 0, raw, 1.0)
    return np.asarray(raw / raw.sum(axis=0))


def _parts(recalled: CandidateArrays, family: Family) -> tuple[Flags, Floats]:
    """Arrays ``(r, q, w)``: whether a route returns the chunk at this depth, and its score."""
    returned = (recalled.ranks != UNRANKED) & (recalled.ranks <= family.depth)
    match family.fusion:
        case "rrf":
            places = np.maximum(recalled.ranks, 1)  # where k = 0, an unranked chunk divides by 0
            return returned, np.where(returned, 1.0 / (family.rrf_k + places), 0.0)
        case "convex":
            return returned, _stretched(recalled, returned)
        case "zscore":
            return returned, _standardised(recalled, returned)


def _stretched(recalled: CandidateArrays, returned: Flags) -> Floats:
    worst = np.where(returned, recalled.scores, np.inf).min(axis=2, keepdims=True)
    low = np.minimum(worst, _minima(recalled))
    high = np.where(returned, recalled.scores, -np.inf).max(axis=2, keepdims=True)
    return _share(recalled.scores, returned, low, high - low)


def _minima(recalled: CandidateArrays) -> Floats:
    """Least scores ``(r, 1, 1)`` of the routes; infinite if a route has none."""
    return np.array([least_scores().get(route, np.inf) for route in recalled.routes])[:, None, None]


def _standardised(recalled: CandidateArrays, returned: Flags) -> Floats:
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
    """(s − low) / scale if the route returned the chunk; 1 if all scores are equal."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(scale > 0, (scores - low) / scale, 1.0)
    return np.where(returned, share, 0.0)
