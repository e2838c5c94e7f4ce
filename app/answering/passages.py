"""Numbered passages, and the sentences of theirs that an answer may quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain import Block, BlockKind, Span
from app.text.sentences import Sentence, split_sentences

_PROSE: Final = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST))
_CELL: Final = r"[^|:：]{1,80}[:：] [^|]*"
_NAMED_CELLS: Final = re.compile(rf"{_CELL}(?:\| {_CELL})+")
"""A table row in which each cell stands behind the head of its column: it can be read alone."""
_ITEM_MARK: Final = re.compile(r"(?:[-*+•‣◦▪·–]|\d{1,3}[.)])\s+(?=\S)")
_ANNOUNCEMENT: Final = (":", "：")
"""How a sentence ends whose point is in what follows it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered source of an answer.

    ``n`` counts from 1 and is what the answer cites; ``context`` is the title and the headings
    above; ``text`` is ``document.text[span[0]:span[1]]``; ``blocks`` are those of the document that
    it overlaps, empty for text without structure.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    context: str
    text: str
    span: Span
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of passage ``n``. ``text`` is ``document.text[span[0]:span[1]]``, verbatim."""

    n: int
    span: Span
    text: str


def quotable_sentences(
    passages: Sequence[Passage], *, min_chars: int = 8, max_chars: int = 600
) -> list[Quotation]:
    """The sentences that can stand in an answer, by passage and then in reading order.

    Headings, code and rules are left out; so are table rows, unless their cells name their columns;
    sentences that only announce what follows; and those outside the bounds: a fragment answers
    nothing, and what has no end for 600 characters is no sentence. Where passages overlap, a
    sentence belongs to the first that holds it.
    """
    return [
        quotation
        for quotation, kind in _sentences(passages)
        if (kind in _PROSE or (kind is BlockKind.TABLE and _NAMED_CELLS.fullmatch(quotation.text)))
        and min_chars <= len(quotation.text) <= max_chars
        and not quotation.text.endswith(_ANNOUNCEMENT)
    ]


def all_sentences(passages: Sequence[Passage]) -> list[Quotation]:
    """Every sentence, heading, table row and line of code, in the order of `quotable_sentences`."""
    return [quotation for quotation, _ in _sentences(passages)]


def _sentences(passages: Sequence[Passage]) -> Iterator[tuple[Quotation, BlockKind]]:
    seen: set[tuple[str, Span]] = set()
    for passage in passages:
        offset = passage.span[0]
        for sentence in _split(passage):
            start, end = sentence.span
            span = start + offset, end + offset
            if (passage.document_id, span) not in seen:
                seen.add((passage.document_id, span))
                yield Quotation(passage.n, span, passage.text[start:end]), sentence.kind


def _split(passage: Passage) -> Iterator[Sentence]:
    """By the document's blocks where it has some: a loader knows a heading that looks like none."""
    text, offset = passage.text, passage.span[0]
    at = 0
    for block in passage.blocks:
        start, end = max(at, block.span[0] - offset), min(len(text), block.span[1] - offset)
        if start >= end:
            continue
        yield from _split_text(text, at, start)
        if block.kind in _PROSE:
            yield from (Sentence(s.span, block.kind) for s in _split_text(text, start, end))
        else:
            yield from _trimmed(text, start, end, block.kind)
        at = end
    yield from _split_text(text, at, len(text))


def _split_text(text: str, start: int, end: int) -> Iterator[Sentence]:
    """Its sentences, without the marks of list items."""
    for sentence in split_sentences(text[start:end]):
        left, right = start + sentence.span[0], start + sentence.span[1]
        marker = _ITEM_MARK.match(text, left, right) if sentence.kind is BlockKind.LIST else None
        yield Sentence((marker.end() if marker else left, right), sentence.kind)


def _trimmed(text: str, start: int, end: int, kind: BlockKind) -> Iterator[Sentence]:
    """The stretch without white space around it, unless that is all there is."""
    stretch = text[start:end]
    left = start + len(stretch) - len(stretch.lstrip())
    if stretch.strip():
        yield Sentence((left, left + len(stretch.strip())), kind)
