import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain import Candidate
from app.errors import ConfigurationError
from app.retrieval.fusion import convex_combination, weighted_rrf

EQUAL = {"bm25": 0.5, "dense": 0.5}
MINIMA = {"bm25": 0.0, "dense": -1.0}


def ranking(*scored):
    """Candidates of ``(chunk id, score)`` pairs, or of bare ids with falling scores."""
    pairs = [
        item if isinstance(item, tuple) else (item, -float(n)) for n, item in enumerate(scored)
    ]
    return [Candidate(id_, rank, score) for rank, (id_, score) in enumerate(pairs, start=1)]


def scores(fused):
    return {item.chunk_id: item.score for item in fused}


def order(fused):
    return [item.chunk_id for item in fused]


# --- weighted reciprocal rank fusion ---


def test_rrf_adds_the_weighted_reciprocals_of_the_ranks():
    fused = weighted_rrf(
        {"bm25": ranking("a", "b"), "dense": ranking("b", "c")},
        weights={"bm25": 0.25, "dense": 0.75},
        k=60,
    )
    assert scores(fused) == pytest.approx(
        {"b": 0.25 / 62 + 0.75 / 61, "c": 0.75 / 62, "a": 0.25 / 61}
    )
    assert [(item.chunk_id, item.rank) for item in fused] == [("b", 1), ("c", 2), ("a", 3)]


def test_rrf_tells_each_routes_part_in_a_score():
    (first, *_) = weighted_rrf(
        {"bm25": ranking(("a", 9.5), ("b", 7.0)), "dense": ranking(("b", 0.8))}, weights=EQUAL, k=0
    )
    assert first.chunk_id == "b"
    assert first.routes["bm25"].rank == 2
    assert first.routes["bm25"].score == 7.0
    assert first.routes["bm25"].contribution == 0.5 / 2
    assert first.routes["dense"].contribution == 0.5 / 1
    assert first.score == 0.75


def test_rrf_without_k_gives_the_first_of_one_route_all_of_its_weight():
    assert scores(weighted_rrf({"bm25": ranking("a", "b")}, weights=EQUAL, k=0)) == {
        "a": 1.0,
        "b": 0.5,
    }


def test_the_weights_of_the_routes_that_answered_sum_to_one():
    fused = weighted_rrf({"bm25": ranking("a")}, weights={"bm25": 0.2, "dense": 0.8}, k=60)
    assert scores(fused) == {"a": 1 / 61}


def test_a_route_that_found_nothing_keeps_its_share():
    fused = weighted_rrf({"bm25": ranking("a"), "dense": []}, weights=EQUAL, k=60)
    assert scores(fused) == {"a": 0.5 / 61}


def test_what_only_a_route_of_weight_zero_ranks_comes_last_with_a_score_of_zero():
    fused = weighted_rrf(
        {"bm25": ranking("b", "a"), "dense": ranking("z", "a")},
        weights={"bm25": 1.0, "dense": 0.0},
        k=60,
    )
    assert order(fused) == ["b", "a", "z"]
    assert fused[-1].score == 0.0


def test_ties_break_on_chunk_id():
    fused = weighted_rrf({"bm25": ranking("b"), "dense": ranking("a")}, weights=EQUAL, k=60)
    assert order(fused) == ["a", "b"]


# --- convex combination ---


def test_min_max_maps_each_routes_best_to_one_and_its_worst_to_zero():
    fused = convex_combination(
        {
            "bm25": ranking(("a", 12.0), ("b", 9.0), ("c", 4.0)),
            "dense": ranking(("c", 0.9), ("b", 0.5), ("d", 0.4)),
        },
        weights={"bm25": 0.25, "dense": 0.75},
    )
    assert scores(fused) == pytest.approx(
        {"c": 0.75, "b": 0.25 * 5 / 8 + 0.75 * 0.1 / 0.5, "a": 0.25, "d": 0.0}
    )
    assert order(fused) == ["c", "b", "a", "d"]


