"""Postings of some chunks: for each token, the rows that weigh it. A segment never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.domain.documents import SparseVector
from app.stores.local.catalog.sparse_blobs import Postings
from app.stores.local.filtering.key_set import Bits, Keys

SUFFIX: Final = ".npz"
Scores: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """``keys[row]`` is the chunk of a row; ``tokens[i]`` has its postings from ``starts[i]`` on.

    Keys and tokens ascend; within a token, rows do. A chunk without any weight has a row, too.
    """

    keys: Keys
    tokens: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float16]

    @classmethod
    def of(cls, keys: Keys, postings: Postings) -> Self:
        """The chunks of ``keys``, ascending, and the weights of each."""
        rows = np.repeat(np.arange(len(keys), dtype=np.int32), postings.counts)
        return cls._sorted(keys, postings.tokens, rows, postings.weights)

    @classmethod
    def merged(cls, parts: Sequence[tuple[Segment, Bits]]) -> Self:
        """The rows of several segments that are alive, in one; keys ascend over all of them."""
        columns: list[tuple[Keys, NDArray[np.int64], NDArray[np.int32], NDArray[np.float16]]] = []
        before = 0
        for segment, alive in parts:
            places = (np.cumsum(alive) - 1 + before).astype(np.int32)
            kept = alive[segment.rows]
            tokens = np.repeat(segment.tokens, np.diff(segment.starts))[kept]
            rows = places[segment.rows[kept]]
            columns.append((segment.keys[alive], tokens, rows, segment.weights[kept]))
            before += int(np.count_nonzero(alive))
        return cls._sorted(*(np.concatenate(column) for column in zip(*columns, strict=True)))

    @classmethod
    def _sorted(
        cls,
        keys: Keys,
        tokens: NDArray[np.int64],
        rows: NDArray[np.int32],
        weights: NDArray[np.float16],
    ) -> Self:
        order = np.argsort(tokens, kind="stable")
        distinct, starts = np.unique(tokens[order], return_index=True)
        return cls(keys, distinct, np.append(starts, len(order)), rows[order], weights[order])

    def scores(self, query: SparseVector) -> Scores:
        """The dot product of each row with ``query``, summed by ascending token.

        The order makes chunks of equal weights tie, whichever segment they are in.
        """
        found: Scores = np.zeros(len(self.keys))
        asked = np.array(sorted(query), dtype=np.int64)
        places = np.searchsorted(self.tokens, asked)
        for token, place in zip(asked.tolist(), places.tolist(), strict=True):
            if place < len(self.tokens) and self.tokens[place] == token:
                postings = slice(self.starts[place], self.starts[place + 1])
                # A row stands once in the postings of a token, so that no addition is lost.
                found[self.rows[postings]] += query[token] * self.weights[postings].astype(float)
        return found

    def save(self, stem: Path) -> None:
        """Writes one file beside ``stem``."""
        with stem.with_suffix(SUFFIX).open("wb") as file:
            np.savez(
                file,
                keys=self.keys,
                tokens=self.tokens,
                starts=self.starts,
                rows=self.rows,
                weights=self.weights,
            )

    @classmethod
    def load(cls, stem: Path) -> Self:
        """The inverse of `save`.

        Raises:
            OSError, EOFError, ValueError, KeyError: the file can't be read.
        """
        with np.load(stem.with_suffix(SUFFIX), allow_pickle=False) as found:
            return cls(*(found[name] for name in ("keys", "tokens", "starts", "rows", "weights")))
