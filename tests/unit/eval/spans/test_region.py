"""Intervals behave as the sets of characters that they stand for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.spans.measures.region import Passage, covered_by, merge, overlap, region_of, shared, size

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 15)).map(lambda at: (at[0], at[0] + at[1])),
    max_size=8,
)
STRETCHES = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.tuples(st.integers(0, 40), st.integers(0, 15)).map(lambda at: (at[0], at[0] + at[1])),
    ),
    max_size=8,
)


def characters(stretches):
    return {(document, at) for document, (start, end) in stretches for at in range(start, end)}


def test_spans_that_overlap_or_touch_become_one() -> None:
    assert merge([(5, 9), (0, 3), (3, 5), (12, 14), (13, 20)]) == ((0, 9), (12, 20))


def test_a_span_within_another_adds_nothing() -> None:
    assert merge([(0, 10), (2, 4)]) == ((0, 10),)


def test_an_empty_span_holds_no_character() -> None:
    assert merge([(4, 4)]) == ()
    assert region_of([("a", (4, 4))]) == {}


@pytest.mark.parametrize("span", [(3, 2), (-1, 2)])
def test_what_is_no_span_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no span"):
        merge([span])


def test_stretches_of_different_documents_share_nothing() -> None:
    assert shared(region_of([("a", (0, 10))]), region_of([("b", (0, 10))])) == 0


def test_characters_that_two_passages_repeat_count_once() -> None:
    passages = [Passage("a", (0, 10), 3), Passage("a", (6, 12), 2)]
    assert covered_by(passages) == {"a": ((0, 12),)}


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert overlap((0, 5), (5, 9)) == 0
    assert overlap((0, 6), (5, 9)) == 1


@given(SPANS)
def test_merged_spans_are_ascending_and_apart(spans) -> None:
    merged = merge(spans)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))
    assert all(start < end for start, end in merged)


@given(STRETCHES, STRETCHES)
def test_sizes_are_those_of_sets_of_characters(some, others) -> None:
    assert size(region_of(some)) == len(characters(some))
    assert shared(region_of(some), region_of(others)) == len(characters(some) & characters(others))
