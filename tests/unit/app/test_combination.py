from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hits import Fused
from app.errors import ConfigurationError
from app.models.bundled.catalogue import RERANKER_MINI
from app.retrieval.ranking.combination import (
    TOP,
    Combined,
    Weights,
    best_recalled,
    combine,
    combined_scores,
    is_settled,
    standard_scores,
)
from app.retrieval.ranking.learned import Combination, Learned, read_learned, shipped
from app.retrieval.ranking.relevance import Calibration, relevance

FUSED_SCORES = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}
TRUSTING = Combination(match=2.0, trust=1.0)
"""Trusts a reranker as much as recall."""
PLAIN = Calibration("none", intercept=-2.0, score=1.0, best=4.0)
KNOWN = Calibration("known", intercept=-1.0, score=2.0, best=0.1)
UNMATCHED = dict.fromkeys(FUSED_SCORES, 0.0)
AS_LEARNED = Weights()


def fused(scores: Mapping[str, float] = FUSED_SCORES) -> list[Fused]:
    return [Fused(id_, rank, score, {}) for rank, (id_, score) in enumerate(scores.items(), 1)]


def combined(
    scores: Mapping[str, float],
    *,
    matches: Mapping[str, float] = UNMATCHED,
    weights: Weights = AS_LEARNED,
    depth: int = 4,
    combination: Combination = TRUSTING,
    reranker: str = "unknown",
) -> list[Combined]:
    return combine(
        fused(),
        matches,
        scores,
        depth=depth,
        weights=weights,
        learned=Learned(combination, {"none": PLAIN, "known": KNOWN}),
        reranker=reranker,
    )


def order(
    scores: Mapping[str, float],
    *,
    weight: float = 1.0,
    depth: int = 4,
    combination: Combination = TRUSTING,
) -> str:
    found = combined(scores, weights=Weights(rerank=weight), depth=depth, combination=combination)
    return "".join(candidate.fused.chunk_id for candidate in found)


def test_both_scores_count_in_standard_deviations() -> None:
    """Fused: ±1.342 and ±0.447 (σ = √1.25). Reranker 0, 0, 8, 0: mean 2, σ = √12, so −0.577 and
    1.732. Sums: a 0.764, b −0.130, c 1.285, d −1.919."""
    found = combined_scores(
        np.array([4.0, 3.0, 2.0, 1.0]),
        np.zeros(4),
        np.array([0.0, 0.0, 8.0, 0.0]),
        weights=Weights(),
        combination=TRUSTING,
    )
    assert found == pytest.approx([0.764, -0.130, 1.285, -1.919], abs=1e-3)
    assert order({"a": 0.0, "b": 0.0, "c": 8.0, "d": 0.0}) == "cabd"


def test_the_scale_of_a_reranker_makes_no_difference() -> None:
    scores = {"a": 0.1, "b": 0.9, "c": 0.4, "d": 0.2}
    stretched = {id_: 1_000.0 * score - 7.0 for id_, score in scores.items()}
    assert order(scores) == order(stretched) == "bacd"


def test_a_close_match_of_the_terms_counts_beside_the_fused_score() -> None:
    """Fused: ±1.342 and ±0.447. c matches by 0.9, which counts double: −0.447 + 1.8 = 1.353."""
    matches = {"a": 0.0, "b": 0.1, "c": 0.9, "d": 0.0}
    found = combined({}, matches=matches)
    assert [c.fused.chunk_id for c in found] == ["c", "a", "b", "d"]
    assert found[0].score == pytest.approx(1.353, abs=1e-3)
    assert [c.term_match for c in found] == [0.9, 0.0, 0.1, 0.0]
    declined = combined({}, matches=matches, weights=Weights(match=0.0))
    assert [c.fused.chunk_id for c in declined] == ["a", "b", "c", "d"]


