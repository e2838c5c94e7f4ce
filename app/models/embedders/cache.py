"""Remembers vectors on disk, so that a text is embedded once whatever it is cut or indexed for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.domain.documents import Vectors
from app.models.runtimes.disk_memory import DiskMemory, key_of
from app.ports.models import Embedder


class CachedEmbedder:
    """Implements `app.ports.models.Embedder` over another one, whose vectors are kept in ``file``.

    A vector is found by the embedder's id, its kind (query or passage) and the text; it is the one
    that was computed, bit by bit.
    """

    def __init__(self, embedder: Embedder, file: Path, *, query_prefix: str | None = None) -> None:
        """``query_prefix`` is ``models.query_prefix``, which need not be part of the id."""
        self._embedder = embedder
        self._query = f"query {query_prefix!r}" if query_prefix else "query"
        self._memory = DiskMemory(file)
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """See `Embedder.id`."""
        return self._embedder.id

    @property
    def dimension(self) -> int:
        """See `Embedder.dimension`."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """See `Embedder.max_tokens`."""
        return self._embedder.max_tokens

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return self._embedder.count_tokens(text)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """See `Embedder.token_spans`."""
        return self._embedder.token_spans(text)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_queries`."""
        return self._vectors(self._query, texts, self._embedder.embed_queries)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_passages`."""
        return self._vectors("passage", texts, self._embedder.embed_passages)

    def _vectors(
        self,
        kind: str,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], Vectors],
    ) -> Vectors:
        if not texts:
            return embed(texts)
        keys = [key_of(self._embedder.id, kind, text) for text in texts]
        with self._lock:
            found = self._memory.read(keys)
            missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in found}
            if missing:
                made = dict(zip(missing, embed(list(missing.values())), strict=True))
                self._memory.write(made)
                found |= made
        return np.stack([found[key].astype(np.float32, copy=False) for key in keys])