def test_theoretical_minima_keep_the_worst_of_a_good_list_above_zero():
    fused = convex_combination(
        {"bm25": ranking(("a", 10.0), ("b", 8.0)), "dense": ranking(("b", 1.0), ("a", 0.6))},
        weights=EQUAL,
        minima=MINIMA,
    )
    assert scores(fused) == pytest.approx(
        {"a": 0.5 * 1.0 + 0.5 * 1.6 / 2.0, "b": 0.5 * 0.8 + 0.5 * 1.0}
    )


def test_equal_scores_all_count_as_the_best():
    fused = convex_combination({"bm25": ranking(("b", 3.0), ("a", 3.0))}, weights=EQUAL)
    assert scores(fused) == {"a": 1.0, "b": 1.0}


def test_an_empty_route_adds_nothing_to_a_combination():
    fused = convex_combination({"bm25": ranking(("a", 3.0)), "dense": []}, weights=EQUAL)
    assert scores(fused) == {"a": 0.5}


def test_without_a_minimum_the_worst_of_the_list_stands_for_it():
    rankings = {
        "bm25": ranking(("a", 8.0), ("b", 4.0)),
        "dense": ranking(("b", 0.9), ("c", 0.85), ("a", 0.8)),
    }
    fused = convex_combination(rankings, weights=EQUAL, minima={"bm25": 0.0})
    assert scores(fused) == pytest.approx({"a": 0.5, "b": 0.25 + 0.5, "c": 0.25})


def test_a_score_below_the_minimum_takes_its_place():
    fused = convex_combination(
        {"bm25": ranking(("a", 1.5), ("b", -0.5))}, weights=EQUAL, minima=MINIMA
    )
    assert scores(fused) == pytest.approx({"a": 1.0, "b": 0.0})


# --- both ---


def rrf(rankings, weights=EQUAL):
    return weighted_rrf(rankings, weights=weights, k=60)


def min_max(rankings, weights=EQUAL):
    return convex_combination(rankings, weights=weights)


def theoretical(rankings, weights=EQUAL):
    return convex_combination(rankings, weights=weights, minima=dict.fromkeys(weights, -2e3))


either = pytest.mark.parametrize("fuse", [rrf, min_max, theoretical])


@either
def test_fusing_nothing_gives_nothing(fuse):
    assert fuse({}) == []
    assert fuse({"bm25": [], "dense": []}) == []


@either
@pytest.mark.parametrize(
    ("weights", "what"),
    [
        pytest.param({"bm25": 1.0}, 'no weight for the route "dense"', id="no weight"),
        pytest.param({"bm25": 0.0, "dense": 0.0}, "0 for every route", id="all zero"),
        pytest.param({"bm25": 1.5, "dense": -0.5}, '"dense" is -0.5', id="negative"),
        pytest.param({"bm25": math.nan, "dense": 1.0}, '"bm25" is nan', id="not a number"),
        pytest.param({"bm25": math.inf, "dense": 1.0}, '"bm25" is inf', id="infinite"),
    ],
)
def test_weights_that_can_not_be_normalised_are_refused(fuse, weights, what):
    with pytest.raises(ConfigurationError, match=what):
        fuse({"bm25": ranking("a"), "dense": ranking("b")}, weights | {"third": 1.0})


@either
def test_a_chunk_that_a_route_ranks_twice_is_refused(fuse):
    with pytest.raises(ValueError, match="bm25 ranks a twice"):
        fuse({"bm25": ranking("a", "b", "a"), "dense": ranking("a")})


@either
def test_a_rank_below_one_is_refused(fuse):
    with pytest.raises(ValueError, match="rank 0"):
        fuse({"bm25": [Candidate("a", 0, 1.0)]})


@pytest.mark.parametrize("k", [-1.0, math.nan, math.inf])
def test_a_k_that_rrf_has_no_meaning_for_is_refused(k):
    with pytest.raises(ConfigurationError, match="rrf_k"):
        weighted_rrf({"bm25": ranking("a")}, weights=EQUAL, k=k)


ROUTES = ("bm25", "dense", "third")


