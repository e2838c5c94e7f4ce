"""Late interaction: token against token, with the embedder that is loaded anyway.

Source: Khattab & Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT", SIGIR 2020. There, the encoder is trained for it; here, it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray


class TokenEmbedder(Protocol):
    """An embedder that also gives the states of single tokens."""

    @property
    def id(self) -> str:
        """Names the model."""

    def embed_tokens(
        self, texts: Sequence[str], kind: Literal["query", "passage"]
    ) -> list[NDArray[np.float32]]:
        """``(tokens, hidden) float32`` a text, rows L2-normalised."""


def max_sim(query: NDArray[np.float32], passage: NDArray[np.float32]) -> float:
    """Mean over query tokens of the greatest cosine with any passage token, −1 to 1.

    The paper sums; the mean ranks alike within a query and compares across queries.

    Args:
        query: ``(m, hidden) float32``, rows L2-normalised.
        passage: ``(n, hidden) float32``, rows L2-normalised.
    """
    return float((query @ passage.T).max(axis=1).mean())


class LateInteractionReranker:
    """Implements the `Reranker` port. Scores are cosines, −1 to 1, higher is better."""

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder

    @property
    def id(self) -> str:
        """Names the model."""
        return f"late-interaction {self._embedder.id}"

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order."""
        if not passages:
            return []
        (query_states,) = self._embedder.embed_tokens([query], "query")
        return [
            max_sim(query_states, states)
            for states in self._embedder.embed_tokens(passages, "passage")
        ]
