"""From lines of PDF pages to headings, paragraphs, list items and rows of tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.documents import BlockKind, Locator
from ingest.loaders.model import Piece
from ingest.loaders.pdf.headings import (
    HEADING_SIZE,
    MAX_HEADING,
    MAX_HEADING_LINES,
    SAME_SIZE,
    heading_sizes,
    is_heading,
    number_level,
    page_title,
)
from ingest.loaders.pdf.lines import Line
from ingest.loaders.pdf.page_breaks import Paragraph, joined_over_pages
from ingest.loaders.pdf.paragraphs import as_row, is_row, paragraphs, vocabulary
from ingest.loaders.pdf.running_heads import without_running_heads
from ingest.loaders.pdf.tables import find_tables, pdf_table_pieces

_SIGN: Final = re.compile(r"[•▪◦‣●○■□➢✓]|\(?(?:\d{1,2}|[a-z])[.)]\s+\S|[-–]\s+\S|[①-⑳]")
_MIN_INDENT: Final = 4.0
"""Points by which an item stands further in than the one that it belongs to."""


def layout_pieces(pages: Sequence[Sequence[Line]]) -> tuple[list[Piece], str]:
    """Pieces of all pages in order, and what looks like the title on the first page."""
    kept = without_running_heads(pages)
    body = _body_size(kept)
    sizes = heading_sizes(kept, body)
    words = vocabulary(kept)
    groups = [list(_groups(lines, body)) for lines in kept]
    pieces: list[Piece] = []
    indents: list[float] = []
    for group in joined_over_pages(groups, body):
        if group.is_table:
            pieces += pdf_table_pieces(group.lines)
            continue
        text, starts = group.text(words)
        piece = _piece(group.lines, text, body, sizes)
        if piece.kind is BlockKind.LIST:
            piece = replace(piece, level=_depth(indents, group.lines[0].left))
        else:
            indents.clear()
        pieces.append(replace(piece, locator_starts=starts))
    return pieces, page_title(kept[0] if kept else (), body)


def _groups(lines: Sequence[Line], body: float) -> Iterator[Paragraph]:
    """Paragraphs and tables of a page."""
    tables = {table.numbers.start: table for table in find_tables(lines)}
    rows = {number for table in tables.values() for number in table.numbers}
    marked = [as_row(line) if number in rows else line for number, line in enumerate(lines)]
    at = 0
    for group in paragraphs(marked, body):
        if at in tables:
            yield Paragraph([(tables[at].lines, lines)], is_table=True)
        elif at not in rows:
            yield Paragraph([(group, lines)])
        at += len(group)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    counts: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _piece(group: Sequence[Line], text: str, body: float, sizes: list[float]) -> Piece:
    first = group[0]
    if is_row(first):
        return Piece(BlockKind.TABLE, text, locator=Locator(page=first.page), tight=True)
    all_headings = all(is_heading(line, body) for line in group) and len(group) <= MAX_HEADING_LINES
    if all_headings and len(text) <= MAX_HEADING:
        larger = [size for size in sizes if size > first.size + SAME_SIZE]
        by_size = first.size >= HEADING_SIZE * body
        level = min(len(larger) + 1, 6) if by_size else number_level(text)
        return Piece(BlockKind.HEADING, text, level=level, locator=Locator(page=first.page))
    kind = BlockKind.LIST if _SIGN.match(text) else BlockKind.PARAGRAPH
    return Piece(kind, text, locator=Locator(page=first.page))


def _depth(indents: list[float], left: float) -> int:
    """How deep an item is nested; ``indents`` are those of the items around it, in points."""
    while indents and indents[-1] > left - _MIN_INDENT:
        indents.pop()
    indents.append(left)
    return len(indents) - 1
