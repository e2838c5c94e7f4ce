from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from app.models.rerankers.interaction import InteractionScore

IDS = torch.tensor([[0, 300, 9_000, 2, 300, 77, 2, 1]])
TYPES = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 1, 1, 0]])


def states(found: float, *, padding: float = 0.0) -> torch.Tensor:
    """Token 300 meets itself with cosine 1; token 9000 meets token 77 with cosine ``found``."""
    rows = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
    rows += [[0, found, math.sqrt(1 - found**2)], [0, 1, 0], [padding, 1, 0]]
    return torch.tensor([rows], dtype=torch.float32)


def rarity(id_: int) -> float:
    return math.log(math.log1p(id_ / 200) + 0.1)


def test_untrained_it_is_the_mean_of_the_best_cosines_weighed_by_rarity() -> None:
    head = InteractionScore(3, special=(0, 1, 2))
    frequent, rare = math.exp(rarity(300)), math.exp(rarity(9_000))
    expected = 15.0 * (frequent * 1.0 + rare * 0.6) / (frequent + rare)
    assert rare > frequent
    assert float(head.score(states(0.6), IDS, MASK, TYPES).detach()) == pytest.approx(expected)


def test_special_tokens_and_padding_match_nothing() -> None:
    """The separator's state and the padding's are those of token 9000, which finds neither."""
    head = InteractionScore(3, special=(0, 1, 2))
    plain, padded = (head.score(states(0.5, padding=p), IDS, MASK, TYPES) for p in (0.0, 5.0))
    assert torch.equal(plain, padded)
    assert float(plain.detach()) < 15.0


def test_a_pair_scores_the_same_beside_a_longer_one() -> None:
    head = InteractionScore(3, special=(0, 1, 2))
    alone = head.score(states(0.5)[:, :7], IDS[:, :7], MASK[:, :7], TYPES[:, :7])
    assert torch.allclose(alone, head.score(states(0.5), IDS, MASK, TYPES))


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    head = InteractionScore(3, special=(0, 1, 2))
    with torch.no_grad():
        head.importance.weight.copy_(torch.tensor([[0.5, -1.0, 2.0]]))
        head.first.bias.fill_(0.25)
        head.scale.fill_(7.0)
    head.save(str(tmp_path))
    again = InteractionScore.of(tmp_path)
    assert again.special == (0, 1, 2)
    assert torch.equal(
        again.score(states(0.3), IDS, MASK, TYPES), head.score(states(0.3), IDS, MASK, TYPES)
    )
