"""An HTML tree to pieces of text, without recursion: pages may nest as deep as they like."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.domain.documents import BlockKind
from ingest.loaders.html.boilerplate import is_left_out
from ingest.loaders.html.tables import (
    caption_of,
    captioned_table,
    field_list_pieces,
    html_table_pieces,
    is_layout,
)
from ingest.loaders.html.text import BLOCKS, BREAK, collapse, formula_of, tidy, verbatim_text
from ingest.loaders.model import Piece
from ingest.loaders.plain.emphasis import BOLD, PLAIN, is_strong, sets_bold, split_lead, unmarked
from ingest.loaders.plain.terms import is_question

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset({"ul", "ol", "dir"})
_TERMS: Final = frozenset({"dt", "summary", "legend"})
_MAX_INDENT: Final = 8
"""Levels of nested lists that are indented; hostile pages nest thousands."""


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int = 1
    width: int = 2
    """Characters of the marker before its items, by which their further lines are indented."""


@dataclass(slots=True)
class _Writer:
    """Collects inline text until a block begins or ends."""

    pieces: list[Piece] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    marker: str = ""
    in_list: bool = False
    """Whether the piece before belongs to the list that is open."""
    in_item: bool = False
    """Whether the piece before belongs to the item that is open."""
    asks: bool = False
    """Whether that item has said nothing but a question so far."""
    depth: int = 0
    """How many bold elements are open."""

    def text(self, text: str | None) -> None:
        if text:
            self.inline.append(collapse(text))

    def bold(self, *, on: bool) -> None:
        self.depth += 1 if on else -1
        self.inline.append(BOLD if on else PLAIN)

    def end_block(self, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> None:
        marked = "".join(self.inline)
        self.inline = [BOLD] * min(self.depth, 1)
        if not (text := tidy(unmarked(marked))):
            return
        if kind is not BlockKind.PARAGRAPH:
            self.add(Piece(kind, text, level=level))
            return
        strong = BOLD in marked and is_strong(marked)
        lead, rest = map(tidy, split_lead(marked)) if BOLD in marked and not strong else ("", "")
        if lead and rest and is_question(lead, strong=True):
            self._end_paragraph(lead, strong=True)
            self._end_paragraph(rest, tight=True)
        else:
            self._end_paragraph(text, strong=strong)

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.in_list = self.in_item = False

    def _end_paragraph(self, text: str, *, strong: bool = False, tight: bool = False) -> None:
        if not self.lists:
            self.add(Piece(BlockKind.PARAGRAPH, text, tight=tight, strong=strong))
            return
        level = min(len(self.lists) - 1, _MAX_INDENT)
        indent = "  " * level
        rest = indent + " " * self.lists[-1].width
        first = indent + self.marker if self.marker else rest
        lines = text.split("\n")
        body = "\n".join([first + lines[0], *(rest + line for line in lines[1:])])
        goes_on = self.in_item and not self.marker and self.pieces[-1].level == level
        if goes_on and self.asks:
            self.pieces[-1] = replace(self.pieces[-1], kind=BlockKind.TERM, level=0)
        elif goes_on:
            last = self.pieces[-1]
            self.pieces[-1] = replace(last, text=f"{last.text}\n{body}")
            return
        self.pieces.append(Piece(BlockKind.LIST, body, level=level, tight=self.in_list))
        self.asks = bool(self.marker) and is_question(text, strong=strong)
        self.marker = ""
        self.in_list = self.in_item = True


def html_pieces(root: Element) -> list[Piece]:
    """Blocks of the tree in reading order; boilerplate and hidden parts left out."""
    writer = _Writer()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: Element | None = None
    for event, element in walk:
        if event in ("comment", "pi"):
            writer.text(element.tail)
        elif event == "start":
            if element is not root and is_left_out(element):
                skipped = element
            elif not _enter(writer, element):
                continue
            else:
                skipped = element
            walk.skip_subtree()
        else:
            if element is skipped:
                skipped = None
            else:
                _leave(writer, element)
            if element is not root:
                writer.text(element.tail)
    writer.end_block()
    return writer.pieces


def _enter(writer: _Writer, element: Element) -> bool:
    """Opens an element; true when it was written as a whole and must not be descended into."""
    tag = element.tag
    if formula := formula_of(element):
        text, is_block = formula
        if is_block:
            writer.end_block()
            writer.add(Piece(BlockKind.FORMULA, text))
        else:
            writer.inline.append(text)
        return True
    if tag == "br":
        writer.inline.append(BREAK)
    elif tag == "figcaption" and captioned_table(element.getparent()) is not None:
        return True  # written above the table
    elif (pieces := _whole(element)) is not None:
        writer.end_block()
        for piece in pieces:
            writer.add(piece)
        return True
    elif tag in BLOCKS:
        writer.end_block()
        _open_list(writer, element)
    elif sets_bold(element):
        writer.bold(on=True)
    writer.text(element.text)
    return False


def _whole(element: Element) -> list[Piece] | None:
    """Pieces of an element that is read as a whole; ``None`` for those to descend into."""
    if element.tag == "table" and not is_layout(element):
        return html_table_pieces(element, caption=caption_of(element))
    if element.tag == "dl":
        return field_list_pieces(element) or None
    if element.tag == "pre":
        is_formula = "math" in element.get("class", "").split()  # what docutils writes
        kind = BlockKind.FORMULA if is_formula else BlockKind.CODE
        return [Piece(kind, textwrap.dedent(verbatim_text(element)))]
    return None


def _open_list(writer: _Writer, element: Element) -> None:
    tag = element.tag
    if tag in _LISTS:
        if not writer.lists:
            writer.in_list = False
        start = element.get("start", "1")
        writer.lists.append(_List(tag == "ol", int(start) if start.isdecimal() else 1))
        writer.marker = ""
    elif tag == "li":
        writer.in_item = False
        if not writer.lists:
            writer.in_list = False
        elif writer.lists[-1].ordered:
            writer.marker = f"{writer.lists[-1].number}. "
            writer.lists[-1].number += 1
        else:
            writer.marker = "- "
        if writer.lists:
            writer.lists[-1].width = len(writer.marker)


def _leave(writer: _Writer, element: Element) -> None:
    tag = element.tag
    if level := _HEADINGS.get(tag):
        writer.end_block(BlockKind.HEADING, level)
    elif tag in _TERMS:
        writer.end_block(BlockKind.TERM)
    elif tag in BLOCKS:
        writer.end_block()
        if tag in _LISTS and writer.lists:
            writer.lists.pop()
            writer.marker = ""
            writer.in_item = False
    elif sets_bold(element):
        writer.bold(on=False)
