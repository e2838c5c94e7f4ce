"""What a reranker needs of a cross-encoder, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from app.models.runtimes.batching import batches_by_length
from app.models.runtimes.encoder import Precision, TokenIds

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
    rows = [(encoding.ids, encoding.type_ids) for encoding in encodings]
    return pad_rows(rows, pad=facts.pad_id, most=facts.max_length)


def pad_rows(
    rows: Sequence[tuple[Sequence[int], Sequence[int]]], *, pad: int, most: int
) -> PairBatch:
    """Pads rows of ids and types to the longest; of one above ``most`` the end is left out."""
    length = min(max(len(ids) for ids, _ in rows), most)
    padded = np.full((len(rows), length), pad, dtype=np.int64)
    mask, types = np.zeros_like(padded), np.zeros_like(padded)
    for row, (ids, of_type) in enumerate(rows):
        read = min(len(ids), length)
        padded[row, :read] = ids[:read]
        types[row, :read] = of_type[:read]
        mask[row, :read] = 1
    return PairBatch(padded, mask, types)


def score_by_length(
    scorer: PairScorer,
    lengths: Sequence[int],
    batch_of: Callable[[Sequence[int]], PairBatch],
    *,
    most: int,
) -> list[float]:
    """One raw logit a pair, in their order; pairs of like length are run together.

    Args:
        scorer: Runs the model.
        lengths: Tokens of each pair.
        batch_of: Lays out the pairs of these indexes.
        most: Tokens of one batch, padding included.
    """
    scores = [0.0] * len(lengths)
    for indexes in batches_by_length(lengths, most=most):
        for index, score in zip(indexes, scorer.score(batch_of(indexes)), strict=True):
            scores[index] = float(score)
    return scores