def test_a_reranker_reads_the_best_by_fused_score_and_match_together() -> None:
    """c: −0.447 + 2 · 0.9 = 1.353, before a with 1.342."""
    matches = {"a": 0.0, "b": 0.1, "c": 0.9, "d": 0.0}
    found = best_recalled(fused(), matches, count=2, weights=AS_LEARNED, combination=TRUSTING)
    assert found == ["c", "a"]
    declined = Weights(match=0.0)
    found = best_recalled(fused(), matches, count=2, weights=declined, combination=TRUSTING)
    assert found == ["a", "b"]
    assert best_recalled([], {}, count=2, weights=AS_LEARNED, combination=TRUSTING) == []


def test_what_a_reranker_did_not_read_is_not_lifted_by_one_that_contradicts_recall() -> None:
    """Of a, b and c, the reranker likes the last best; d, the worst by recall, stays behind."""
    wary = Combination(match=0.0, trust=0.6)
    found = combined({"a": 0.0, "b": 1.0, "c": 2.0}, combination=wary)
    assert [c.fused.chunk_id for c in found][-1] == "d"


@pytest.mark.parametrize("weight", [0.0, 0.2])
def test_with_little_weight_the_fused_order_stands(weight: float) -> None:
    assert order({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}, weight=weight) == "abcd"


def test_with_much_weight_the_reranker_decides() -> None:
    assert order({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}, weight=9.0) == "dcba"


def test_a_candidate_that_was_not_reranked_has_the_score_to_be_expected() -> None:
    """a and b agree with recall (correlation 1), so c and d count as if they agreed too."""
    assert order({"a": 5.0, "b": 1.0}) == "abcd"
    assert order({"a": 1.0, "b": 5.0, "c": 1.0}, weight=2.0)[0] == "b"


def test_one_score_alone_compares_with_nothing() -> None:
    assert order({"a": -100.0}) == "abcd"


def test_what_lies_deeper_stays_behind_whatever_its_score() -> None:
    assert order({"a": 0.0, "b": 9.0, "c": 99.0}, weight=2.0, depth=2) == "bacd"


@pytest.mark.parametrize("score", [1.0, 0.7, 1.1, -1e6 / 3])
def test_equal_scores_say_nothing_whatever_rounding_makes_of_their_mean(score: float) -> None:
    assert standard_scores(np.array([score] * 6)).tolist() == [0.0] * 6
    many = fused({f"c{n}": 9.0 - n for n in range(8)})
    read = {f"c{n}": score for n in range(6)}
    found = combine(
        many, {}, read, depth=8, weights=AS_LEARNED, learned=shipped(), reranker="unknown"
    )
    assert [c.fused.chunk_id for c in found] == [c.chunk_id for c in many]


def test_equal_scores_keep_the_fused_order() -> None:
    assert order(dict.fromkeys("abcd", 1.0)) == "abcd"
    flat = [Fused(id_, rank, 1.0, {}) for rank, id_ in enumerate("abcd", 1)]
    found = combine(flat, {}, {}, depth=4, weights=AS_LEARNED, learned=shipped(), reranker="none")
    assert [c.fused.chunk_id for c in found] == list("abcd")


def test_nothing_to_rerank_is_nothing() -> None:
    nothing = combine([], {}, {}, depth=20, weights=AS_LEARNED, learned=shipped(), reranker="none")
    assert nothing == []


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
)
def test_every_candidate_keeps_a_finite_place(
    by_fusion: list[float], by_rerank: list[float]
) -> None:
    candidates = fused({f"c{n:02}": score for n, score in enumerate(sorted(by_fusion)[::-1])})
    scores = {c.chunk_id: s for c, s in zip(candidates, by_rerank, strict=False)}
    found = combine(
        candidates,
        {c.chunk_id: n / 20 for n, c in enumerate(candidates)},
        scores,
        depth=15,
        weights=AS_LEARNED,
        learned=shipped(),
        reranker="none",
    )
    assert sorted(c.fused.chunk_id for c in found) == [c.chunk_id for c in candidates]
    assert all(math.isfinite(c.score) for c in found)


def test_what_was_learned_for_another_reranker_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "learned.json"
    calibration = {"reranker": "none", "intercept": 0.0, "score": 1.0, "best": 0.0}
    content = {"combination": {"match": 1.0, "trust": 2.0}, "calibrations": [calibration]}
    file.write_text(json.dumps(content))
    assert read_learned(file).combination == Combination(match=1.0, trust=2.0)


