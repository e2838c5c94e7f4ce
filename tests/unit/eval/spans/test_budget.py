"""A context is filled with whole passages by rank."""

import pytest

from eval.spans.measures.budget import within_budget
from eval.spans.measures.region import Passage

RANKED = [Passage("a", (0, 9), 40), Passage("b", (0, 9), 70), Passage("c", (0, 9), 10)]


def test_passages_are_taken_until_the_next_would_exceed_the_budget() -> None:
    assert within_budget(RANKED, tokens=110) == RANKED[:2]


def test_a_smaller_passage_behind_one_that_does_not_fit_is_left_out() -> None:
    assert within_budget(RANKED, tokens=109) == RANKED[:1]


def test_a_first_passage_that_does_not_fit_leaves_nothing() -> None:
    assert within_budget(RANKED, tokens=39) == []


def test_a_budget_for_all_takes_all() -> None:
    assert within_budget(RANKED, tokens=120) == RANKED


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        within_budget(RANKED, tokens=0)
