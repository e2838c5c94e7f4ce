"""Remembers sparse vectors on disk, so that a text is embedded once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.domain.documents import SparseVector
from app.models.runtimes.disk_memory import DiskMemory, Numbers, key_of
from app.ports.models import SparseEmbedder


class CachedSparseEmbedder:
    """Implements `SparseEmbedder` over another one, whose vectors are kept in ``file``.

    A vector is found by the embedder's id, its kind (query or passage) and the text.
    """

    def __init__(self, embedder: SparseEmbedder, file: Path) -> None:
        self._embedder = embedder
        self._memory = DiskMemory(file)
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """See `SparseEmbedder.id`."""
        return self._embedder.id

    def supports(self, language: str) -> bool:
        """See `SparseEmbedder.supports`."""
        return self._embedder.supports(language)

    def embed_queries(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_queries`."""
        return self._vectors("sparse query", texts, self._embedder.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_passages`."""
        return self._vectors("sparse passage", texts, self._embedder.embed_passages)

    def _vectors(
        self,
        kind: str,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], list[SparseVector]],
    ) -> list[SparseVector]:
        keys = [key_of(self._embedder.id, kind, text) for text in texts]
        with self._lock:
            found = {key: _vector(numbers) for key, numbers in self._memory.read(keys).items()}
            missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in found}
            if missing:
                made = dict(zip(missing, embed(list(missing.values())), strict=True))
                self._memory.write({key: _numbers(vector) for key, vector in made.items()})
                found |= made
        return [found[key] for key in keys]


def _numbers(vector: SparseVector) -> Numbers:
    """Tokens, and then their weights; float32 holds every token below 2²⁴ exactly."""
    return np.array([*vector.keys(), *vector.values()], dtype=np.float32)


def _vector(numbers: Numbers) -> SparseVector:
    tokens, weights = np.split(numbers, 2)
    return dict(zip(tokens.astype(int).tolist(), weights.tolist(), strict=True))
