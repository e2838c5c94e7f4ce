"""Remembers rerank scores on disk: evaluations ask the same pairs many times over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.models.runtimes.disk_memory import DiskMemory, key_of
from app.ports.models import Reranker


class CachedReranker:
    """Implements `app.ports.models.Reranker` over another one, whose scores are kept in ``file``.

    A score is found by the reranker's id, the tokens that it reads of a passage, the query and the
    passage.
    """

    def __init__(self, reranker: Reranker, file: Path, *, tokens: int | None = None) -> None:
        """``tokens`` are ``models.reranker_tokens``."""
        self._reranker = reranker
        self._tokens = str(tokens)
        self._memory = DiskMemory(file)

    @property
    def id(self) -> str:
        """See `Reranker.id`."""
        return self._reranker.id

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See `Reranker.score`."""
        keys = [key_of(self.id, self._tokens, query, passage) for passage in passages]
        found = self._memory.read(keys)
        missing = {k: p for k, p in zip(keys, passages, strict=True) if k not in found}
        if missing:
            made = self._reranker.score(query, list(missing.values()))
            written = {k: np.array([s], np.float32) for k, s in zip(missing, made, strict=True)}
            self._memory.write(written)
            found |= written
        return [float(found[key][0]) for key in keys]
