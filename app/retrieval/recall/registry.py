"""Every route that there is. A new one is a file in this room and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.retrieval.recall.bm25 import BM25
from app.retrieval.recall.dense import DENSE
from app.retrieval.recall.graph import GRAPH
from app.retrieval.recall.route import RouteKind
from app.retrieval.recall.running import Source
from app.retrieval.recall.sparse import SPARSE

ROUTES: Final[tuple[RouteKind, ...]] = (
    BM25,
    DENSE,
    SPARSE,
    GRAPH,
)


def routes() -> Mapping[str, RouteKind]:
    """Routes by their names."""
    return {kind.name: kind for kind in ROUTES}


def least_scores() -> Mapping[str, float]:
    """The least score of each route that has one."""
    return {kind.name: kind.least for kind in ROUTES if kind.least is not None}


def minima(sources: Mapping[str, Source]) -> Mapping[str, float]:
    """The least score of each ranking whose route has one."""
    least = least_scores()
    return {name: least[source.route] for name, source in sources.items() if source.route in least}
