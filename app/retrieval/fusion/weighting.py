"""How much each route counts for one query, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.queries import QueryKind
from app.settings import RetrievalSettings


def route_weights(
    settings: RetrievalSettings,
    *,
    language: str,
    kind: QueryKind,
    factors: Mapping[str, float],
    answered: Iterable[str],
) -> Mapping[str, float]:
    """Weights of the routes that answered, before they are divided by their sum.

    The first of ``weight_rules`` that fits the query, else ``weights``; each is multiplied by the
    route's factor, 0 to 1, where it has one: how far the route is to be trusted with such a query
    (`app.retrieval.recall.route`, `app.retrieval.fusion.coverage`). Where no route that answered
    weighs anything, all weigh the same.
    """
    chosen = _chosen(settings, language, kind)
    weights = {route: chosen.get(route, 0.0) * factors.get(route, 1.0) for route in answered}
    return weights if any(weights.values()) else dict.fromkeys(weights, 1.0)


def _chosen(settings: RetrievalSettings, language: str, kind: QueryKind) -> Mapping[str, float]:
    for rule in settings.weight_rules:
        if rule.language in {None, language} and rule.kind in {None, kind}:
            return rule.weights
    return settings.weights
