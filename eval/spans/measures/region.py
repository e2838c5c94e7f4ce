"""Sets of characters over several documents, kept as intervals that neither overlap nor touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.documents import Span

Region: TypeAlias = Mapping[str, tuple[Span, ...]]
"""Document id → its merged intervals, ascending. A document without any is absent."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a chunk stands, and how many tokens of context it costs."""

    document_id: str
    span: Span
    tokens: int

    @property
    def characters(self) -> int:
        """The length of its span."""
        return self.span[1] - self.span[0]


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same characters as intervals that are apart from each other, ascending.

    Empty spans hold no character and are left out.

    Raises:
        ValueError: a span ends before it starts, or starts before its text.
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if not 0 <= start <= end:
            raise ValueError(f"[{start}, {end}) is no span of a text")
        if start == end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def region_of(stretches: Iterable[tuple[str, Span]]) -> Region:
    """The characters of any number of ``(document id, span)``.

    Raises:
        ValueError: as `merge`.
    """
    by_document: dict[str, list[Span]] = {}
    for document_id, span in stretches:
        by_document.setdefault(document_id, []).append(span)
    merged = {document_id: merge(spans) for document_id, spans in by_document.items()}
    return {document_id: spans for document_id, spans in merged.items() if spans}


def covered_by(passages: Iterable[Passage]) -> Region:
    """The characters that passages hold together; each counts once, however many hold it."""
    return region_of((passage.document_id, passage.span) for passage in passages)


def size(region: Region) -> int:
    """Number of characters."""
    return sum(end - start for spans in region.values() for start, end in spans)


def shared(region: Region, other: Region) -> int:
    """Number of characters that are in both."""
    return sum(
        _shared(spans, other[document_id])
        for document_id, spans in region.items()
        if document_id in other
    )


def overlap(span: Span, other: Span) -> int:
    """Number of characters that two spans of one document have in common."""
    return max(0, min(span[1], other[1]) - max(span[0], other[0]))


def _shared(spans: Sequence[Span], others: Sequence[Span]) -> int:
    """Both are ascending and merged, so one walk along them meets every pair that overlaps."""
    total = at = beside = 0
    while at < len(spans) and beside < len(others):
        total += overlap(spans[at], others[beside])
        if spans[at][1] <= others[beside][1]:
            at += 1
        else:
            beside += 1
    return total
