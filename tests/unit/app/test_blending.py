from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Fused
from app.retrieval.blending import blend

FUSED_SCORES = {"a": 1.0, "b": 0.75, "c": 0.5, "d": 0.25}


def fused(scores: Mapping[str, float] = FUSED_SCORES) -> list[Fused]:
    return [Fused(id_, rank, score, {}) for rank, (id_, score) in enumerate(scores.items(), 1)]


def blended(
    scores: Mapping[str, float], *, weight: float, of: Mapping[str, float] = FUSED_SCORES
) -> str:
    return "".join(candidate.chunk_id for candidate in blend(fused(of), scores, weight=weight))


def test_at_one_the_reranker_alone_decides() -> None:
    assert blended({"a": -5.0, "b": 2.0, "c": 9.0, "d": 2.5}, weight=1.0) == "cdba"


def test_at_zero_the_fused_order_stands() -> None:
    assert blended({"a": -5.0, "b": 2.0, "c": 9.0, "d": 2.5}, weight=0.0) == "abcd"


def test_between_both_scores_count_after_each_is_stretched_to_the_same_range() -> None:
    """Fused: a 1, b 2/3, c 1/3, d 0. Reranker, whose range is ten wide: a 0, b 0.2, c 1, d 0.5.

    At ½: a 1/2, b 13/30, c 2/3, d 1/4. At ¼: a 3/4, b 11/20, c 1/2, d 1/8.
    """
    scores = {"a": 10.0, "b": 12.0, "c": 20.0, "d": 15.0}
    assert blended(scores, weight=0.5) == "cabd"
    assert blended(scores, weight=0.25) == "abcd"
    assert blended(scores, weight=0.9) == "cdba"


def test_fused_scores_are_stretched_over_the_reranked_candidates_alone() -> None:
    """Over a and b alone, b has 0 and not 2/3, so that the reranker's 1 for it only draws level."""
    assert blended({"a": 0.0, "b": 1.0}, weight=0.5) == "abcd"
    assert blended({"a": 0.0, "b": 1.0}, weight=0.51) == "bacd"
    assert blended({"a": 0.0, "b": 1.0}, weight=0.49) == "abcd"


def test_a_candidate_that_is_not_reranked_takes_no_part_in_the_proportion() -> None:
    """Without b: fused a 1, c 1/3, d 0; reranker a 2/5, c 1, d 0; at ½: a 7/10, c 2/3, d 0."""
    assert blended({"a": 4.0, "c": 10.0, "d": 0.0}, weight=0.5) == "acdb"


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_what_is_not_reranked_stays_behind_in_its_fused_order(weight: float) -> None:
    assert blended({"d": -9.0, "b": -9.5}, weight=weight).endswith("ac")


def test_ties_keep_the_fused_order() -> None:
    assert blended({"a": 1.0, "b": 3.0, "c": 1.0, "d": 3.0}, weight=1.0) == "bdac"


def test_equal_rerank_scores_leave_the_fused_order() -> None:
    equal = dict.fromkeys(FUSED_SCORES, 0.3)
    assert blended(equal, weight=1.0) == "abcd"
    assert blended(equal, weight=0.5) == "abcd"


def test_equal_fused_scores_leave_the_reranker_to_decide() -> None:
    level = dict.fromkeys("abcd", 0.5)
    scores = {"a": 1.0, "b": 3.0, "c": 2.0, "d": 4.0}
    assert blended(scores, weight=0.01, of=level) == "dbca"
    assert blended(scores, weight=0.0, of=level) == "abcd"


def test_nothing_reranked_leaves_all_as_it_was() -> None:
    assert blended({}, weight=1.0) == "abcd"
    assert blend([], {}, weight=1.0) == []


@given(
    numbers=st.lists(st.tuples(st.floats(-10, 10), st.none() | st.floats(-10, 10)), max_size=8),
    weight=st.floats(0, 1),
)
def test_blending_loses_no_candidate_and_changes_none(
    numbers: list[tuple[float, float | None]], weight: float
) -> None:
    by_score = sorted((score for score, _ in numbers), reverse=True)
    before = fused({f"c{n}": score for n, score in enumerate(by_score)})
    scores = {f"c{n}": told for n, (_, told) in enumerate(numbers) if told is not None}

    after = blend(before, scores, weight=weight)

    assert sorted(after, key=lambda candidate: candidate.rank) == before
    assert {candidate.chunk_id for candidate in after[: len(scores)]} == set(scores)
