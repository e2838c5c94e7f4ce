"""Names of the stages of a search: each route, and each combination of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STAGE_OF_ROUTE: Final[Mapping[str, str]] = {"dense": "embedding"}
"""Stages that are a single route but do not have its name."""
ENSEMBLE: Final = "ensemble"
"""The fused routes."""
ENSEMBLE_RERANK: Final = "ensemble_rerank"
"""The ensemble, reordered by term match and reranker, if there is one."""
