"""What an embedder needs of a text encoder, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

TokenIds = NDArray[np.int64]
"""``(n, length) int64``: token ids, or an attention mask of ones and zeros."""
Precision = Literal["float32", "bfloat16", "openvino"]
"""A numeric form: PyTorch in float32 or bfloat16, or OpenVINO, in bfloat16 where the CPU has it."""


@dataclass(frozen=True, slots=True)
class EncoderFacts:
    """What the files of a model say about it."""

    dimension: int
    max_length: int
    pad_id: int
    pad_left: bool
    prompts: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        """Plain values, from which ``EncoderFacts(**values)`` makes an equal object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch after the encoder.

    ``tokens`` is ``(n, length, hidden) float32`` and ``texts`` is ``(n, dim) float32``; neither
    has to be normalised.
    """

    tokens: NDArray[np.float32]
    texts: NDArray[np.float32]


class Runtime(Protocol):
    """Runs one encoder. May be called from several threads."""

    @property
    def precision(self) -> Precision:
        """The numeric form it computes in."""

    @property
    def facts(self) -> EncoderFacts:
        """What the model's files say."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Neither pads nor truncates."""

    def encode(self, ids: TokenIds, mask: TokenIds) -> Encoded:
        """Runs a padded batch."""


def truncate(encoding: Encoding, max_length: int) -> list[int]:
    """At most ``max_length`` ids, with the special tokens on either side kept."""
    ids: list[int] = encoding.ids
    excess = len(ids) - max_length
    if excess <= 0:
        return ids
    tail = 0
    while tail < len(ids) and encoding.special_tokens_mask[-1 - tail]:
        tail += 1
    end = len(ids) - tail
    return ids[: end - excess] + ids[end:]


def pad(rows: list[list[int]], facts: EncoderFacts) -> tuple[TokenIds, TokenIds]:
    """Ids and attention mask of ``rows``, each ``(n, longest) int64``."""
    length = max(len(row) for row in rows)
    ids = np.full((len(rows), length), facts.pad_id, dtype=np.int64)
    mask = np.zeros_like(ids)
    for index, row in enumerate(rows):
        where = slice(length - len(row), length) if facts.pad_left else slice(0, len(row))
        ids[index, where] = row
        mask[index, where] = 1
    return ids, mask
