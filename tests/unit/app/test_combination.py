from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Fused
from app.retrieval.combination import (
    Calibration,
    Combination,
    combine,
    combined_scores,
    learned,
    relevance,
)

FUSED_SCORES = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}
BLIND = Combination(base=1.0, agreement=0.0)
"""Trusts every reranker alike."""


def fused(scores: Mapping[str, float] = FUSED_SCORES) -> list[Fused]:
    return [Fused(id_, rank, score, {}) for rank, (id_, score) in enumerate(scores.items(), 1)]


def order(
    scores: Mapping[str, float],
    *,
    weight: float = 1.0,
    depth: int = 4,
    combination: Combination = BLIND,
) -> str:
    found = combine(fused(), scores, depth=depth, weight=weight, combination=combination)
    return "".join(candidate.fused.chunk_id for candidate in found)


def test_both_scores_count_in_standard_deviations() -> None:
    """Fused: ±1.342 and ±0.447 (σ = √1.25). Reranker 0, 0, 8, 0: mean 2, σ = √12, so −0.577 and
    1.732. Sums: a 0.764, b −0.130, c 1.285, d −1.919."""
    found = combined_scores(
        np.array([4.0, 3.0, 2.0, 1.0]),
        np.array([0.0, 0.0, 8.0, 0.0]),
        weight=1.0,
        combination=BLIND,
    )
    assert found == pytest.approx([0.764, -0.130, 1.285, -1.919], abs=1e-3)
    assert order({"a": 0.0, "b": 0.0, "c": 8.0, "d": 0.0}) == "cabd"


def test_the_scale_of_a_reranker_makes_no_difference() -> None:
    scores = {"a": 0.1, "b": 0.9, "c": 0.4, "d": 0.2}
    stretched = {id_: 1_000.0 * score - 7.0 for id_, score in scores.items()}
    assert order(scores) == order(stretched) == "bacd"


@pytest.mark.parametrize("weight", [0.0, 0.2])
def test_with_little_weight_the_fused_order_stands(weight: float) -> None:
    assert order({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}, weight=weight) == "abcd"


def test_with_much_weight_the_reranker_decides() -> None:
    assert order({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}, weight=9.0) == "dcba"


def test_a_reranker_that_contradicts_recall_is_trusted_less() -> None:
    """Correlations of 0, 1, 2, 3 and of 2, 3, 1, 0 with the fused scores: −1 and 0.8."""
    wary = Combination(base=0.5, agreement=0.5)
    assert order({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}, weight=9.0, combination=wary) == "abcd"
    assert order({"a": 2.0, "b": 3.0, "c": 1.0, "d": 0.0}, weight=9.0, combination=wary) == "bacd"


def test_trust_is_never_negative() -> None:
    hostile = Combination(base=-5.0, agreement=0.0)
    assert order({"a": 2.0, "b": 3.0, "c": 1.0, "d": 0.0}, combination=hostile) == "abcd"


def test_a_candidate_that_was_not_reranked_has_the_score_to_be_expected() -> None:
    """a and b agree with recall (correlation 1), so c and d count as if they agreed too."""
    assert order({"a": 5.0, "b": 1.0}) == "abcd"
    assert order({"a": 1.0, "b": 5.0, "c": 1.0}, weight=2.0)[0] == "b"


def test_one_score_alone_compares_with_nothing() -> None:
    assert order({"a": -100.0}) == "abcd"


def test_what_lies_deeper_stays_behind_whatever_its_score() -> None:
    assert order({"a": 0.0, "b": 9.0, "c": 99.0}, weight=2.0, depth=2) == "bacd"


def test_equal_scores_keep_the_fused_order() -> None:
    assert order(dict.fromkeys("abcd", 1.0)) == "abcd"
    flat = [Fused(id_, rank, 1.0, {}) for rank, id_ in enumerate("abcd", 1)]
    found = combine(flat, {}, depth=4, weight=1.0, combination=BLIND)
    assert [c.fused.chunk_id for c in found] == list("abcd")


def test_nothing_to_rerank_is_nothing() -> None:
    assert combine([], {}, depth=20, weight=1.0, combination=BLIND) == []


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
)
def test_every_candidate_keeps_a_finite_place(
    by_fusion: list[float], by_rerank: list[float]
) -> None:
    candidates = fused({f"c{n:02}": score for n, score in enumerate(sorted(by_fusion)[::-1])})
    scores = {c.chunk_id: s for c, s in zip(candidates, by_rerank, strict=False)}
    found = combine(candidates, scores, depth=15, weight=1.0, combination=learned().combination)
    assert sorted(c.fused.chunk_id for c in found) == [c.chunk_id for c in candidates]
    assert all(math.isfinite(c.score) for c in found)


def test_relevance_is_a_probability_that_falls_with_the_rank() -> None:
    """Log odds −1 + 2 · 0.5 + 0.1 · 10 = 1: 1 / (1 + e⁻¹) = 0.731."""
    calibration = Calibration("r", intercept=-1.0, score=2.0, best=0.1)
    found = relevance(np.array([0.5, 0.0]), np.array([10.0, 10.0]), calibration)
    assert found == pytest.approx([0.731, 0.5], abs=1e-3)
    scores = {"a": 1.0, "b": 9.0, "c": 2.0, "d": 0.0}
    ranked = combine(
        fused(), scores, depth=3, weight=1.0, combination=BLIND, calibration=calibration
    )
    told = [candidate.relevance for candidate in ranked]
    assert told[3] is None
    assert all(p is not None for p in told[:3])
    assert told[:3] == sorted(told[:3], reverse=True)
    plain = combine(fused(), scores, depth=3, weight=1.0, combination=BLIND)
    assert all(candidate.relevance is None for candidate in plain)
