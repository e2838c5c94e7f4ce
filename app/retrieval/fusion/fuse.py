"""Several rankings of the same chunks made into one. Pure functions.

Weights are divided by their sum over the routes that are given, so a route that failed takes its
share of the score with it and the others keep their proportions. Ties break on chunk id.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from app.domain.hits import Candidate, Contribution, Fused
from app.errors import ConfigurationError
from app.settings import RetrievalSettings

Rankings: TypeAlias = Mapping[str, Sequence[Candidate]]
"""What each route returned, by its name; best first, ranks from 1."""


def fuse(
    rankings: Rankings,
    *,
    weights: Mapping[str, float],
    settings: RetrievalSettings,
    minima: Mapping[str, float],
) -> list[Fused]:
    """Fuses in the way that ``settings.fusion`` names, with these weights.

    ``minima`` has the least score of each route that has one.

    Raises:
        ConfigurationError: as `weighted_rrf`.
    """
    match settings.fusion:
        case "rrf":
            return weighted_rrf(rankings, weights=weights, k=settings.rrf_k)
        case "convex":
            return convex_combination(rankings, weights=weights, minima=minima)
        case "zscore":
            return zscore_combination(rankings, weights=weights, minima=minima)


def weighted_rrf(rankings: Rankings, *, weights: Mapping[str, float], k: float) -> list[Fused]:
    """Reciprocal rank fusion: score(d) = Σ αᵢ / (k + rankᵢ(d)), with Σα = 1; best first.

    A route that does not rank a chunk adds nothing to it. Scores lie in (0, 1 / (k + 1)], and are 0
    where only routes of weight 0 rank the chunk. The larger ``k``, the less the first ranks stand
    out.

    Raises:
        ConfigurationError: ``k`` or a weight is negative or not finite, a route has no weight, or
            the weights of the given routes are all 0.
        ValueError: a route ranks a chunk twice, or has a rank below 1.

    Source: G. V. Cormack, C. L. A. Clarke and S. Büttcher, "Reciprocal Rank Fusion outperforms
    Condorcet and individual Rank Learning Methods", SIGIR 2009 (unweighted, k = 60).
    """
    if not (math.isfinite(k) and k >= 0):
        raise ConfigurationError(f"retrieval.rrf_k must be 0 or more, not {k}")
    alphas = _normalised(weights, rankings)
    return _fuse(rankings, lambda route, candidate: alphas[route] / (k + candidate.rank))


def convex_combination(
    rankings: Rankings,
    *,
    weights: Mapping[str, float],
    minima: Mapping[str, float] = MappingProxyType({}),
) -> list[Fused]:
    """Weighted mean of normalised scores, Σ αᵢ · φᵢ(d) with Σα = 1; best first, scores in [0, 1].

    φ maps a route's scores to (s − m) / (M − m), where M is its best score for this query. m is the
    least that its scoring function can give, where ``minima`` tells it (for BM25: 0), so that how
    good the list is as a whole is not lost; else, or where it is lower, the worst of the list.

    A route that does not rank a chunk counts as 0. Where M = m every chunk of the list counts as 1.

    Raises:
        ConfigurationError: as `weighted_rrf`.
        ValueError: a route ranks a chunk twice, or has a rank below 1.

    Source: S. Bruch, S. Gai and A. Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
    TOIS 42(1), 2023.
    """
    alphas = _normalised(weights, rankings)
    ranges = {
        route: _range(ranking, minima.get(route)) for route, ranking in rankings.items() if ranking
    }

    def contribution(route: str, candidate: Candidate) -> float:
        low, high = ranges[route]
        share = (candidate.score - low) / (high - low) if high > low else 1.0
        return alphas[route] * share

    return _fuse(rankings, contribution)


def zscore_combination(
    rankings: Rankings,
    *,
    weights: Mapping[str, float],
    minima: Mapping[str, float] = MappingProxyType({}),
) -> list[Fused]:
    """Weighted mean of standard scores, Σ αᵢ · φᵢ(d) with Σα = 1; best first, scores 0 or more.

    φ maps a route's scores to (s − m) / σ: how many standard deviations a chunk lies above the
    route's worst, m, which also stands for every chunk that only other routes rank. σ is taken over
    all these chunks. A route that sets few chunks far apart from the others so has more to say, for
    this query, than one that finds all much alike. Where σ = 0 every chunk of the list counts as 1.

    A list that is shorter than the longest holds all that its route could find, and what it left
    out has the least score there is, if ``minima`` tells it (for BM25: 0, no term in common): m is
    that least score then, so that the last of three matches still is a match.

    Raises:
        ConfigurationError: as `weighted_rrf`.
        ValueError: a route ranks a chunk twice, or has a rank below 1.

    Source: M. Montague and J. A. Aslam, "Relevance Score Normalization for Metasearch", CIKM 2001
    (zero mean, unit variance); the worst instead of the mean is subtracted, which shifts all chunks
    of a query alike, so that an absent chunk adds 0.
    """
    alphas = _normalised(weights, rankings)
    chunks = {candidate.chunk_id for ranking in rankings.values() for candidate in ranking}
    longest = max(map(len, rankings.values()), default=0)
    scales = {
        route: _scale(ranking, minima.get(route) if len(ranking) < longest else None, len(chunks))
        for route, ranking in rankings.items()
        if ranking
    }

    def contribution(route: str, candidate: Candidate) -> float:
        low, deviation = scales[route]
        return alphas[route] * ((candidate.score - low) / deviation if deviation else 1.0)

    return _fuse(rankings, contribution)


def _scale(ranking: Sequence[Candidate], minimum: float | None, chunks: int) -> tuple[float, float]:
    """The score of what is absent, and the standard deviation over ``chunks`` with the absent."""
    lowest, _ = _range(ranking, minimum)
    above = [candidate.score - lowest for candidate in ranking]
    mean = math.fsum(above) / chunks
    square = math.fsum(value * value for value in above) / chunks
    return lowest, math.sqrt(max(0.0, square - mean * mean))


def _normalised(weights: Mapping[str, float], rankings: Rankings) -> dict[str, float]:
    for route in rankings:
        if route not in weights:
            raise ConfigurationError(f'retrieval.weights has no weight for the route "{route}"')
    for route, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise ConfigurationError(
                f'retrieval.weights must be 0 or more; that of "{route}" is {weight}'
            )
    if not rankings:
        return {}
    total = math.fsum(weights[route] for route in rankings)
    if total == 0:
        raise ConfigurationError(
            f"retrieval.weights are 0 for every route that answered ({', '.join(rankings)})"
        )
    return {route: weights[route] / total for route in rankings}


def _range(ranking: Sequence[Candidate], minimum: float | None) -> tuple[float, float]:
    scores = [candidate.score for candidate in ranking]
    lowest = min(scores)
    # Okapi's inverse document frequency can be negative, and so a score of rank-bm25 too.
    return lowest if minimum is None else min(minimum, lowest), max(scores)


def _fuse(rankings: Rankings, contribution: Callable[[str, Candidate], float]) -> list[Fused]:
    found: dict[str, dict[str, Contribution]] = {}
    for route, ranking in rankings.items():
        for candidate in ranking:
            if candidate.rank < 1:
                raise ValueError(f"{route} gives {candidate.chunk_id} the rank {candidate.rank}")
            routes = found.setdefault(candidate.chunk_id, {})
            if route in routes:
                raise ValueError(f"{route} ranks {candidate.chunk_id} twice")
            routes[route] = Contribution(
                candidate.rank, candidate.score, contribution(route, candidate), candidate.path
            )
    # fsum rounds once, so the order in which routes come in changes no score and breaks no tie.
    scores = {
        chunk_id: math.fsum(part.contribution for part in routes.values())
        for chunk_id, routes in found.items()
    }
    order = sorted(found, key=lambda chunk_id: (-scores[chunk_id], chunk_id))
    return [
        Fused(chunk_id, rank, scores[chunk_id], found[chunk_id])
        for rank, chunk_id in enumerate(order, start=1)
    ]
