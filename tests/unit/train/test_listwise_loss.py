from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from train.cross_encoder.listwise_loss import NO_TEACHER, PAIRS, ListwiseLoss


class LengthModel(nn.Module):
    """Scores a pair by ``gain`` times the passage's length; counts what it is asked."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(1.0))
        self.batches: list[int] = []

    def preprocess(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        self.batches.append(len(pairs))
        return {"lengths": torch.tensor([float(len(passage)) for _, passage in pairs])}

    def forward(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        return {"scores": self.gain * features["lengths"][:, None]}


def label(fused: list[float], teacher: list[float] | None = None) -> Tensor:
    return torch.tensor([*fused, *(teacher or [NO_TEACHER] * len(fused))])


def loss_of(loss: ListwiseLoss, passages: list[list[str]], labels: list[Tensor]) -> float:
    return float(loss([["q"] * len(passages), passages], labels).detach())


def test_it_is_the_cross_entropy_of_the_answer() -> None:
    """Scores 2, 1, 1: softmax of the first is e² / (e² + 2e)."""
    loss = ListwiseLoss(LengthModel(), prior=0.0).eval()
    expected = -math.log(math.e**2 / (math.e**2 + 2 * math.e))
    assert loss_of(loss, [["aa", "b", "c"]], [label([0, 0, 0])]) == pytest.approx(expected)


def test_questions_count_alike_whatever_the_number_of_their_passages() -> None:
    loss = ListwiseLoss(LengthModel(), prior=0.0).eval()
    both = loss_of(loss, [["aa", "b"], ["a", "b", "c"]], [label([0, 0]), label([0, 0, 0])])
    first = loss_of(loss, [["aa", "b"]], [label([0, 0])])
    assert both == pytest.approx((first + math.log(3)) / 2)


def test_passages_are_run_by_length_and_scored_in_their_own_order() -> None:
    model = LengthModel()
    lists = [["a" * (1 + (7 * n) % 23) for n in range(PAIRS + 3)]]
    loss = ListwiseLoss(model, prior=0.0).eval()
    scores = torch.tensor([float(len(passage)) for passage in lists[0]])
    expected = -torch.log_softmax(scores, 0)[0]
    assert loss_of(loss, lists, [label([0.0] * len(lists[0]))]) == pytest.approx(float(expected))
    assert model.batches == [PAIRS, 3]


def test_in_training_half_of_the_questions_start_from_the_fused_order() -> None:
    """Fused 1, 0 less their mean is ±½: with a prior of 2, the scores are 1 + 1 and 1 − 1."""
    torch.manual_seed(0)
    loss = ListwiseLoss(LengthModel(), prior=2.0).train()
    found = {round(loss_of(loss, [["a", "b"]], [label([1.0, 0.0])]), 5) for _ in range(40)}
    assert found == {round(math.log(2), 5), round(math.log1p(math.exp(-2)), 5)}


def test_a_teacher_takes_its_share_of_the_loss() -> None:
    """Teacher and student both give the passages the same: cross-entropy log 2 beside log 2."""
    loss = ListwiseLoss(LengthModel(), prior=0.0, distil_weight=0.5).eval()
    assert loss_of(loss, [["a", "b"]], [label([0, 0], [3.0, 3.0])]) == pytest.approx(math.log(2))
    sure = loss_of(loss, [["a", "b"]], [label([0, 0], [9.0, -9.0])])
    assert sure == pytest.approx(math.log(2), abs=1e-4)
    against = loss_of(loss, [["aa", "b"]], [label([0, 0], [-9.0, 9.0])])
    assert against == pytest.approx(
        (math.log1p(math.exp(-1)) + math.log1p(math.exp(1))) / 2, abs=1e-4
    )


def test_its_gradient_lifts_the_answer() -> None:
    model = LengthModel()
    ListwiseLoss(model, prior=0.0).eval()([["q"], [["aa", "b"]]], [label([0, 0])]).backward()
    assert model.gain.grad is not None
    assert model.gain.grad < 0  # more gain, less loss: the answer is the longer one
