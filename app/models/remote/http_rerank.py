"""Reranking over HTTP, in the three shapes that servers speak.

========  =====================================  ====================================
shape     request                                reply
========  =====================================  ====================================
cohere    ``{model, query, documents}``          ``{results: [{index, relevance_score}]}``
jina      the same and ``return_documents``      the same
tei       ``{query, texts, truncate}``           ``[{index, score}]``
========  =====================================  ====================================

Sources: https://docs.cohere.com/reference/rerank, https://jina.ai/reranker,
https://huggingface.github.io/text-embeddings-inference
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, TypeAdapter

from app.models.remote.http_client import HttpModelClient, RetryPolicy

Shape: TypeAlias = Literal["cohere", "jina", "tei"]


class _Result(BaseModel):
    index: int
    relevance_score: float


class _Results(BaseModel):
    results: list[_Result]


class _Rank(BaseModel):
    index: int
    score: float


_RESULTS: Final = TypeAdapter(_Results)
_RANKS: Final = TypeAdapter(list[_Rank])


class HttpReranker:
    """Scores passages by ``POST url``, the whole address (``https://api.cohere.com/v2/rerank``).

    More than ``batch_size`` passages go out in several requests; 32 is what Text Embeddings
    Inference takes by default. Scores of one request compare with those of another for models that
    judge each passage by itself, which all but listwise ones do.

    Raises `ConfigurationError` for an address or key that can't be used.
    """

    def __init__(
        self,
        shape: Shape,
        url: str,
        model: str,
        *,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        batch_size: int = 32,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._client = HttpModelClient(
            url, setting="models.reranker", api_key=api_key, timeout_s=timeout_s, retry=retry
        )
        self._shape = shape
        self._model = model
        self._batch_size = batch_size

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shape!r}, {self._client.url!r}, {self._model!r})"

    @property
    def id(self) -> str:
        """Shape and model; where no model is named, a digest of the address tells servers apart."""
        address = hashlib.sha256(self._client.url.encode()).hexdigest()[:12]
        return f"{self._shape}:{self._model or address}"

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order; higher is better, the range is the model's own.

        Raises:
            RemoteUnavailable: The server did not answer, or left a passage out.
            ConfigurationError: It refused the request.
        """
        scores: list[float] = []
        for start in range(0, len(passages), self._batch_size):
            # Servers refuse empty texts, and one would fail its whole batch.
            batch = [text or " " for text in passages[start : start + self._batch_size]]
            scores.extend(self._in_order(self._request(query, batch), len(batch)))
        return scores

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _request(self, query: str, batch: list[str]) -> list[tuple[int, float]]:
        if self._shape == "tei":
            ranks = self._client.post(
                "", {"query": query, "texts": batch, "truncate": True}, _RANKS
            )
            return [(rank.index, rank.score) for rank in ranks]
        body: dict[str, object] = {"model": self._model, "query": query, "documents": batch}
        if self._shape == "jina":
            body["return_documents"] = False
        results = self._client.post("", body, _RESULTS).results
        return [(result.index, result.relevance_score) for result in results]

    def _in_order(self, scored: list[tuple[int, float]], count: int) -> list[float]:
        by_index = dict(scored)
        if len(scored) != count or by_index.keys() != set(range(count)):
            raise self._client.malformed("not one score for each passage")
        if not all(map(math.isfinite, by_index.values())):
            raise self._client.malformed("a score that is not a number")
        return [by_index[index] for index in range(count)]
