"""Embedding and generation over the OpenAI HTTP protocol.

Ollama, vLLM, the llama.cpp server, Text Embeddings Inference and OpenAI itself speak it.
``base_url`` ends where the paths begin, usually in ``/v1``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import httpx2
import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.domain.documents import Span, Vectors
from app.domain.questions import Turn
from app.errors import ModelIncompatible, RemoteUnavailable
from app.models.remote.http_client import HttpModelClient, RetryPolicy
from app.models.remote.token_estimate import estimated_token_spans, estimated_tokens, first_tokens
from app.models.streaming import streamed

_DONE: Final = "[DONE]"


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Embeddings(BaseModel):
    data: list[_Embedding]


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Event(BaseModel):
    choices: list[_Choice]


_EMBEDDINGS: Final = TypeAdapter(_Embeddings)


class OpenAIEmbedder:
    """``POST {base_url}/embeddings``.

    ``query_prefix`` and ``passage_prefix`` are what the model was trained with (``"query: "``);
    servers add none. ``dimension`` is asked of the server at first use where it is not given. Texts
    beyond ``max_tokens``, by the estimate of `token_estimate`, are cut here, because some servers
    refuse them. ``batch_size`` is at most what the server takes at once (32 is the default limit of
    Text Embeddings Inference).

    Raises `ConfigurationError` for an address or key that can't be used.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        dimension: int | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        max_tokens: int = 512,
        batch_size: int = 32,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._client = HttpModelClient(
            base_url, setting="models.embedder", api_key=api_key, timeout_s=timeout_s, retry=retry
        )
        self._model = model
        self._dimension = dimension
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._max_tokens = max_tokens
        self._batch_size = batch_size
        self._probing = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client.url!r}, {self._model!r})"

    @property
    def id(self) -> str:
        """Model, passage prefix and what is read of a text: vectors of others don't compare.

        The address is no part of it, since it may change while vectors stay good.
        """
        prefix = f"+{self._passage_prefix!r}" if self._passage_prefix else ""
        return f"openai:{self._model}@{self._max_tokens}{prefix}"

    @property
    def dimension(self) -> int:
        """Length of every vector. Raises as `embed_queries` where the server must be asked."""
        with self._probing:
            if self._dimension is None:
                self._dimension = len(self._request(["dimension"])[0])
            return self._dimension

    @property
    def max_tokens(self) -> int:
        """The longest passage that is read to its end, in estimated tokens."""
        return self._max_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``, estimated upward."""
        return estimated_tokens(text)

    def token_spans(self, text: str) -> list[Span]:
        """Character span of each estimated token, ascending."""
        return estimated_token_spans(text)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised.

        Raises:
            RemoteUnavailable: The server did not answer, or not as the protocol says.
            ConfigurationError: It refused the request.
            ModelIncompatible: Its vectors are not as long as they were said to be.
        """
        return self._embed([self._query_prefix + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised. Raises as `embed_queries`."""
        return self._embed([self._passage_prefix + text for text in texts])

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _embed(self, texts: list[str]) -> Vectors:
        dimension = self.dimension
        vectors = np.empty((len(texts), dimension), dtype=np.float32)
        for start in range(0, len(texts), self._batch_size):
            batch = texts[start : start + self._batch_size]
            rows = self._request(batch)
            if rows.shape[1] != dimension:
                raise ModelIncompatible(
                    f"{self._model} at {self._client.url} gives vectors of length {rows.shape[1]}, "
                    f"not {dimension}; check setting models.embedder"
                )
            vectors[start : start + len(batch)] = rows
        return vectors

    def _request(self, batch: Sequence[str]) -> Vectors:
        # Several servers refuse an empty input, and one empty text would fail its whole batch.
        inputs = [first_tokens(text, self._max_tokens) or " " for text in batch]
        reply = self._client.post(
            "/embeddings", {"model": self._model, "input": inputs}, _EMBEDDINGS
        )
        ordered = sorted(reply.data, key=lambda item: item.index)
        if [item.index for item in ordered] != list(range(len(batch))):
            raise self._client.malformed("not one vector for each text")
        if len({len(item.embedding) for item in ordered}) != 1:
            raise self._client.malformed("vectors of different lengths")
        rows = np.array([item.embedding for item in ordered], dtype=np.float64)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and (norms > 0.0).all()):
            raise self._client.malformed("a vector that has no direction")
        vectors: Vectors = (rows / norms).astype(np.float32)
        return vectors


class OpenAIGenerator:
    """``POST {base_url}/chat/completions``, streamed.

    ``context_tokens`` is what the server was started with; the protocol has no way to ask.
    ``timeout_s`` bounds the time to the first piece and each silence between pieces.

    Raises `ConfigurationError` for an address or key that can't be used.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        context_tokens: int = 4_096,
        temperature: float = 0.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._client = HttpModelClient(
            base_url, setting="models.generator", api_key=api_key, timeout_s=timeout_s, retry=retry
        )
        self._model = model
        self._context_tokens = context_tokens
        self._temperature = temperature

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client.url!r}, {self._model!r})"

    @property
    def id(self) -> str:
        """Names the model."""
        return f"openai:{self._model}"

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        return self._context_tokens

    def supports(self, language: str) -> bool:  # noqa: ARG002 - the port asks; the protocol can't tell
        """True: whoever configures a server chooses a model that writes the language."""
        return True

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``, estimated upward."""
        return estimated_tokens(text)

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the answer as they come.

        Ends soon after ``stop()`` turns true (`streamed`), even while the server is silent; the
        connection is closed no later than the server's next piece. Once it began, nothing is
        retried.

        Raises:
            RemoteUnavailable: The server did not answer, or broke off before its end mark.
            ConfigurationError: It refused the request.
        """
        body: dict[str, object] = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
            "max_tokens": max_tokens,
            "temperature": self._temperature,
            "stream": True,
        }

        def read(put: Callable[[str], None], abandoned: Callable[[], bool]) -> None:
            for piece in self._pieces(body, abandoned):
                put(piece)

        return streamed(read, name="chat-completions", stop=stop)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _pieces(self, body: dict[str, object], abandoned: Callable[[], bool]) -> Iterator[str]:
        response = self._client.open_stream("/chat/completions", body)
        finished = False
        try:
            for event in httpx2.EventSource(response):
                if abandoned() or event.data == _DONE:
                    return
                try:
                    choices = _Event.model_validate_json(event.data).choices
                except ValidationError:
                    raise self._client.malformed("an event of another shape") from None
                for choice in choices[:1]:
                    finished = finished or choice.finish_reason is not None
                    if choice.delta.content:
                        yield choice.delta.content
        except httpx2.TransportError as error:
            raise RemoteUnavailable(
                f"{self._client.url} broke off its answer ({type(error).__name__})"
            ) from error
        finally:
            response.close()
        if not finished:
            raise RemoteUnavailable(f"{self._client.url} ended its answer without an end mark")