def test_what_a_score_of_the_bundled_reranker_means_is_known() -> None:
    assert {"none", RERANKER_MINI.id} <= shipped().calibrations.keys()


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[]",
        "{}",
        '{"combination": {"match": 1.0}, "calibrations": []}',
        '{"combination": {"match": 1.0, "trust": 2.0}, "calibrations": []}',
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "learned.json"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=r"models\.combination"):
        read_learned(file)
    with pytest.raises(ConfigurationError, match=r"models\.combination"):
        read_learned(tmp_path / "none.json")


def test_relevance_is_a_probability_that_falls_with_the_rank() -> None:
    """Log odds −1 + 2 · 0.5 + 0.1 · 10 = 1: 1 / (1 + e⁻¹) = 0.731."""
    found = relevance(np.array([0.5, 0.0]), 10.0, KNOWN)
    assert found == pytest.approx([0.731, 0.5], abs=1e-3)
    ranked = combined({"a": 1.0, "b": 9.0, "c": 2.0}, depth=3, reranker="known")
    told = [candidate.relevance for candidate in ranked]
    assert told[3] is None
    assert all(p is not None for p in told[:3])
    assert told[:3] == sorted(told[:3], reverse=True)


@pytest.mark.parametrize(("reranker", "scores"), [("none", {}), ("unknown", {"a": 1.0, "b": 9.0})])
def test_without_a_calibrated_reranker_recall_tells_what_is_relevant(
    reranker: str, scores: Mapping[str, float]
) -> None:
    """a: fused 1.342, match 0.9 twice, and 4 · 0.9 for the query: −2 + 1.342 + 1.8 + 3.6."""
    matches = {"a": 0.9, "b": 0.0, "c": 0.0, "d": 0.0}
    told = {
        c.fused.chunk_id: c.relevance for c in combined(scores, matches=matches, reranker=reranker)
    }
    assert told["a"] == pytest.approx(1 / (1 + math.exp(-4.742)), abs=1e-4)
    far = combined(scores, matches=dict.fromkeys("abcd", 0.1), reranker=reranker)
    assert max(c.relevance or 0.0 for c in far) < 0.5


def test_a_candidate_that_vanished_since_it_was_recalled_matches_nothing() -> None:
    found = combined({}, matches={"a": 0.2, "c": 0.9})
    assert [c.term_match for c in found] == [0.2, 0.9, None, None]


# --- how deep it pays to read --------------------------------------------------------------------

MANY = {f"c{n}": 10.0 - n for n in range(10)}


def settled(
    rerank: Mapping[str, float], *, below: float = 0.05, scores: Mapping[str, float] = MANY
) -> bool:
    return is_settled(
        fused(scores),
        dict.fromkeys(scores, 0.0),
        rerank,
        unread=[id_ for id_ in scores if id_ not in rerank],
        below=below,
        weights=AS_LEARNED,
        combination=TRUSTING,
    )


def test_it_is_settled_where_those_that_wait_lie_far_behind() -> None:
    far = {f"c{n}": 10.0 - n if n < 6 else -40.0 for n in range(10)}
    agreeing = {f"c{n}": -0.1 * n for n in range(6)}
    assert settled(agreeing, scores=far)


def test_it_is_open_where_those_that_wait_lie_close() -> None:
    contradicting = {f"c{n}": float(n % 2) for n in range(6)}
    assert not settled(contradicting)


def test_the_more_that_may_come_among_the_first_the_earlier_it_is_settled() -> None:
    rerank = {f"c{n}": float(n % 3) for n in range(7)}
    assert not settled(rerank, below=0.0)
    assert settled(rerank, below=5.0)


def test_it_is_never_settled_before_the_first_places_are_taken() -> None:
    assert not settled({f"c{n}": 1.0 for n in range(TOP - 1)}, below=5.0)


def test_it_is_settled_where_nothing_waits() -> None:
    assert settled({f"c{n}": float(n % 2) for n in range(10)})


def test_a_reranker_that_says_what_recall_says_settles_it_at_once() -> None:
    assert settled({f"c{n}": -float(n) for n in range(TOP)})
