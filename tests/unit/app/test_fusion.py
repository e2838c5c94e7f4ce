import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.hits import Candidate
from app.errors import ConfigurationError
from app.retrieval.fusion.fuse import convex_combination, fuse, weighted_rrf, zscore_combination
from app.retrieval.recall.registry import least_scores
from app.settings import RetrievalSettings

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


# --- standard scores ---


def test_z_scores_tell_how_many_deviations_a_chunk_lies_above_the_worst():
    """Over a, b, c and d, by how far above the worst:

    bm25 finds a 8, b 4, c 0 and d not, so 0: mean 3, mean square 20, σ = √11;
    dense finds b 0.4, d 0.1, c 0.1 − 0.1 = 0 and a not, so 0: mean 0.125, mean square 0.0425.
    """
    fused = zscore_combination(
        {
            "bm25": ranking(("a", 12.0), ("b", 8.0), ("c", 4.0)),
            "dense": ranking(("b", 0.9), ("d", 0.6), ("c", 0.5)),
        },
        weights={"bm25": 0.25, "dense": 0.75},
    )
    bm25, dense = math.sqrt(11), math.sqrt(0.0425 - 0.125**2)
    assert scores(fused) == pytest.approx(
        {
            "a": 0.25 * 8 / bm25,
            "b": 0.25 * 4 / bm25 + 0.75 * 0.4 / dense,
            "c": 0.0,
            "d": 0.75 * 0.1 / dense,
        }
    )
    assert [(item.chunk_id, item.rank) for item in fused] == [
        ("b", 1),
        ("a", 2),
        ("d", 3),
        ("c", 4),
    ]


def test_a_chunk_that_a_route_does_not_rank_counts_as_its_worst():
    absent = zscore_combination(
        {"bm25": ranking(("a", 3.0), ("b", 1.0)), "dense": ranking(("c", 2.0), ("a", 1.0))},
        weights=EQUAL,
    )
    worst = zscore_combination(
        {
            "bm25": ranking(("a", 3.0), ("b", 1.0), ("c", 1.0)),
            "dense": ranking(("c", 2.0), ("a", 1.0)),
        },
        weights=EQUAL,
    )
    assert scores(absent) == scores(worst)
    assert scores(absent)["b"] == 0.0
    # Over a, b and c each route finds one chunk 2 (or 1) above the others: it has 3 / √2.
    assert scores(absent)["a"] == pytest.approx(0.5 * 3 / math.sqrt(2))
    assert set({item.chunk_id: item for item in absent}["c"].routes) == {"dense"}


def test_a_route_that_sets_few_chunks_far_apart_counts_more():
    """Each route has its own favourite and the weights are equal; bm25 is the surer of the two.

    bm25: one of five 1 above the rest, σ = 2/5, so 2.5. dense: d first, then c, b and a 1/4 apart
    each, e last; of five in even steps, σ = √2 / 4, so that d has 2√2 and a 1/√2.
    """
    fused = zscore_combination(
        {
            "bm25": ranking(("a", 9.0), ("b", 8.0), ("c", 8.0), ("d", 8.0), ("e", 8.0)),
            "dense": ranking(("d", 1.0), ("c", 0.75), ("b", 0.5), ("a", 0.25), ("e", 0.0)),
        },
        weights=EQUAL,
    )
    assert scores(fused) == pytest.approx(
        {
            "a": 0.5 * (2.5 + 1 / math.sqrt(2)),
            "d": 0.5 * 2 * math.sqrt(2),
            "c": 0.5 * 1.5 * math.sqrt(2),
            "b": 0.5 * math.sqrt(2),
            "e": 0.0,
        }
    )
    assert order(fused) == ["a", "d", "c", "b", "e"]


def test_where_a_route_finds_all_alike_each_of_its_chunks_counts_as_one():
    fused = zscore_combination(
        {"bm25": ranking(("b", 3.0), ("a", 3.0)), "dense": ranking(("c", 0.7))},
        weights={"bm25": 0.25, "dense": 0.75},
    )
    assert scores(fused) == {"a": 0.25, "b": 0.25, "c": 0.75}
    assert order(fused) == ["c", "a", "b"]


def test_what_a_list_with_room_left_does_not_hold_has_the_least_score_there_is():
    """bm25 over a, b, c and d: 6, 2, 0 and 0, mean 2, mean square 10, σ = √6."""
    rankings = {
        "bm25": ranking(("a", 6.0), ("b", 2.0)),
        "dense": ranking(("a", 0.4), ("b", 0.3), ("c", 0.2), ("d", 0.1)),
    }
    weights = {"bm25": 1.0, "dense": 0.0}
    told = zscore_combination(rankings, weights=weights, minima=MINIMA)
    assert scores(told) == pytest.approx(
        {"a": math.sqrt(6), "b": 2 / math.sqrt(6), "c": 0.0, "d": 0.0}
    )
    assert scores(zscore_combination(rankings, weights=weights))["b"] == 0.0


