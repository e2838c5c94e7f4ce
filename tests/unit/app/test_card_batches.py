"""Batches on a card whose memory is short."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from app.models.runtimes.card_batches import LEAST_TOKENS, Arrays, CardBatches, is_out_of_memory

LENGTH = 1_024


class SmallCard:
    """Holds ``most`` tokens; says of each row its first id, doubled."""

    def __init__(self, most: int, error: Exception | None = None) -> None:
        self.most = most
        self.ran: list[int] = []
        self.on_cpu = 0
        self._error = error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")
        self.batches = CardBatches("cuda:0", self._compute, lambda: self._spare)

    def run(self, rows: int) -> NDArray[np.int64]:
        ids = np.arange(rows)[:, None].repeat(LENGTH, axis=1)
        first, second = self.batches.run(ids, np.ones_like(ids))
        assert (second == 1).all()
        return first

    def _compute(self, *inputs: NDArray[np.int64]) -> Arrays:
        ids, mask = inputs
        self.ran.append(len(ids))
        if ids.size > self.most:
            raise self._error
        return ids[:, 0] * 2, mask[:, 0]

    def _spare(self, *inputs: NDArray[np.int64]) -> Arrays:
        self.on_cpu += 1
        return inputs[0][:, 0] * 2, inputs[1][:, 0]


def test_a_batch_that_fits_is_run_at_once() -> None:
    card = SmallCard(most=8 * LENGTH)
    assert card.run(8).tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
    assert card.ran == [8]


def test_a_batch_that_does_not_fit_is_run_by_halves() -> None:
    card = SmallCard(most=3 * LENGTH)
    assert card.run(8).tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
    assert card.ran == [8, 4, 2, 2, 2, 2]


def test_later_batches_are_no_larger_than_what_is_left_to_try() -> None:
    card = SmallCard(most=3 * LENGTH)
    card.run(8)
    card.ran.clear()
    assert card.run(4).tolist() == [0, 2, 4, 6]
    assert card.ran == [2, 2]


def test_a_row_that_does_not_fit_is_read_on_the_cpu_and_the_card_is_tried_again() -> None:
    card = SmallCard(most=LENGTH // 2)
    assert card.run(3).tolist() == [0, 2, 4]
    assert card.on_cpu == 3
    card.most = LEAST_TOKENS
    assert card.run(2).tolist() == [0, 2]
    assert card.on_cpu == 3


def test_other_failures_are_told() -> None:
    card = SmallCard(most=0, error=RuntimeError("CUDA error: an illegal memory access"))
    with pytest.raises(RuntimeError, match="illegal"):
        card.run(2)
    assert card.ran == [2]


@pytest.mark.parametrize(
    "said",
    ["MPS backend out of memory (MPS allocated: 9 GB)", "CUBLAS_STATUS_ALLOC_FAILED when calling"],
)
def test_backends_without_an_error_of_their_own_are_understood(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))
    assert not is_out_of_memory(RuntimeError("expected scalar type Float"))
