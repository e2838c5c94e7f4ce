"""What tables call the stages of a search: each route, and each combination of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STAGE_OF_ROUTE: Final[Mapping[str, str]] = {"dense": "embedding"}
"""The stage that is one route alone, where it does not have the route's own name."""
ENSEMBLE: Final = "ensemble"
"""The routes, fused."""
ENSEMBLE_RERANK: Final = "ensemble_rerank"
"""The ensemble, its best candidates in order of term match and, where there is one, reranker."""
