"""Deterministic adapters, with which the whole service is tested without models.

They keep what matters of the real ones: texts that share words have near vectors, a reranker
prefers passages that hold more of the query, a generator cites.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from app.domain.documents import SparseVector, Vector, Vectors
from app.domain.questions import Sense, Turn
from app.text.normalise import normalise

_WORD: Final = re.compile(r"[\u3400-\u9fff]|\w+")


class FakeAnalyzer:
    """Words, and Chinese characters one by one."""

    version = "fake-1"

    def terms(self, text: str) -> list[str]:
        """See `app.ports.analyzer.Analyzer.terms`."""
        return _WORD.findall(normalise(text))

    def query_terms(self, text: str) -> list[str]:
        """See `app.ports.analyzer.Analyzer.query_terms`; it knows no function words."""
        return self.terms(text)

    def sequence(self, text: str) -> list[str]:
        """See `app.ports.analyzer.Analyzer.sequence`."""
        return self.terms(text)

    def occurrences(
        self, texts: Sequence[str], terms: frozenset[str]
    ) -> list[list[tuple[int, str]]]:
        """See `app.ports.analyzer.Analyzer.occurrences`."""
        return [
            [(place, term) for place, term in enumerate(self.terms(text)) if term in terms]
            for text in texts
        ]

    def language(self, text: str) -> str:
        """``zh`` for a text with a Chinese character, else ``en``."""
        return "zh" if re.search(r"[\u3400-\u9fff]", text) else "en"


class FakeEmbedder:
    """The sum of one random direction a word, seeded by the word; white space splits tokens."""

    id = "fake-embedder"
    max_tokens = 512

    def __init__(self, dimension: int = 32) -> None:
        self.dimension = dimension

    def count_tokens(self, text: str) -> int:
        """See `app.ports.models.Embedder.count_tokens`."""
        return len(self.token_spans(text))

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """See `app.ports.models.Embedder.token_spans`."""
        return [match.span() for match in re.finditer(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+", text)]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See `app.ports.models.Embedder.embed_queries`."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `app.ports.models.Embedder.embed_passages`."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(normalise(text)) or [""]:
                vectors[row] += _direction(word, self.dimension)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / norms).astype(np.float32)
        return unit


class FakeSparseEmbedder:
    """Each word is a token; it weighs 1, 2 where it stands twice, and so on."""

    id = "fake-sparse"

    def supports(self, language: str) -> bool:
        """All but ``xx``."""
        return language != "xx"

    def embed_queries(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `app.ports.models.SparseEmbedder.embed_queries`."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `app.ports.models.SparseEmbedder.embed_passages`."""
        counted = (Counter(_WORD.findall(normalise(text))) for text in texts)
        return [{_token(word): float(n) for word, n in counts.items()} for counts in counted]


class FakeReranker:
    """The share of the query's words that a passage holds."""

    id = "fake-reranker"

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """See `app.ports.models.Reranker.score`."""
        asked = set(_WORD.findall(normalise(query)))
        return [
            len(asked & set(_WORD.findall(normalise(passage)))) / max(1, len(asked))
            for passage in passages
        ]


class FakeGenerator:
    """Says what it was made to say, word by word, whatever it is asked."""

    id = "fake-generator"
    context_tokens = 4_096

    def __init__(self, says: str = "") -> None:
        self.says = says
        self.asked: list[tuple[Turn, ...]] = []

    def supports(self, language: str) -> bool:  # noqa: ARG002 - it speaks no language, so any
        """Always."""
        return True

    def count_tokens(self, text: str) -> int:
        """See `app.ports.models.Generator.count_tokens`."""
        return len(text.split())

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """See `app.ports.models.Generator.stream`."""
        self.asked.append(tuple(turns))
        for word in re.findall(r"\S+\s*", self.says)[:max_tokens]:
            if stop():
                return
            yield word


class FakeGlossary:
    """Calls each term by the words that it was given, in either language."""

    def __init__(self, called: Mapping[str, str]) -> None:
        self._called = called

    def senses(self, terms: Sequence[str], language: str) -> list[Sense]:  # noqa: ARG002 - the port
        """What ``terms`` are called, where that was given."""
        return [
            Sense(frozenset({term}), frozenset({self._called[term]}), self._called[term])
            for term in dict.fromkeys(terms)
            if term in self._called
        ]


def _token(word: str) -> int:
    digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:3], "big")


@lru_cache(maxsize=65_536)
def _direction(word: str, dimension: int) -> Vector:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "replace")).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=dimension).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))
