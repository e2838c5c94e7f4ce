"""Cutting by tokens and packing of units: the two pure functions that every strategy is made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.domain.documents import Span

MAX_TOKEN_CHARACTERS: Final = 100
"""A stretch without a token's start counts as one more token for each of these: tokenizers take
any run of characters that they don't know for one token, and skip white space."""


WINDOW_CHARACTERS: Final = 100_000
"""Of a text that are tokenized at once, since tokenizers take 250 bytes for each of them."""


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """Where the tokens of a text start; counts those of any span in logarithmic time."""

    starts: Sequence[int]

    @classmethod
    def reading(cls, text: str, token_spans: Callable[[str], Sequence[Span]]) -> TokenIndex:
        """Of ``text``, by `Embedder.token_spans`, which is shown one window after the other."""
        spans = [
            (start + first, start + last)
            for start, end in _windows(text)
            for first, last in token_spans(text[start:end])
        ]
        return cls.of(spans, characters=len(text))

    @classmethod
    def of(cls, token_spans: Sequence[Span], *, characters: int) -> TokenIndex:
        """From the spans that `Embedder.token_spans` gives for a text of so many characters."""
        starts = [start for start, _ in token_spans]
        first = starts[0] if starts else characters
        dense = list(range(0, first, MAX_TOKEN_CHARACTERS))
        for start, after in pairwise([*starts, characters]):
            dense += range(start, max(after, start + 1), MAX_TOKEN_CHARACTERS)
        return cls(dense)

    def count(self, span: Span) -> int:
        """Tokens that start within ``span``."""
        return bisect_left(self.starts, span[1]) - bisect_left(self.starts, span[0])


def _windows(text: str) -> Iterator[Span]:
    """Stretches of a text, cut before a line's end or a blank wherever there is one."""
    start = 0
    while start < len(text):
        end = start + WINDOW_CHARACTERS
        if end < len(text):
            breaks = (text.rfind(mark, start + 1, end) for mark in "\n ")
            end = next((cut for cut in breaks if cut > 0), end)
        yield start, min(end, len(text))
        start = end


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
    leads: Collection[int] = (),
    starts: Collection[int] | None = None,
    fill: float = 0.0,
) -> list[tuple[int, int]]:
    """Groups neighbouring units into chunks: ranges ``[first, last)`` of unit numbers.

    A chunk takes units while it stays within ``size`` tokens (one unit that is larger stands
    alone); the next one begins with as many trailing units as fit into ``overlap`` tokens. Units in
    ``leads`` are headings and terms, which belong to what follows: no chunk ends with them if it
    can be helped. Before a run of them that begins with one of ``starts``, which are all of them by
    default, a chunk ends, without overlap, if it is filled to the share ``fill`` of its size.
    """
    starts = leads if starts is None else starts
    chunks: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(units) + 1):
        if at == len(units):
            chunks.append((first, at))
            break
        held = tokens.count((units[first][0], units[at - 1][1]))
        if at in starts and at - 1 not in leads and held >= fill * size:
            chunks.append((first, at))
            first = at
        elif tokens.count((units[first][0], units[at][1])) > size:
            end = _before_leads(units, tokens, first, at, leads=leads, size=size)
            chunks.append((first, end))
            lowest = first + 1 if end == at else end  # headings are led up to by nothing
            first = _overlap_start(units, tokens, lowest, end, size=size, overlap=overlap)
    return chunks if units else []


def _before_leads(
    units: Sequence[Span],
    tokens: TokenIndex,
    first: int,
    at: int,
    *,
    leads: Collection[int],
    size: int,
) -> int:
    """Where a chunk from ``first`` ends so that headings before ``at`` go with it, if they fit."""
    end = at
    while end > first and end - 1 in leads:
        end -= 1
    fits = end > first and tokens.count((units[end][0], units[at][1])) <= size
    return end if fits else at


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
