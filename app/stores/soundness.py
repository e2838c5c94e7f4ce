"""What every store asks of the vectors and weights that it is given."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from app.domain.collections import SPARSE_WEIGHTS, Fingerprint
from app.domain.documents import IndexedDocument, SparseVector
from app.errors import ModelIncompatible, RepresentationMissing

MOST_WEIGHT: Final = float(np.finfo(np.float16).max)
MOST_TOKEN: Final = 2**32 - 1


def require_sound(document: IndexedDocument, fingerprint: Fingerprint) -> None:
    """Raises `ModelIncompatible` for what can't be searched, or not by this fingerprint."""
    id_ = document.document.id
    expected = (len(document.chunks), fingerprint.dimension)
    if document.vectors.shape != expected or not np.isfinite(document.vectors).all():
        raise ModelIncompatible(
            f"the embedder {fingerprint.embedder} gave vectors of shape {document.vectors.shape} "
            f"for {id_}, or some that are not finite; {expected} was expected. Check "
            "models.embedder."
        )
    kept = len(document.chunks) if SPARSE_WEIGHTS in fingerprint.representations else 0
    if len(document.sparse) != kept or not all(map(_is_sound, document.sparse)):
        raise ModelIncompatible(
            f"the sparse embedder {fingerprint.sparse} gave {len(document.sparse)} sparse vectors "
            f"for {id_}, or weights that are not above 0 and below {MOST_WEIGHT:g}; {kept} were "
            "expected. Check models.sparse."
        )


def no_sparse_weights(collection: str) -> RepresentationMissing:
    """What to raise where sparse weights are searched for that a collection does not keep."""
    return RepresentationMissing(
        f"collection {collection} keeps no sparse weights. Set models.sparse, and run `rag rebuild "
        f"{collection}`; or leave the route sparse out."
    )


def _is_sound(vector: SparseVector) -> bool:
    return all(0 <= token <= MOST_TOKEN for token in vector) and all(
        math.isfinite(weight) and 0.0 < weight <= MOST_WEIGHT for weight in vector.values()
    )
