"""What a reranker needs of a cross-encoder, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from app.models.encoder import Precision, TokenIds

Scores = NDArray[np.float32]
"""``(n,) float32``, one a pair."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What the files of a cross-encoder say about it.

    ``max_length`` counts the tokens of a pair, special ones included. ``types`` is whether it tells
    the passage from the query by token types.
    """

    max_length: int
    pad_id: int
    types: bool

    def as_json(self) -> dict[str, object]:
        """Plain values, from which ``PairFacts(**values)`` makes an equal object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Padded pairs; each array is ``(n, length) int64``."""

    ids: TokenIds
    mask: TokenIds
    types: TokenIds


class PairScorer(Protocol):
    """Runs one cross-encoder. May be called from several threads."""

    @property
    def precision(self) -> Precision:
        """The numeric form it computes in."""

    @property
    def facts(self) -> PairFacts:
        """What the model's files say."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Neither pads nor truncates."""

    def score(self, batch: PairBatch) -> Scores:
        """The raw logit of each pair."""


def pad_pairs(encodings: Sequence[Encoding], facts: PairFacts) -> PairBatch:
    """Lays encoded pairs out; what is longer than the model reads loses its end."""
    length = min(max(len(encoding.ids) for encoding in encodings), facts.max_length)
    ids = np.full((len(encodings), length), facts.pad_id, dtype=np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        read = min(len(encoding.ids), length)
        ids[row, :read] = encoding.ids[:read]
        types[row, :read] = encoding.type_ids[:read]
        mask[row, :read] = 1
    return PairBatch(ids, mask, types)
