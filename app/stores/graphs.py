"""What every store says where it keeps no entity graph."""

from __future__ import annotations

from app.errors import InvalidRequest
from app.ports.graph import EntityGraph


def require_graph(graph: EntityGraph | None) -> EntityGraph:
    """The graph. Raises `InvalidRequest` where there is none."""
    if graph is None:
        raise InvalidRequest(
            "No entity graph is kept here, so the route graph can't be searched: set "
            "store.entity_graph = true. It is made of what is stored already."
        )
    return graph
