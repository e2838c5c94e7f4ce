"""Query vectors and search results that were made before, where nothing can have changed since."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, TypeAlias

import numpy as np

from app.caches import BoundedCache
from app.domain.documents import Vector, Vectors
from app.domain.hits import Hit, SearchResult
from app.ports.models import Embedder
from app.ports.store import Collection
from app.requests import SearchRequest

HIT_BYTES: Final = 2_000
"""What a hit takes beside its text: its ids, attributes and the scores of its routes."""

ResultKey: TypeAlias = tuple[int, Hashable, date, str]
"""A pipeline, a version of its collection, the day, and a request as it prints, since 1, 1.0 and
True are equal and not the same in a filter."""


def _today() -> date:
    return datetime.now().astimezone().date()


class RememberedQueries:
    """Implements `app.ports.models.Embedder` by another one, which sees each query once."""

    def __init__(self, embedder: Embedder, *, most_bytes: int) -> None:
        self._embedder = embedder
        self.cache: BoundedCache[str, Vector] = BoundedCache(
            "query_vectors",
            most_bytes=most_bytes,
            bytes_of=lambda text, vector: sys.getsizeof(text) + vector.nbytes,
        )

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

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_passages`."""
        return self._embedder.embed_passages(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_queries`."""
        found = {text: self.cache.get(text) for text in dict.fromkeys(texts)}
        if missing := [text for text, vector in found.items() if vector is None]:
            for text, made in zip(missing, self._embedder.embed_queries(missing), strict=True):
                vector = made.copy()  # not a view that keeps its whole batch
                found[text] = vector
                self.cache.put(text, vector)
        vectors = [vector for text in texts if (vector := found[text]) is not None]
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)


class RememberedResults:
    """Results of searches, each for one version of its collection.

    A result is kept only where the collection had one version before and after the search and
    nothing was left out of it, and until the end of the day: "last week" is another one tomorrow.
    Traces are not kept.
    """

    def __init__(self, *, most_bytes: int, today: Callable[[], date] = _today) -> None:
        self.cache: BoundedCache[ResultKey, SearchResult] = BoundedCache(
            "results", most_bytes=most_bytes, bytes_of=_result_bytes
        )
        self._off = most_bytes == 0
        self._today = today

    def search(
        self,
        search: Callable[[SearchRequest], SearchResult],
        request: SearchRequest,
        *,
        collection: Collection,
        pipeline: int,
    ) -> SearchResult:
        """What ``search`` gives for ``request``, or has given before.

        ``pipeline`` is a number that no other pipeline has, of this collection or another.
        """
        if self._off or request.explain:
            return search(request)
        started = time.perf_counter()
        version = collection.version()
        key = (pipeline, version, self._today(), repr(request))
        if (kept := self.cache.get(key)) is not None:
            spent_ms = round((time.perf_counter() - started) * 1_000, 3)
            return replace(kept, timings_ms={"remembered": spent_ms, "total": spent_ms})
        result = search(request)
        if not result.degraded and collection.version() == version:
            self.cache.put(key, result)
        return result


def _result_bytes(key: ResultKey, result: SearchResult) -> int:
    return sys.getsizeof(key[-1]) + sum(map(_hit_bytes, result.hits))


def _hit_bytes(hit: Hit) -> int:
    chunk = hit.chunk
    attributes = (*chunk.metadata.items(), (chunk.title, chunk.heading_path))
    return HIT_BYTES + sys.getsizeof(chunk.text) + sum(map(_bytes, attributes))


def _bytes(value: object) -> int:
    """Of a value of metadata, with what it holds."""
    inner = sum(map(_bytes, value)) if isinstance(value, tuple) else 0
    return sys.getsizeof(value) + inner
