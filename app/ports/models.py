"""What is asked of models: to embed, to rerank, to read, to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from app.domain.documents import SparseVector, Vectors
from app.domain.questions import Turn


class Embedder(Protocol):
    """Maps texts to vectors. Queries and passages may be embedded differently."""

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning; part of a collection's fingerprint."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    @property
    def max_tokens(self) -> int:
        """The longest passage that is read to its end, in tokens."""

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` alone, without the ones that the model adds around it."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of ``text``, ascending, without the model's own tokens."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised. Raises `RemoteUnavailable` where it is remote."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised. Raises `RemoteUnavailable` where it is remote."""


class SparseEmbedder(Protocol):
    """Maps texts to weights of tokens: those that they hold, and those that they are about."""

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning; part of a collection's fingerprint."""

    def supports(self, language: str) -> bool:
        """Whether the model was trained on that language."""

    def embed_queries(self, texts: Sequence[str]) -> list[SparseVector]:
        """One a text, in their order; empty where a text is about no token."""

    def embed_passages(self, texts: Sequence[str]) -> list[SparseVector]:
        """One a text, in their order. What a model can't read to its end is cut there."""


class Reranker(Protocol):
    """Scores passages against a query, together rather than apart."""

    @property
    def id(self) -> str:
        """Names the model."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order; higher is better, the range is the model's own."""


class Reader(Protocol):
    """Says how likely statements answer a question."""

    @property
    def id(self) -> str:
        """Names the model."""

    def read(self, question: str, statements: Sequence[str]) -> list[float]:
        """P(answers) of each statement below its setting, in [0, 1]; calibrated."""


class Generator(Protocol):
    """Continues a conversation."""

    @property
    def id(self) -> str:
        """Names the model."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""

    def supports(self, language: str) -> bool:
        """Whether the model writes that language well enough to be asked."""

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``; an upper estimate where the model is remote."""

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the answer as they come; ends early once ``stop()`` is true."""


@runtime_checkable
class Placed(Protocol):
    """A model that runs here."""

    @property
    def id(self) -> str:
        """Names the model."""

    @property
    def placement(self) -> str:
        """For people: the device that it runs on, and its numeric form where it has several."""


@runtime_checkable
class Closable(Protocol):
    """A model that holds connections."""

    def close(self) -> None:
        """Lets go of them."""
