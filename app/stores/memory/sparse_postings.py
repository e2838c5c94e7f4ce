"""Sparse weights of all chunks by token, and the dot products of a query with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.documents import SparseVector


class SparsePostings:
    """For each token, the rows that weigh it; it never changes."""

    def __init__(self, vectors: Sequence[SparseVector]) -> None:
        self._count = len(vectors)
        self._postings: dict[int, tuple[list[int], list[float]]] = {}
        for row, vector in enumerate(vectors):
            for token, weight in vector.items():
                rows, weights = self._postings.setdefault(token, ([], []))
                rows.append(row)
                weights.append(weight)

    def scores(self, query: SparseVector) -> NDArray[np.float64]:
        """The dot product of each row with ``query``, summed by ascending token."""
        found = np.zeros(self._count)
        for token in sorted(query):
            rows, weights = self._postings.get(token, ((), ()))
            found[np.array(rows, dtype=np.int64)] += query[token] * np.array(weights, dtype=float)
        return found
