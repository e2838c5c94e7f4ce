"""Where collections live and how their indexes behave."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from app.settings.section import Directory, Section


class StoreSettings(Section):
    """Where collections live and how their indexes behave."""

    kind: Literal["local", "memory"] = Field(
        "local", description="memory: collections end with the process"
    )
    directory: Directory = Field(Path("data"), validate_default=True)
    lexical_engine: Literal["tantivy", "rank_bm25"] = "tantivy"
    bm25_k1: float = Field(1.2, ge=0.0, le=10.0, description="not Tantivy's, which is 1.2")
    bm25_b: float = Field(0.75, ge=0.0, le=1.0, description="not Tantivy's, which is 0.75")
    metric: Literal["cosine", "dot", "l2"] = "cosine"
    hnsw_threshold: int = Field(200_000, ge=1, description="chunks above which search is by HNSW")
    hnsw_links: int = Field(32, ge=4, le=128)
    hnsw_ef_construction: int = Field(80, ge=8, le=2_000)
    hnsw_ef_search: int = Field(128, ge=8, le=4_000)
    entity_graph: bool = Field(
        default=False, description="keep which passages name which entities, for the route graph"
    )
    lock_timeout_s: float = Field(30.0, ge=0.0)
    open_collections: int = Field(
        32, ge=1, description="collections asked for last that keep files and memory"
    )
