"""Sets of characters over several documents, as disjoint, non-adjacent intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.documents import Span

Region: TypeAlias = Mapping[str, tuple[Span, ...]]
"""Document id → its merged intervals, ascending. Documents without any are absent."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The span of a chunk, and its cost in context tokens."""

    document_id: str
    span: Span
    tokens: int

    @property
    def characters(self) -> int:
        """Length of the span."""
        return self.span[1] - self.span[0]


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Merges spans into disjoint, ascending intervals.

    Empty spans are dropped.

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
    """Builds the region of any number of ``(document id, span)``.

    Raises:
        ValueError: as `merge`.
    """
    by_document: dict[str, list[Span]] = {}
    for document_id, span in stretches:
        by_document.setdefault(document_id, []).append(span)
    merged = {document_id: merge(spans) for document_id, spans in by_document.items()}
    return {document_id: spans for document_id, spans in merged.items() if spans}


def covered_by(passages: Iterable[Passage]) -> Region:
    """The region that passages cover together; each character counts once."""
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
    """Counts shared characters in one pass; both arguments are ascending and merged."""
    total = at = beside = 0
    while at < len(spans) and beside < len(others):
        total += overlap(spans[at], others[beside])
        if spans[at][1] <= others[beside][1]:
            at += 1
        else:
            beside += 1
    return total
