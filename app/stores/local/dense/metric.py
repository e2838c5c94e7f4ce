"""How vectors are compared, in FAISS's terms."""

from __future__ import annotations

from typing import Literal

import faiss
import numpy as np

from app.domain.documents import Vectors

Metric = Literal["cosine", "dot", "l2"]


def faiss_metric(metric: Metric) -> int:
    """The number of the metric by which FAISS compares."""
    return int(faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT)


def prepared(vectors: Vectors, metric: Metric) -> Vectors:
    """Vectors as FAISS takes them; for cosines, of length 1."""
    if metric == "cosine":
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return np.ascontiguousarray(vectors, dtype=np.float32)
