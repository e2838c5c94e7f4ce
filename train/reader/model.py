"""What is trained: an encoder, the head that scores, and a head that finds the answer's words."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from app.domain import Span
from app.models.interaction import InteractionScore
from app.models.statement_pairs import Laid, batch_of
from app.models.statement_reader import Scale, write_scale

TOKENIZER_FILES: Final = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)
FROZEN: Final = ("embeddings.word_embeddings", "embeddings.position_embeddings")
"""They stay as they are, so that what ships needs no copy of them."""


class ReaderModel(nn.Module):
    """Reads ``folder``, which `train.base.write_cross_encoder` wrote with an interaction head."""

    def __init__(self, folder: Path, *, bfloat16: bool) -> None:
        super().__init__()
        self.encoder: Any = AutoModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            local_files_only=True,
            attn_implementation="eager",  # on CPUs and short texts faster than fused attention
            dtype=torch.float32,
        )
        self.score = InteractionScore.of(folder)
        self.place = nn.Linear(self.encoder.config.hidden_size, 2)
        config = self.encoder.config
        self.longest = int(config.max_position_embeddings)
        self._pad = int(config.pad_token_id or 0)
        self._bfloat16 = bfloat16
        for name, weights in self.encoder.named_parameters():
            if name.startswith(FROZEN):
                weights.requires_grad = False

    def forward(self, pairs: Sequence[Laid]) -> tuple[Tensor, Tensor]:
        """Logits ``(n,)``, and for each token how well the answer begins and ends with it.

        The latter are ``(n, length, 2)``.
        """
        batch = batch_of(pairs, pad=self._pad, most=self.longest)
        ids, mask, types = (torch.from_numpy(a) for a in (batch.ids, batch.mask, batch.types))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            states = self.encoder(
                input_ids=ids, attention_mask=mask, token_type_ids=types
            ).last_hidden_state
        states = states.float()
        return self.score.score(states, ids, mask, types), self.place(states)


def save_reader(model: ReaderModel, base: Path, folder: Path, scale: Scale) -> None:
    """Writes what a reader is loaded from; the tokenizer is that of ``base``."""
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    model.score.save(str(folder))
    write_scale(folder, scale)


def chunks_of(pairs: Sequence[Laid], *, most: int) -> list[list[int]]:
    """Indexes of ``pairs`` of like lengths, in chunks of ``most`` tokens with padding."""
    chunks: list[list[int]] = []
    for index in sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids)):
        if not chunks or (len(chunks[-1]) + 1) * len(pairs[index].ids) > most:
            chunks.append([])
        chunks[-1].append(index)
    return chunks


def group_loss(logits: Tensor, answers: Tensor, *, listwise: float, binary: float) -> Tensor:
    """The loss of one group; ``answers`` is ``(n,) bool``.

    ``listwise · −log Σ softmax(answering) + binary · cross-entropy``; the first part is nothing
    where all statements answer, or none.
    """
    loss = binary * functional.binary_cross_entropy_with_logits(logits, answers.float())
    if answers.any() and not answers.all():
        right = torch.logsumexp(logits[answers], dim=0)
        loss = loss + listwise * (torch.logsumexp(logits, dim=0) - right)
    return loss


def place_of(pair: Laid, span: Span) -> tuple[int, int] | None:
    """The first and last token of ``span`` among those of the statement, ``None`` where cut off."""
    inside = [i for i, (a, b) in enumerate(pair.offsets) if a < span[1] and b > span[0]]
    if not inside or span[1] > pair.offsets[-1][1]:
        return None
    return inside[0], inside[-1]
