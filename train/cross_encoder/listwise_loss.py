"""Listwise softmax cross-entropy over a question's passages, on top of the fused order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import torch
from sentence_transformers import CrossEncoder
from torch import Tensor, nn
from torch.nn import functional

PAIRS: Final = 10
"""Number of pairs run together; they have similar lengths, so little of a batch is padding."""
NO_TEACHER: Final = math.nan
"""Teacher score of a passage that no teacher has scored."""


class ListwiseLoss(nn.Module):
    """Mean of −log softmax(s + p)[answer] over questions; s are the model's scores.

    The prior p is ``prior`` times the fused score on a random half of the questions and 0 on the
    others. With it, the gradient concentrates on what fusion gets wrong; without it, the model
    learns to rank alone. Where a teacher scored the passages, ``distil_weight`` of the loss is the
    cross-entropy between softmax(teacher / T) and softmax(s / T).

    Inputs are queries and their lists of passages, the answer first. The label of a question is the
    fused scores of its passages followed by the teacher's scores.

    Source: Z. Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML
    2007 (top one); L. Gao et al., "Complement Lexical Retrieval Model with Semantic Residual
    Embeddings", ECIR 2021 (training on the residual); G. Hinton, O. Vinyals and J. Dean,
    "Distilling the Knowledge in a Neural Network", 2015.
    """

    def __init__(
        self,
        model: CrossEncoder,
        *,
        prior: float,
        distil_weight: float = 0.0,
        distil_temperature: float = 1.0,
    ) -> None:
        super().__init__()
        self.model = model
        self.prior = prior
        self.distil_weight = distil_weight
        self.distil_temperature = distil_temperature

    def forward(self, inputs: Sequence[Any], labels: Sequence[Tensor], **_: object) -> Tensor:
        """Computes the loss of a batch; further arguments of the trainer are ignored."""
        queries, lists = inputs
        sizes = [len(passages) for passages in lists]
        pairs = [(q, p) for q, passages in zip(queries, lists, strict=True) for p in passages]
        losses = []
        for scores, label in zip(torch.split(self._scores(pairs), sizes), labels, strict=True):
            fused, teacher = torch.split(label.float(), len(scores))
            losses.append(self._loss(scores, fused, teacher))
        return torch.stack(losses).mean()

    def _loss(self, scores: Tensor, fused: Tensor, teacher: Tensor) -> Tensor:
        on_top = self.training and bool(torch.rand(()) < 0.5)  # noqa: PLR2004 - half of them
        prior = self.prior * (fused - fused.mean()) if on_top else torch.zeros_like(fused)
        loss = -functional.log_softmax(scores + prior, dim=0)[0]
        if teacher.isnan().any() or not self.distil_weight:
            return loss
        target = functional.softmax(teacher / self.distil_temperature, dim=0)
        student = functional.log_softmax(scores / self.distil_temperature, dim=0)
        distilled = -(target * student).sum()
        return (1.0 - self.distil_weight) * loss + self.distil_weight * distilled

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Raw logits ``(n,)``, computed in batches of similar lengths."""
        order = sorted(range(len(pairs)), key=lambda index: len(pairs[index][1]))
        logits = []
        for start in range(0, len(order), PAIRS):
            features = self.model.preprocess([pairs[i] for i in order[start : start + PAIRS]])
            features = {
                name: value.to(self.model.device) if isinstance(value, Tensor) else value
                for name, value in features.items()
            }
            logits.append(self.model(features)["scores"].view(-1))
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(logits).float()[back.to(logits[0].device)]