def test_the_only_match_of_a_route_stands_out_where_its_least_score_is_known():
    """Of four chunks one has 7 and three 0: mean 7/4, σ = 7√3/4."""
    rankings = {"bm25": ranking(("c", 7.0)), "dense": ranking("a", "b", "c", "d")}
    weights = {"bm25": 1.0, "dense": 0.0}
    told = scores(zscore_combination(rankings, weights=weights, minima=MINIMA))
    assert told["c"] == pytest.approx(4 / math.sqrt(3))


def test_a_list_as_long_as_the_longest_was_cut_so_its_worst_stands_for_what_it_left_out():
    rankings = {
        "bm25": ranking(("a", 6.0), ("b", 2.0)),
        "dense": ranking(("c", 0.4), ("d", 0.3)),
    }
    without = zscore_combination(rankings, weights=EQUAL)
    assert zscore_combination(rankings, weights=EQUAL, minima=MINIMA) == without


def test_a_score_below_the_least_takes_its_place_in_standard_scores_too():
    """Over a, b and c: 2, 0 and, for what is absent, 0; mean 2/3, σ = √(4/3 − 4/9)."""
    fused = zscore_combination(
        {"bm25": ranking(("a", 1.5), ("b", -0.5)), "dense": ranking("a", "b", "c")},
        weights={"bm25": 1.0, "dense": 0.0},
        minima=MINIMA,
    )
    assert scores(fused) == pytest.approx({"a": 2 / math.sqrt(8 / 9), "b": 0.0, "c": 0.0})


def test_an_empty_route_keeps_its_share_of_the_standard_scores():
    rankings = {"bm25": ranking(("a", 3.0), ("b", 1.0)), "dense": []}
    assert scores(zscore_combination(rankings, weights=EQUAL)) == {"a": 1.0, "b": 0.0}


def test_a_route_of_weight_zero_adds_nothing_to_the_standard_scores():
    fused = zscore_combination(
        {"bm25": ranking(("a", 3.0), ("b", 1.0)), "dense": ranking(("b", 5.0), ("a", 1.0))},
        weights={"bm25": 1.0, "dense": 0.0},
    )
    assert scores(fused) == {"a": 2.0, "b": 0.0}


def test_equal_standard_scores_break_on_chunk_id():
    rankings = {
        "bm25": ranking(("z", 2.0), ("b", 1.0)),
        "dense": ranking(("b", 9.0), ("z", 4.0)),
    }
    assert order(zscore_combination(rankings, weights=EQUAL)) == ["b", "z"]


# --- the settings' choice ---


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # bm25 8 and 4 of at least 0, so that b keeps a half; dense has no minimum.
        pytest.param({"fusion": "convex"}, {"a": 0.625, "b": 0.875, "c": 0.0}, id="convex"),
        pytest.param(
            {"fusion": "rrf", "rrf_k": 9.0},
            {"a": 0.025 + 0.75 / 11, "b": 0.25 / 11 + 0.075, "c": 0.75 / 12},
            id="rrf",
        ),
        # bm25 left c out, which so has 0; of three in even steps the best lies √6 deviations up.
        pytest.param(
            {"fusion": "zscore"},
            {"a": 0.625 * math.sqrt(6), "b": 0.875 * math.sqrt(6), "c": 0.0},
            id="zscore",
        ),
    ],
)
def test_the_settings_name_the_way_of_fusing(settings, expected):
    fused = fuse(
        {
            "bm25": ranking(("a", 8.0), ("b", 4.0)),
            "dense": ranking(("b", 0.9), ("a", 0.5), ("c", 0.1)),
        },
        weights={"bm25": 0.25, "dense": 0.75},
        settings=RetrievalSettings(**settings, weights={"bm25": 1.0, "dense": 0.0}),
        minima=least_scores(),
    )
    assert scores(fused) == pytest.approx(expected)


# --- all ---


def rrf(rankings, weights=EQUAL):
    return weighted_rrf(rankings, weights=weights, k=60)


def min_max(rankings, weights=EQUAL):
    return convex_combination(rankings, weights=weights)


def theoretical(rankings, weights=EQUAL):
    return convex_combination(rankings, weights=weights, minima=dict.fromkeys(weights, -2e3))


def z_scores(rankings, weights=EQUAL):
    return zscore_combination(rankings, weights=weights)


def z_scores_of_bm25_from_0(rankings, weights=EQUAL):
    return zscore_combination(rankings, weights=weights, minima={"bm25": 0.0})


in_any_way = pytest.mark.parametrize(
    "fused_by", [rrf, min_max, theoretical, z_scores, z_scores_of_bm25_from_0]
)


@in_any_way
def test_fusing_nothing_gives_nothing(fused_by):
    assert fused_by({}) == []
    assert fused_by({"bm25": [], "dense": []}) == []


