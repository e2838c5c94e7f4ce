from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.ranking.term_match import WINDOW, term_matches

QUERY = ("solar", "panel", "cost")
FILLER = ["and"] * (WINDOW + 5)


def match(query: tuple[str, ...], *passages: str) -> list[float]:
    return term_matches(
        query,
        [[(n, word) for n, word in enumerate(p.split()) if word in query] for p in passages],
    )


def test_cover_order_and_nearness_are_each_a_third() -> None:
    """Of two passages that hold no term of the other, each term weighs ln(1 + 1.5 / 1.5).

    The first has two of three terms within the window and one of two pairs in order:
    (2/3 + 1/2 + 2/3) / 3. The second has the last term alone: (1/3 + 0 + 1/3) / 3.
    """
    found = match(QUERY, "solar panel", "the cost")
    assert found == pytest.approx([(2 / 3 + 1 / 2 + 2 / 3) / 3, (1 / 3 + 1 / 3) / 3])


def test_terms_that_stand_together_match_more_closely() -> None:
    apart = " ".join(["solar", *FILLER, "panel", *FILLER, "cost"])
    together, scattered, none = match(QUERY, "the solar panel cost is", apart, "nothing of it")
    assert together > scattered > none == 0.0


def test_a_word_between_two_terms_does_not_break_their_order() -> None:
    direct, with_one_between, with_two, reversed_ = match(
        ("cost", "panels"), "cost panels", "cost of panels", "cost of the panels", "panels cost"
    )
    assert direct == with_one_between > with_two == reversed_


def test_what_all_candidates_hold_tells_little() -> None:
    """ "solar" stands in all three, "panel" in one: a passage with the rare one matches better."""
    rare, frequent, _ = match(QUERY, "solar x x x panel", "solar x x x solar", "solar")
    weight = {n: math.log1p((3 - n + 0.5) / (n + 0.5)) for n in (0, 1, 3)}
    assert rare / frequent == pytest.approx((weight[3] + weight[1]) / weight[3])


def test_a_term_counts_once_in_a_window_however_often_it_stands_there() -> None:
    once, often = match(QUERY, "solar", "solar solar solar")
    assert once == often


def test_the_window_moves() -> None:
    """The first and the last two terms lie further apart than a window; the last two together."""
    passage = " ".join(["solar", *FILLER, "panel", "x", "x", "cost"])
    (found,) = match(QUERY, passage)
    assert found == pytest.approx((1.0 + 0.0 + 2 / 3) / 3)


def test_parts_of_one_identifier_are_in_order() -> None:
    (found,) = term_matches(
        ("http_proxy", "http", "proxy"), [[(7, "http_proxy"), (7, "http"), (7, "proxy")]]
    )
    assert found == pytest.approx(1.0)


def test_a_query_without_terms_and_no_passages_match_nothing() -> None:
    assert term_matches((), [[], []]) == [0.0, 0.0]
    assert term_matches(QUERY, []) == []


terms = st.sampled_from(["a", "b", "c", "d"])


@given(
    st.lists(terms, max_size=6),
    st.lists(st.lists(st.tuples(st.integers(0, 90), terms), max_size=20), max_size=5),
)
def test_a_match_lies_between_0_and_1(
    query: list[str], passages: list[list[tuple[int, str]]]
) -> None:
    held = [sorted((place, t) for place, t in passage if t in query) for passage in passages]
    assert all(0.0 <= found <= 1.0 + 1e-9 for found in term_matches(query, held))
