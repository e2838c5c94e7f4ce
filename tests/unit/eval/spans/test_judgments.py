"""Which chunks count as relevant, given what answers."""

import pytest

from eval.spans.judgments import judge_chunks
from eval.spans.measures.region import Passage, region_of


def chunks(**spans):
    return {id_: Passage("a", span, 1) for id_, span in spans.items()}


def test_a_chunk_that_holds_half_of_a_reference_is_relevant() -> None:
    cut = chunks(first=(0, 100), second=(100, 200))
    assert judge_chunks(cut, region_of([("a", (90, 110))])) == {"first": 1, "second": 1}


def test_a_chunk_that_clips_the_end_of_a_reference_is_not() -> None:
    cut = chunks(first=(0, 100), second=(100, 200))
    assert judge_chunks(cut, region_of([("a", (95, 115))])) == {"second": 1}


def test_a_chunk_within_a_reference_is_relevant_however_small() -> None:
    cut = chunks(before=(0, 50), small=(50, 60), large=(60, 200))
    assert judge_chunks(cut, region_of([("a", (48, 200))])) == {"large": 1, "small": 1}


def test_where_no_chunk_holds_half_the_one_with_most_is_relevant() -> None:
    # The reference [80, 320) of 240 characters: 20, 100 and 120 lie in chunks of 400 and more.
    cut = {
        "left": Passage("a", (0, 100), 1),
        "other": Passage("b", (0, 500), 1),
        "right": Passage("a", (220, 700), 1),
    }
    assert judge_chunks(cut, region_of([("a", (80, 320))]), share=0.9) == {"right": 1}


def test_each_of_several_references_has_its_chunks_in_its_own_document() -> None:
    cut = {
        "a0": Passage("a", (0, 50), 1),
        "a1": Passage("a", (50, 100), 1),
        "b0": Passage("b", (0, 50), 1),
    }
    assert judge_chunks(cut, region_of([("a", (60, 70)), ("b", (10, 20))])) == {"a1": 1, "b0": 1}


def test_a_reference_that_no_chunk_holds_leaves_no_chunk() -> None:
    assert judge_chunks(chunks(first=(0, 10)), region_of([("a", (10, 20))])) == {}


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        judge_chunks({}, {}, share=share)
