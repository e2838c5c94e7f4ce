"""The trained network: an encoder, a head that scores, and a head that locates the answer."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from app.models.readers.statement_reader import Scale, write_scale
from app.models.rerankers.interaction import InteractionScore
from train.reader.token_groups import TokenGroups

TOKENIZER_FILES: Final = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)
FROZEN: Final = ("embeddings.word_embeddings", "embeddings.position_embeddings")
"""Parameters that are not trained, so that a shipped model needs no copy of them."""
_LOW: Final = -1e4
_SHAPE: Final = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of padded statements on the model's device.

    ``ids``, ``mask``, ``types`` and ``in_text`` are ``(n, length)``; ``in_text`` marks the tokens
    of the statement itself. ``places`` is ``(n, 2)``, see `TokenGroups`.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor
    in_text: Tensor
    places: Tensor


class TokenTensors:
    """`TokenGroups` as tensors on a device."""

    def __init__(self, tokens: TokenGroups, device: torch.device, *, pad: int) -> None:
        self._ids = torch.from_numpy(tokens.ids).to(device)
        self._starts = torch.from_numpy(tokens.starts).to(device)
        self._begins = torch.from_numpy(tokens.begins.astype(np.int64)).to(device)
        self._text_begins = torch.from_numpy(tokens.text_begins.astype(np.int64)).to(device)
        self._places = torch.from_numpy(tokens.places.astype(np.int64)).to(device)
        self._lengths = tokens.lengths
        self._pad = pad

    def batch(self, statements: NDArray[np.int64]) -> Batch:
        """Makes a batch of these statements, padded to the longest of them."""
        device = self._ids.device
        longest = int(self._lengths[statements].max())
        if device.type != "cpu":  # few shapes, so that memory is used again
            longest = -(-longest // _SHAPE) * _SHAPE
        rows = torch.from_numpy(statements).to(device)
        starts, ends = self._starts[rows], self._starts[rows + 1]
        at = torch.arange(longest, device=device)[None, :]
        mask = at < (ends - starts)[:, None]
        ids = self._ids[torch.where(mask, starts[:, None] + at, 0)].long()
        last = (ends - starts - 1)[:, None]
        return Batch(
            ids=torch.where(mask, ids, self._pad),
            mask=mask.long(),
            types=(mask & (at >= self._begins[rows][:, None])).long(),
            in_text=(at >= self._text_begins[rows][:, None]) & (at < last),
            places=self._places[rows],
        )


class ReaderModel(nn.Module):
    """An encoder with an interaction head, from a folder of `train.cross_encoder.base`."""

    def __init__(self, folder: Path, *, bfloat16: bool, device: torch.device) -> None:
        super().__init__()
        # On CPUs and short texts, eager attention is faster than fused.
        attention = "eager" if device.type == "cpu" else "sdpa"
        self.encoder: Any = AutoModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            local_files_only=True,
            attn_implementation=attention,
            dtype=torch.float32,
        )
        self.score = InteractionScore.of(folder)
        self.place = nn.Linear(self.encoder.config.hidden_size, 2)
        self.pad = int(self.encoder.config.pad_token_id or 0)
        self.device = device
        # A CPU computes in bfloat16 with weights in float32; a card is faster with both.
        self._mixed = bfloat16 and device.type == "cpu"
        if bfloat16 and not self._mixed:
            self.encoder.to(torch.bfloat16)
        for name, weights in self.encoder.named_parameters():
            if name.startswith(FROZEN):
                weights.requires_grad = False
        self.to(device)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Returns logits ``(n,)`` and, for each token, scores of it beginning or ending the answer.

        The latter are ``(n, length, 2)``, and very low outside the statement.
        """
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self._mixed):
            states = self.encoder(
                input_ids=batch.ids, attention_mask=batch.mask, token_type_ids=batch.types
            ).last_hidden_state
        states = states.float()
        logits = self.score.score(states, batch.ids, batch.mask, batch.types)
        return logits, self.place(states).masked_fill(~batch.in_text[..., None], _LOW)


def save_reader(model: ReaderModel, base: Path, folder: Path, scale: Scale) -> None:
    """Writes a reader folder; the tokenizer is that of ``base``."""
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    model.score.save(str(folder))
    write_scale(folder, scale)


def chunks_of(lengths: NDArray[np.int64], *, most: int) -> list[NDArray[np.int64]]:
    """Groups statements of similar ``lengths`` into chunks of ``most`` tokens with padding."""
    chunks: list[list[int]] = []
    for index in np.argsort(lengths, kind="stable"):
        if not chunks or (len(chunks[-1]) + 1) * lengths[index] > most:
            chunks.append([])
        chunks[-1].append(int(index))
    return [np.array(chunk, np.int64) for chunk in chunks]


def groups_loss(
    logits: Tensor,
    answers: Tensor,
    sizes: list[int],
    *,
    listwise: float,
    binary: float,
    teacher: Tensor | None = None,
    distil: float = 0.0,
) -> Tensor:
    """Computes the mean loss of groups of the given ``sizes``, whose statements are concatenated.

    The loss of a group is ``listwise · −log Σ softmax(answering) + binary · cross-entropy``; the
    first term is omitted where all statements answer, or none. With the logits of a ``teacher``, a
    share ``distil`` of both terms is the cross-entropy against the teacher's probabilities.
    """
    padded = _padded(logits, sizes, _LOW)
    counts = torch.tensor(sizes, device=logits.device)
    there = torch.arange(padded.shape[1], device=logits.device)[None, :] < counts[:, None]
    right = _padded(answers.float(), sizes, 0.0)
    log_shares = functional.log_softmax(padded, dim=-1)
    chosen = torch.logsumexp(log_shares.masked_fill(right < 1, _LOW), dim=-1)
    some = (right.sum(-1) > 0) & (right.sum(-1) < counts)
    lists = torch.where(some, -chosen, 0.0)
    wanted = right
    if teacher is not None:
        teacher_logits = _padded(teacher, sizes, _LOW)
        wanted = torch.lerp(right, torch.sigmoid(teacher_logits), distil)
        lists = torch.lerp(lists, -(torch.softmax(teacher_logits, -1) * log_shares).sum(-1), distil)
    each = functional.binary_cross_entropy_with_logits(padded, wanted, reduction="none")
    single = each.masked_fill(~there, 0.0).sum(-1) / counts
    return (listwise * lists + binary * single).mean()


def _padded(values: Tensor, sizes: list[int], fill: float) -> Tensor:
    """Pads to ``(groups, largest size)``."""
    parts = list(torch.split(values, sizes))
    return nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=fill)
