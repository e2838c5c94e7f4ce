from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.coverage import bm25_factor, cover
from app.retrieval.term_match import Occurrences

QUERY = ("solar", "panel", "cost")


def holding(*passages: str) -> list[Occurrences]:
    return [
        [(place, word) for place, word in enumerate(passage.split()) if word in QUERY]
        for passage in passages
    ]


def test_each_term_counts_by_how_rare_it_is_among_the_first_hits() -> None:
    """Of two passages both hold "solar", one "panel" and none "cost".

    They weigh ln(1 + 0.5 / 2.5), ln(1 + 1.5 / 1.5) and ln(1 + 2.5 / 0.5).
    """
    solar, panel, cost = math.log(1.2), math.log(2.0), math.log(6.0)
    found = cover(QUERY, holding("solar panel", "solar"), [])
    assert found == pytest.approx((solar + panel) / (solar + panel + cost))


def test_terms_that_different_hits_hold_are_not_added_up() -> None:
    """Each of three terms stands in one of three passages, so they weigh the same."""
    assert cover(QUERY, holding("solar", "panel", "cost"), []) == pytest.approx(1 / 3)


def test_hits_of_other_routes_weigh_terms_and_cover_nothing() -> None:
    """Each term stands in one of two passages and weighs ln(1 + 1.5 / 1.5).

    Two of the three are in the hit of the other route, which is not looked at for what it holds.
    """
    assert cover(QUERY, holding("solar"), holding("panel cost")) == pytest.approx(1 / 3)


def test_a_hit_that_holds_every_term_covers_all() -> None:
    assert cover(QUERY, holding("cost of a solar panel"), []) == 1.0


@pytest.mark.parametrize("query", [(), QUERY])
def test_without_terms_or_hits_nothing_is_covered(query: tuple[str, ...]) -> None:
    assert cover(query, [], []) == 0.0


@pytest.mark.parametrize(
    ("covered", "full", "factor"),
    [(0.35, 0.7, 0.5), (0.7, 0.7, 1.0), (0.9, 0.7, 1.0), (0.0, 0.7, 0.0), (0.2, 0.0, 1.0)],
)
def test_bm25_counts_in_proportion_up_to_the_share_that_is_enough(
    covered: float, full: float, factor: float
) -> None:
    assert bm25_factor(covered, full=full) == pytest.approx(factor)


@given(st.lists(st.sets(st.sampled_from(QUERY), min_size=1), min_size=1, max_size=8))
def test_a_cover_is_a_share(passages: list[set[str]]) -> None:
    found = cover(QUERY, holding(*(" ".join(sorted(terms)) for terms in passages)), [])
    assert 0.0 < found <= 1.0
