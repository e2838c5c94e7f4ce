"""Configurations of a chunking sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Strategy: TypeAlias = Literal["structure", "sentence", "fixed"]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A chunking and an embedder; sizes are in tokens of that embedder."""

    strategy: Strategy
    chunk_tokens: int
    overlap_tokens: int
    embedder: str

    @property
    def label(self) -> str:
        """Label in tables, for example ``sentence 256+32``; the embedder is shown separately."""
        return f"{self.strategy} {self.chunk_tokens}+{self.overlap_tokens}"


def grid(
    *,
    strategies: Sequence[Strategy],
    chunk_tokens: Sequence[int],
    overlap_shares: Sequence[float],
    embedders: Sequence[str],
) -> tuple[Configuration, ...]:
    """Every distinct combination; an overlap is a share of the chunk, rounded to whole tokens.

    Raises:
        ValueError: an overlap share is not in [0, 0.5]: more would repeat what is repeated.
    """
    for share in overlap_shares:
        if not 0.0 <= share <= 0.5:  # noqa: PLR2004 - half of a chunk, as the docstring says
            raise ValueError(f"an overlap is 0 to half of a chunk, not {share}")
    return tuple(
        dict.fromkeys(
            Configuration(strategy, tokens, round(share * tokens), embedder)
            for embedder in embedders
            for strategy in strategies
            for tokens in chunk_tokens
            for share in overlap_shares
        )
    )
