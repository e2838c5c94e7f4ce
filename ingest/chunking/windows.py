"""Cutting by tokens and packing of units: the two pure functions that every strategy is made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain import Span


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """Where the tokens of a text start; counts those of any span in logarithmic time."""

    starts: Sequence[int]

    @classmethod
    def of(cls, token_spans: Sequence[Span]) -> TokenIndex:
        """From the spans that `Embedder.token_spans` gives."""
        return cls([start for start, _ in token_spans])

    def count(self, span: Span) -> int:
        """Tokens that start within ``span``."""
        return bisect_left(self.starts, span[1]) - bisect_left(self.starts, span[0])


def token_windows(span: Span, tokens: TokenIndex, *, size: int, overlap: int) -> list[Span]:
    """Windows of ``size`` tokens that cover ``span``, each repeating ``overlap`` of the one before.

    Cuts fall where a token starts, so that no character is lost between windows.
    """
    first, last = bisect_left(tokens.starts, span[0]), bisect_left(tokens.starts, span[1])
    if last - first <= size:
        return [span]
    windows, at = [], first
    while True:
        start = span[0] if at == first else tokens.starts[at]
        if at + size >= last:
            windows.append((start, span[1]))
            return windows
        windows.append((start, tokens.starts[at + size]))
        at += size - overlap


def pack(
    units: Sequence[Span],
    tokens: TokenIndex,
    *,
    size: int,
    overlap: int,
    breaks: Collection[int] = (),
    fill: float = 0.0,
) -> list[tuple[int, int]]:
    """Groups neighbouring units into chunks: ranges ``[first, last)`` of unit numbers.

    A chunk takes units while it stays within ``size`` tokens (one unit that is larger stands
    alone); the next one begins with as many trailing units as fit into ``overlap`` tokens. At a
    unit in ``breaks`` a chunk ends, without overlap, if it is filled to the share ``fill`` of its
    size.
    """
    chunks: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(units) + 1):
        if at == len(units):
            chunks.append((first, at))
            break
        held = tokens.count((units[first][0], units[at - 1][1]))
        if at in breaks and held >= fill * size:
            chunks.append((first, at))
            first = at
        elif tokens.count((units[first][0], units[at][1])) > size:
            chunks.append((first, at))
            first = _overlap_start(units, tokens, first + 1, at, size=size, overlap=overlap)
    return chunks if units else []


def _overlap_start(
    units: Sequence[Span], tokens: TokenIndex, lowest: int, at: int, *, size: int, overlap: int
) -> int:
    """The first unit to repeat before ``at``; repeating must leave room for unit ``at`` itself."""
    start = at
    while (
        start - 1 >= lowest
        and tokens.count((units[start - 1][0], units[at - 1][1])) <= overlap
        and tokens.count((units[start - 1][0], units[at][1])) <= size
    ):
        start -= 1
    return start
