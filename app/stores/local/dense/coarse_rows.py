"""The vectors of an exact index once more, a byte a number: half as much to read in a search.

How far a score can be off is known. Of a vector x and a query q of length 1, rounded to x' and q'::

    |q·x - q'·x'|  <=  |x - x'| + |q - q'| |x'|

A row whose coarse score lies further than that below a row that was found can't be nearer than it,
and the exact index need not look at it. What is found this way is exact.
"""

from __future__ import annotations

from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from app.domain.documents import Vector, Vectors

HEADROOM: Final = 1.1
"""How much larger a number may be than all that are there at first without being cut off."""
LARGEST: Final = 127
"""What the largest number becomes."""
ROUNDING: Final = 1e-5
"""Of the sums themselves, in single precision; measured differences are below 1e-6."""


class CoarseRows:
    """Rows of vectors of length 1, in the order in which they were added."""

    def __init__(self, vectors: Vectors) -> None:
        """Begins with ``(n, dim) float32``, n > 0, which decide how fine the numbers are."""
        peak = max(float(np.abs(vectors).max()), float(np.finfo(np.float16).tiny))
        self._scale = LARGEST / (HEADROOM * peak)
        self._index = faiss.IndexScalarQuantizer(
            vectors.shape[1],
            faiss.ScalarQuantizer.QT_8bit_direct_signed,
            faiss.METRIC_INNER_PRODUCT,
        )
        self._error = self._longest = 0.0
        self.add(vectors)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Adds rows. Numbers that are too large are cut off, which counts as an error as well."""
        whole = np.clip(np.rint(vectors * self._scale), -LARGEST, LARGEST).astype(np.float32)
        lost = np.linalg.norm(vectors - whole / self._scale, axis=1)
        lengths = np.linalg.norm(whole / self._scale, axis=1)
        self._error = max(self._error, float(lost.max(initial=0.0)))
        self._longest = max(self._longest, float(lengths.max(initial=0.0)))
        self._index.add(whole)

    def nearest(
        self, query: Vector, *, limit: int, selector: faiss.IDSelector | None
    ) -> tuple[NDArray[np.int64], float]:
        """Rows that come first, and a score that no other selected row can exceed.

        The query has length 1. Fewer than ``limit`` rows are all there are.
        """
        # FAISS compares whole numbers with whole numbers: it would cut off what the query has more.
        scale = LARGEST / max(float(np.abs(query).max()), float(np.finfo(np.float16).tiny))
        whole = np.rint(query * scale).astype(np.float32)
        parameters = faiss.SearchParameters(sel=selector)
        scores, found = self._index.search(whole[None], limit, params=parameters)
        rows = found[0][found[0] >= 0]
        if len(rows) < limit:
            return rows, -np.inf
        off = self._error + self._longest * float(np.linalg.norm(query - whole / scale))
        return rows, float(scores[0][-1]) / (scale * self._scale) + off + ROUNDING
