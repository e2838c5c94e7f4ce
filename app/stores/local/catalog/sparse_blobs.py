"""How sparse weights lie at rest in a catalog: tokens, ascending, and then their weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain.documents import SparseVector

TOKEN_TYPE: Final = np.dtype("<u4")
WEIGHT_TYPE: Final = np.dtype("<f2")
"""Half the size of float32; a weight is off by less than a thousandth of itself."""
_BYTES: Final = TOKEN_TYPE.itemsize + WEIGHT_TYPE.itemsize


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Weights of several texts, one after the other; ``counts`` says how many each text has."""

    counts: NDArray[np.int64]
    tokens: NDArray[np.int64]
    weights: NDArray[np.float16]


def to_blob(vector: SparseVector) -> bytes:
    """A sparse vector at rest; weights too small to be told from 0 are left out."""
    tokens = np.fromiter(vector.keys(), dtype=np.int64, count=len(vector))
    weights = np.fromiter(vector.values(), dtype=np.float64, count=len(vector)).astype(WEIGHT_TYPE)
    order = np.argsort(tokens)
    order = order[weights[order] > 0]
    return tokens[order].astype(TOKEN_TYPE).tobytes() + weights[order].tobytes()


def to_vector(blob: bytes) -> SparseVector:
    """The inverse of `to_blob`."""
    found = to_postings([blob])
    return dict(zip(found.tokens.tolist(), found.weights.astype(float).tolist(), strict=True))


def to_postings(blobs: Sequence[bytes]) -> Postings:
    """Blobs as arrays."""
    counts = np.array([len(blob) // _BYTES for blob in blobs], dtype=np.int64)
    ends = (counts * TOKEN_TYPE.itemsize).tolist()
    tokens = b"".join(blob[:end] for blob, end in zip(blobs, ends, strict=True))
    weights = b"".join(blob[end:] for blob, end in zip(blobs, ends, strict=True))
    return Postings(
        counts,
        np.frombuffer(tokens, dtype=TOKEN_TYPE).astype(np.int64),
        np.frombuffer(weights, dtype=WEIGHT_TYPE),
    )
