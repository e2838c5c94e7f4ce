"""Recall, precision and IoU of characters, by hand and against counting them one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.spans.measures.precision_omega import precision_omega
from eval.spans.measures.region import Passage, region_of
from eval.spans.measures.span_iou import span_iou
from eval.spans.measures.span_precision import span_precision
from eval.spans.measures.span_recall import span_recall

REFERENCES = region_of([("a", (10, 30)), ("b", (0, 20))])


def passages(*stretches):
    return [Passage(document, span, 1) for document, span in stretches]


# 10 characters of a's reference and 5 of b's: 15 found of 40 wanted, 35 retrieved.
HALF = passages(("a", (0, 20)), ("b", (15, 20)), ("c", (0, 10)))
# The 10 characters [10, 20) of a twice: 20 found of 40 wanted, 30 retrieved.
REPEATING = passages(("a", (10, 25)), ("a", (15, 30)))


def test_recall_is_the_part_of_the_references_that_was_found() -> None:
    assert span_recall(HALF, REFERENCES) == pytest.approx(15 / 40)
    assert span_recall(REPEATING, REFERENCES) == pytest.approx(20 / 40)


def test_precision_is_the_part_of_what_was_retrieved_that_was_wanted() -> None:
    assert span_precision(HALF, REFERENCES) == pytest.approx(15 / 35)


def test_precision_counts_what_is_repeated_as_often_as_it_is_retrieved() -> None:
    assert span_precision(REPEATING, REFERENCES) == pytest.approx(20 / 30)


def test_iou_is_found_over_retrieved_or_wanted() -> None:
    assert span_iou(HALF, REFERENCES) == pytest.approx(15 / (35 + 40 - 15))
    assert span_iou(REPEATING, REFERENCES) == pytest.approx(20 / (30 + 40 - 20))


def test_a_perfect_retrieval_scores_one_on_all() -> None:
    perfect = passages(("a", (10, 30)), ("b", (0, 20)))
    assert span_recall(perfect, REFERENCES) == 1.0
    assert span_precision(perfect, REFERENCES) == 1.0
    assert span_iou(perfect, REFERENCES) == 1.0


def test_nothing_retrieved_scores_zero_on_all() -> None:
    assert span_recall([], REFERENCES) == 0.0
    assert span_precision([], REFERENCES) == 0.0
    assert span_iou([], REFERENCES) == 0.0


def test_recall_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="without references"):
        span_recall(HALF, {})


def test_omega_takes_exactly_the_chunks_that_hold_some_of_the_references() -> None:
    # Of [0, 12) [12, 24) [24, 40) three hold a's reference, of b's [0, 25) [25, 50) the first:
    # 40 wanted in 40 + 25.
    chunks = passages(
        ("a", (0, 12)), ("a", (12, 24)), ("a", (24, 40)), ("b", (0, 25)), ("b", (25, 50))
    )
    assert precision_omega(chunks, REFERENCES) == pytest.approx(40 / 65)


def test_omega_leaves_out_a_chunk_that_only_touches_a_reference() -> None:
    chunks = passages(("a", (0, 10)), ("a", (10, 30)), ("b", (0, 20)))
    assert precision_omega(chunks, REFERENCES) == 1.0


def test_omega_pays_for_characters_that_no_chunk_holds() -> None:
    assert precision_omega(passages(("a", (10, 30))), REFERENCES) == pytest.approx(20 / 40)


SPAN = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(lambda at: (at[0], at[0] + at[1]))
STRETCHES = st.lists(st.tuples(st.sampled_from("ab"), SPAN), max_size=6)


def counted(stretches):
    return [(document, at) for document, (start, end) in stretches for at in range(start, end)]


@given(STRETCHES, STRETCHES.filter(bool))
def test_metrics_agree_with_counting_characters(retrieved, wanted) -> None:
    read, want = counted(retrieved), set(counted(wanted))
    found = len(set(read) & want)
    references = region_of(wanted)
    got = passages(*retrieved)
    assert span_recall(got, references) == pytest.approx(found / len(want))
    assert span_precision(got, references) == pytest.approx(found / len(read) if read else 0)
    assert span_iou(got, references) == pytest.approx(found / (len(read) + len(want) - found))


@given(STRETCHES, STRETCHES.filter(bool))
def test_omega_agrees_with_counting_characters(cut, wanted) -> None:
    want = set(counted(wanted))
    holding = set().union(*(set(counted([c])) for c in cut if set(counted([c])) & want))
    assert precision_omega(passages(*cut), region_of(wanted)) == pytest.approx(
        len(holding & want) / len(holding | want)
    )