@in_any_way
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
def test_weights_that_can_not_be_normalised_are_refused(fused_by, weights, what):
    with pytest.raises(ConfigurationError, match=what):
        fused_by({"bm25": ranking("a"), "dense": ranking("b")}, weights | {"third": 1.0})


@in_any_way
def test_a_chunk_that_a_route_ranks_twice_is_refused(fused_by):
    with pytest.raises(ValueError, match="bm25 ranks a twice"):
        fused_by({"bm25": ranking("a", "b", "a"), "dense": ranking("a")})


@in_any_way
def test_a_rank_below_one_is_refused(fused_by):
    with pytest.raises(ValueError, match="rank 0"):
        fused_by({"bm25": [Candidate("a", 0, 1.0)]})


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


@in_any_way
@given(drawn=rankings_and_weights())
def test_the_order_of_the_routes_changes_nothing(fused_by, drawn):
    rankings, weights = drawn
    backwards = dict(reversed(list(rankings.items())))
    assert fused_by(backwards, weights) == fused_by(rankings, weights)


@in_any_way
@given(drawn=rankings_and_weights())
def test_ranks_ascend_from_one_over_all_chunks_and_scores_fall(fused_by, drawn):
    rankings, weights = drawn
    fused = fused_by(rankings, weights)
    assert [item.rank for item in fused] == list(range(1, len(fused) + 1))
    assert set(order(fused)) == {item.chunk_id for found in rankings.values() for item in found}
    assert [item.score for item in fused] == sorted((item.score for item in fused), reverse=True)
    assert all(item.score >= 0 for item in fused)


@pytest.mark.parametrize("fused_by", [rrf, min_max, theoretical])
@given(drawn=rankings_and_weights())
def test_but_for_standard_scores_no_score_is_above_one(fused_by, drawn):
    rankings, weights = drawn
    assert all(item.score <= 1 + 1e-12 for item in fused_by(rankings, weights))


@in_any_way
@given(drawn=rankings_and_weights(), power=st.integers(-6, 6))
def test_multiplying_all_weights_changes_nothing(fused_by, drawn, power):
    """Powers of two, so that the weights themselves are not rounded."""
    rankings, weights = drawn
    scaled = {route: weight * 2.0**power for route, weight in weights.items()}
    assert fused_by(rankings, scaled) == fused_by(rankings, weights)


@in_any_way
@given(ids=st.lists(st.text(max_size=3), unique=True), weight=st.floats(0.01, 1.0))
def test_a_single_route_keeps_its_order(fused_by, ids, weight):
    assert order(fused_by({"bm25": ranking(*ids)}, {"bm25": weight})) == ids


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


@pytest.mark.parametrize("fused_by", [min_max, theoretical])
@given(drawn=rankings_and_weights(), gain=st.floats(0, 100), data=st.data())
def test_a_better_score_never_lowers_a_chunk_in_a_combination(fused_by, drawn, gain, data):
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

    before = scores(fused_by(rankings, weights))[chunk_id]
    after = scores(fused_by({**rankings, route: ranking(*pairs)}, weights))[chunk_id]
    assert after >= before


@st.composite
def rankings_in_steps(draw):
    """Scores that are equal or at least 1 apart, so that their variance does not vanish."""
    rankings = {}
    for route in ROUTES:
        ids = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1))
        values = draw(st.lists(st.integers(-50, 50), min_size=len(ids), max_size=len(ids)))
        pairs = zip(ids, map(float, sorted(values, reverse=True)), strict=True)
        rankings[route] = ranking(*pairs)
    return rankings, {route: draw(st.floats(0.01, 1.0)) for route in ROUTES}


@given(
    drawn=rankings_in_steps(),
    minima=st.dictionaries(st.sampled_from(ROUTES), st.sampled_from([-60.0, 0.0])),
)
def test_taking_the_worst_for_the_mean_shifts_all_chunks_of_a_query_alike(drawn, minima):
    """Against z-scores by the standard library, where a route tells any chunks apart."""
    rankings, weights = drawn
    total = sum(weights.values())
    chunks = sorted({item.chunk_id for found in rankings.values() for item in found})
    longest = max(map(len, rankings.values()))
    expected = dict.fromkeys(chunks, 0.0)
    for route, found in rankings.items():
        by_id = {item.chunk_id: item.score for item in found}
        least = min(by_id.values())
        if route in minima and len(found) < longest:
            least = min(least, minima[route])
        filled = [by_id.get(chunk, least) for chunk in chunks]
        mean, deviation = statistics.fmean(filled), statistics.pstdev(filled)
        for chunk, score in zip(chunks, filled, strict=True):
            z = (score - mean) / deviation if deviation else float(chunk in by_id)
            expected[chunk] += weights[route] / total * z

    fused = scores(zscore_combination(rankings, weights=weights, minima=minima))

    assert set(fused) == set(chunks)
    shifts = [fused[chunk] - expected[chunk] for chunk in chunks]
    assert shifts == pytest.approx([shifts[0]] * len(shifts), abs=1e-9)
