"""Recall, fusion and reranking."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from app.domain.queries import QueryKind, ReadingKind
from app.settings.section import Section, Share, Weight


class WeightRule(Section):
    """Weights of the routes for some queries; a condition that is not given fits every query."""

    language: str | None = None
    kind: QueryKind | None = None
    weights: dict[str, Weight]


class RetrievalSettings(Section):
    """Recall, fusion and reranking."""

    routes: tuple[str, ...] = Field(
        ("bm25", "dense"), min_length=1, description="see `app.retrieval.recall.registry`"
    )
    depth: int = Field(100, ge=1, le=1_000, description="candidates that each route returns")
    fusion: Literal["zscore", "convex", "rrf"] = "zscore"
    rrf_k: float = Field(60.0, ge=0.0, description="for rrf")
    weights: dict[str, Weight] = Field(
        default={"bm25": 0.5, "dense": 0.5, "sparse": 0.5, "graph": 0.2}
    )
    bm25_lead: Share = Field(
        0.6,
        description="of a question's terms that BM25's best hit must hold beyond what dense hits "
        "do, for BM25 to count in full; 0: it always does",
    )
    dense_useless: Share = Field(
        0.45,
        description="of the passages that BM25 finds again in a language, up to which the dense "
        "route counts nothing there",
    )
    dense_sound: Share = Field(
        0.5, description="the same, from which it counts in full; 0 for both: it always does"
    )
    graph_damping: float = Field(
        0.5, ge=0.0, lt=1.0, description="share that each step of the graph's walk passes on"
    )
    graph_nodes: int = Field(
        2_000, ge=10, le=100_000, description="entities and chunks that the walk may reach"
    )
    graph_common: int = Field(
        100,
        ge=1,
        le=10_000,
        description="chunks that name an entity beyond which it is passed over",
    )
    graph_read: int = Field(
        100, ge=2, le=1_000, description="of the chunks that the walk reaches, looked at for terms"
    )
    graph_gain: Share = Field(
        0.0, description="of a question's terms that two chunks must hold beyond what one does"
    )
    weight_rules: tuple[WeightRule, ...] = Field(
        (), description="the first that fits a query takes the place of weights"
    )
    ignore: tuple[ReadingKind, ...] = Field(
        (), description="what is never read into a query; see `app.retrieval.understanding`"
    )
    history_turns: int = Field(
        3, ge=0, le=10, description="earlier questions that a follow-up is read after; 0: none"
    )
    rewordings: int = Field(
        0, ge=0, le=5, description="other wordings of a query that the generator writes"
    )
    hypothesis: bool = Field(
        default=False,
        description="have the generator write a passage that might answer, for dense routes",
    )
    variant_weight: float = Field(
        0.5, gt=0.0, le=1.0, description="of what the generator wrote, beside the query"
    )
    variants_budget_ms: float = Field(
        2_000.0, ge=0.0, description="for the rewordings, and again for the hypothesis"
    )
    tuned: bool = True
    """Use what ``rag eval tune`` kept with a collection."""
    match_depth: int = Field(
        50, ge=1, le=1_000, description="candidates whose term matches are measured"
    )
    match_weight: float = Field(
        1.0, ge=0.0, le=10.0, description="of the term match, beside what was learned; 0: none"
    )
    rerank_depth: int = Field(20, ge=1, le=200, description="of these, read by the reranker")
    rerank_weight: float = Field(
        1.0, ge=0.0, le=10.0, description="of the reranker, beside what was learned; 0: none"
    )
    rerank_stop: float = Field(
        0.05,
        ge=0.0,
        le=5.0,
        description="unread candidates to be expected among the first five, below which reranking "
        "stops; 0: all are read",
    )
    rerank_budget_ms: float = Field(1_000.0, ge=0.0)

    @property
    def writes(self) -> bool:
        """Whether the generator takes part in a search."""
        return bool(self.rewordings) or self.hypothesis

    @model_validator(mode="after")
    def _dense_counts_more_the_more_it_finds(self) -> Self:
        if self.dense_useless > self.dense_sound:
            raise ValueError("dense_useless may not exceed dense_sound")
        return self
