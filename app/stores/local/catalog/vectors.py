"""How vectors lie at rest in a catalog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from app.domain.documents import Vectors
from app.errors import CollectionRebuilt

VECTOR_TYPE: Final = np.dtype("<f2")
"""How vectors lie at rest: half the size of float32, cosines within 1e-3 of it."""


def matrix(blobs: Sequence[bytes], dimension: int, *, catalog: Path) -> Vectors:
    """Vectors as ``catalog`` holds them, as ``(n, dim) float32``.

    Raises:
        CollectionRebuilt: they have another dimension.
    """
    if any(len(blob) != dimension * VECTOR_TYPE.itemsize for blob in blobs):
        raise CollectionRebuilt(
            f"{catalog} holds vectors of another dimension than {dimension}: it was "
            f"rebuilt meanwhile. Ask again, or run `rag rebuild {catalog.parent.name}`."
        )
    joined = np.frombuffer(b"".join(blobs), dtype=VECTOR_TYPE).reshape(-1, dimension)
    return joined.astype(np.float32)
