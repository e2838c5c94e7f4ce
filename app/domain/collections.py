"""What a collection is, and what it knows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.documents import Scalar

TERMS: Final = "terms"
DENSE_VECTOR: Final = "dense vector"
SPARSE_WEIGHTS: Final = "sparse weights"
NO_MODEL: Final = "none"
"""Stands in a fingerprint for a model whose representation the collection does not keep."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What built a collection. Two fingerprints that differ must not share an index.

    ``sparse`` names the model of the sparse weights, and is `NO_MODEL` where there are none.
    """

    embedder: str
    dimension: int
    analyzer: str
    chunking: str
    metric: Literal["cosine", "dot", "l2"] = "cosine"
    sparse: str = NO_MODEL

    @property
    def representations(self) -> tuple[str, ...]:
        """What each chunk is kept as, by the names that routes need them under."""
        sparse = () if self.sparse == NO_MODEL else (SPARSE_WEIGHTS,)
        return (TERMS, DENSE_VECTOR, *sparse)


@dataclass(frozen=True, slots=True)
class Tuning:
    """Retrieval settings that were chosen for one collection, and what they rest on.

    ``settings`` are fields of `app.settings.RetrievalSettings` as JSON. ``evidence`` is flat: the
    questions they were chosen on, what they gain on others, how sure that is. They hold for a
    collection of this ``fingerprint``, and for this ``reranker`` and what was ``learned`` of how
    far to trust it, which the settings multiply.
    """

    settings: Mapping[str, object]
    evidence: Mapping[str, Scalar]
    fingerprint: Fingerprint
    reranker: str
    learned: Mapping[str, float]
    created_at: str


@dataclass(frozen=True, slots=True)
class SelfRecall:
    """How many of the sampled passages a route finds when it is asked a part of their own text.

    Of ``asked`` passages, ``dense`` are among the nearest by vector and ``bm25`` among the best by
    terms.
    """

    asked: int
    dense: int
    bm25: int


@dataclass(frozen=True, slots=True)
class SelfRetrieval:
    """Whether a collection's vectors find what they were made of, by the passages' language.

    ``chunks`` is the size of the collection when this was measured. Languages with too few
    passages are left out.
    """

    languages: Mapping[str, SelfRecall]
    chunks: int


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """Sizes of a collection. ``sequence`` is the last change in its log."""

    name: str
    documents: int
    chunks: int
    sequence: int
    fingerprint: Fingerprint
    tuning: Tuning | None = None
    self_retrieval: SelfRetrieval | None = None
