from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.fusion.coverage import lead_factor, lead_of_hits
from app.retrieval.ranking.term_match import Occurrences

QUERY = ("battery", "warranty", "zinc")


def holding(**passages: str) -> Mapping[str, Occurrences]:
    return {
        id_: [(place, word) for place, word in enumerate(passage.split()) if word in QUERY]
        for id_, passage in passages.items()
    }


def test_the_lead_is_the_best_cover_less_the_mean_cover_of_the_others() -> None:
    """Of three passages two hold "battery", one "warranty" and none "zinc".

    They weigh ln(1 + 1.5 / 2.5), ln(1 + 2.5 / 1.5) and ln(1 + 3.5 / 0.5), 3.530 in all.
    """
    battery, warranty, zinc = math.log(1.6), math.log(8 / 3), math.log(8.0)
    passages = holding(a="the battery and its warranty", b="a battery", c="nothing of it")
    found = lead_of_hits(QUERY, passages, hits={"a", "b"}, others={"b", "c"})
    everything = battery + warranty + zinc
    assert found == pytest.approx((battery + warranty) / everything - battery / everything / 2)
    assert found == pytest.approx(0.3444, abs=1e-4)


def test_what_different_hits_hold_is_not_added_up() -> None:
    """Each of three terms stands in one of three passages, so they weigh the same."""
    passages = holding(a="battery", b="warranty", c="zinc")
    assert lead_of_hits(QUERY, passages, hits=set("abc"), others=set()) == pytest.approx(1 / 3)


def test_where_the_others_hold_as_much_there_is_no_lead() -> None:
    passages = holding(a="battery warranty", b="warranty of the battery")
    assert lead_of_hits(QUERY, passages, hits={"a"}, others={"a", "b"}) == pytest.approx(0.0)


def test_hits_that_hold_less_than_the_others_are_behind() -> None:
    passages = holding(a="nothing", b="battery warranty")
    found = lead_of_hits(("battery", "warranty"), passages, hits={"a"}, others={"b"})
    assert found == pytest.approx(-1.0)


@pytest.mark.parametrize("query", [(), QUERY])
def test_without_terms_or_hits_there_is_no_lead(query: tuple[str, ...]) -> None:
    assert lead_of_hits(query, {}, hits=set(), others=set()) == 0.0
    assert lead_of_hits(query, {"a": []}, hits={"a"}, others={"a"}) == 0.0


@pytest.mark.parametrize(
    ("lead", "full", "factor"),
    [(0.3, 0.6, 0.5), (0.6, 0.6, 1.0), (0.9, 0.6, 1.0), (-0.2, 0.6, 0.0), (-0.2, 0.0, 1.0)],
)
def test_a_route_counts_in_proportion_up_to_the_lead_that_is_enough(
    lead: float, full: float, factor: float
) -> None:
    assert lead_factor(lead, full=full) == pytest.approx(factor)


@given(st.lists(st.sets(st.sampled_from(QUERY)), min_size=1, max_size=8), st.data())
def test_a_lead_is_a_difference_of_shares(held: list[set[str]], data: st.DataObject) -> None:
    passages = holding(**{f"p{n}": " ".join(sorted(terms)) for n, terms in enumerate(held)})
    some = st.sets(st.sampled_from(sorted(passages)))
    found = lead_of_hits(QUERY, passages, hits=data.draw(some), others=data.draw(some))
    assert -1.0 - 1e-9 <= found <= 1.0 + 1e-9
