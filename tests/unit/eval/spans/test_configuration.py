"""The grid of a sweep."""

import pytest

from eval.spans.configuration import Configuration, grid


def test_every_combination_is_there_once_with_overlaps_in_tokens() -> None:
    found = grid(
        strategies=("sentence", "fixed"),
        chunk_tokens=(100,),
        overlap_shares=(0.0, 0.25, 0.25),
        embedders=("e",),
    )
    assert [each.label for each in found] == [
        "sentence 100+0",
        "sentence 100+25",
        "fixed 100+0",
        "fixed 100+25",
    ]


def test_the_embedder_tells_two_configurations_apart() -> None:
    assert Configuration("fixed", 64, 0, "a") != Configuration("fixed", 64, 0, "b")


@pytest.mark.parametrize("share", [-0.1, 0.6])
def test_an_overlap_beyond_half_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="overlap"):
        grid(strategies=("fixed",), chunk_tokens=(64,), overlap_shares=(share,), embedders=("e",))
