"""What each ranking of a query counts: by its route, what the route found, and its variant."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.queries import Query
from app.ports.analyzer import Analyzer
from app.ports.store import Collection
from app.retrieval.fusion.coverage import lead, lead_factor
from app.retrieval.fusion.fuse import Rankings, fuse
from app.retrieval.fusion.weighting import route_weights
from app.retrieval.recall.registry import least_scores
from app.retrieval.recall.route import Route, RouteKind
from app.retrieval.recall.running import RecallResult
from app.settings import RetrievalSettings


class Trust:
    """Weighs the rankings of one collection's routes."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        kinds: Mapping[str, RouteKind],
        *,
        collection: Collection,
        analyzer: Analyzer,
        settings: RetrievalSettings,
    ) -> None:
        self._routes = routes
        self._kinds = kinds
        self._collection = collection
        self._analyzer = analyzer
        self._settings = settings

    def weights(self, recalled: RecallResult) -> Mapping[str, float]:
        """What each ranking counts for this query: `route_weights`, times its variant's weight."""
        routes = dict.fromkeys(source.route for source in recalled.sources.values())
        of_routes = self._weights(recalled.query, self.factors(recalled), routes)
        return {
            name: of_routes[source.route] * (source.variant.weight if source.variant else 1.0)
            for name, source in recalled.sources.items()
        }

    def factors(self, recalled: RecallResult) -> Mapping[str, float]:
        """How far each route that answered is to be trusted with this query, 0 to 1.

        As far as it knows the language; one of words, as far as it leads the others
        (`app.retrieval.fusion.coverage`); one that follows, where its first hit is also that of
        the others.
        """
        query = recalled.query
        rankings = {
            name: ranking
            for name, ranking in recalled.rankings.items()
            if recalled.sources[name].variant is None
        }
        routes = dict.fromkeys(source.route for source in recalled.sources.values())
        factors = {name: self._routes[name].trust(query.language) for name in routes}
        leading = {name: found for name, found in rankings.items() if not self._kinds[name].follows}
        full = self._settings.bm25_lead
        for name in leading:
            others = (factors[other] for other in leading if other != name)
            if full and self._kinds[name].counts_by_lead and any(others):
                found = lead(
                    name, leading, query, collection=self._collection, analyzer=self._analyzer
                )
                factors[name] *= lead_factor(found, full=full)
        if leading and len(leading) < len(rankings):
            first = self._first(query, leading, factors)
            for name in rankings.keys() - leading.keys():
                factors[name] *= [c.chunk_id for c in rankings[name][:1]] == first
        return factors

    def _first(self, query: Query, rankings: Rankings, factors: Mapping[str, float]) -> list[str]:
        """The id of the first chunk after fusion of these alone; empty where there is none."""
        weights = self._weights(query, factors, rankings)
        fused = fuse(rankings, weights=weights, settings=self._settings, minima=least_scores())
        return [candidate.chunk_id for candidate in fused[:1]]

    def _weights(
        self, query: Query, factors: Mapping[str, float], answered: Mapping[str, object]
    ) -> Mapping[str, float]:
        return route_weights(
            self._settings,
            language=query.language,
            kind=query.kind,
            factors=factors,
            answered=answered,
        )
