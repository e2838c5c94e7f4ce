"""What two passages hold together, with the gains worked out by hand."""

from __future__ import annotations

import math

import pytest

from app.retrieval.graph.together import together
from app.retrieval.graph.walk import Bridge

QUERY = ("lead", "team", "billing")
HELD = {
    "owner": [(0, "billing"), (3, "team")],
    "lead": [(1, "lead")],
    "other": [(1, "lead")],
    "words": [(0, "team")],
}
BRIDGE = Bridge("billing", "owner", "otter", "lead")
LEAD = math.log1p(2.5 / 2.5)
TEAM = math.log1p(2.5 / 2.5)
BILLING = math.log1p(3.5 / 1.5)
"""Weights of the terms: of four passages, two hold lead, two team, one billing."""


def test_a_pair_gains_what_it_holds_beyond_the_best_single_passage() -> None:
    found = together(QUERY, HELD, [BRIDGE], least=0.0)
    assert found.keys() == {"owner", "lead"}
    everything = LEAD + TEAM + BILLING
    assert found["lead"].gain == pytest.approx(1 - (TEAM + BILLING) / everything)
    assert found["owner"].gain == found["lead"].gain
    assert found["lead"].bridge == BRIDGE


def test_where_one_passage_holds_as_much_no_pair_counts() -> None:
    alone = {**HELD, "all": [(0, "billing"), (1, "team"), (2, "lead")]}
    assert together(QUERY, alone, [BRIDGE], least=0.0) == {}


def test_a_gain_must_exceed_the_least() -> None:
    assert together(QUERY, HELD, [BRIDGE], least=0.9) == {}


def test_a_passage_counts_by_its_best_pair() -> None:
    lesser = Bridge("team", "words", "otter", "lead")
    found = together(QUERY, HELD, [lesser, BRIDGE], least=0.0)
    assert found["lead"].bridge == BRIDGE
    assert "words" not in found


def test_passages_that_are_gone_and_questions_without_terms_give_nothing() -> None:
    gone = Bridge("billing", "owner", "otter", "gone")
    assert together(QUERY, HELD, [gone], least=0.0) == {}
    assert together(("zinc",), {"owner": [], "lead": []}, [BRIDGE], least=0.0) == {}