@st.composite
def rankings_and_weights(draw):
    """Up to three routes over a few chunks, with falling scores, and weights above 0."""
    rankings = {}
    for route in draw(st.lists(st.sampled_from(ROUTES), unique=True, min_size=1)):
        ids = draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
        values = draw(st.lists(st.floats(-1e3, 1e3), min_size=len(ids), max_size=len(ids)))
        rankings[route] = ranking(*zip(ids, sorted(values, reverse=True), strict=True))
    return rankings, {route: draw(st.floats(0.01, 1.0)) for route in ROUTES}


@either
@given(drawn=rankings_and_weights())
def test_the_order_of_the_routes_changes_nothing(fuse, drawn):
    rankings, weights = drawn
    backwards = dict(reversed(list(rankings.items())))
    assert fuse(backwards, weights) == fuse(rankings, weights)


@either
@given(drawn=rankings_and_weights())
def test_ranks_ascend_from_one_over_all_chunks_and_scores_fall(fuse, drawn):
    rankings, weights = drawn
    fused = fuse(rankings, weights)
    assert [item.rank for item in fused] == list(range(1, len(fused) + 1))
    assert set(order(fused)) == {item.chunk_id for found in rankings.values() for item in found}
    assert [item.score for item in fused] == sorted((item.score for item in fused), reverse=True)
    assert all(0 <= item.score <= 1 + 1e-12 for item in fused)


@either
@given(drawn=rankings_and_weights(), power=st.integers(-6, 6))
def test_multiplying_all_weights_changes_nothing(fuse, drawn, power):
    """Powers of two, so that the weights themselves are not rounded."""
    rankings, weights = drawn
    scaled = {route: weight * 2.0**power for route, weight in weights.items()}
    assert fuse(rankings, scaled) == fuse(rankings, weights)


@either
@given(ids=st.lists(st.text(max_size=3), unique=True), weight=st.floats(0.01, 1.0))
def test_a_single_route_keeps_its_order(fuse, ids, weight):
    assert order(fuse({"bm25": ranking(*ids)}, {"bm25": weight})) == ids


@given(drawn=rankings_and_weights(), data=st.data())
def test_a_better_rank_never_lowers_a_score_or_a_place(drawn, data):
    """Within one route a chunk changes places with the one above it."""
    rankings, weights = drawn
    movable = [route for route, found in rankings.items() if len(found) > 1]
    assume(movable)
    route = data.draw(st.sampled_from(movable))
    ids = [item.chunk_id for item in rankings[route]]
    place = data.draw(st.integers(1, len(ids) - 1))
    moved = ids[place]
    ids[place - 1], ids[place] = ids[place], ids[place - 1]

    before = {item.chunk_id: item for item in rrf(rankings, weights)}[moved]
    after = {item.chunk_id: item for item in rrf({**rankings, route: ranking(*ids)}, weights)}[
        moved
    ]
    assert after.score > before.score
    assert after.rank <= before.rank


@pytest.mark.parametrize("fuse", [min_max, theoretical])
@given(drawn=rankings_and_weights(), gain=st.floats(0, 100), data=st.data())
def test_a_better_score_never_lowers_a_chunk_in_a_combination(fuse, drawn, gain, data):
    """Only below the route's best: a new maximum would rescale the whole route."""
    rankings, weights = drawn
    movable = [route for route, found in rankings.items() if len(found) > 2]
    assume(movable)
    route = data.draw(st.sampled_from(movable))
    found = rankings[route]
    place = data.draw(st.integers(1, len(found) - 2))
    chunk_id = found[place].chunk_id
    raised = min(found[0].score, found[place].score + gain)
    pairs = [(item.chunk_id, item.score) for item in found]
    pairs[place] = (chunk_id, raised)
    pairs.sort(key=lambda pair: -pair[1])

    before = scores(fuse(rankings, weights))[chunk_id]
    after = scores(fuse({**rankings, route: ranking(*pairs)}, weights))[chunk_id]
    assert after >= before
