"""An HTML tree to pieces of text, without recursion: pages may nest as deep as they like."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.domain import BlockKind
from ingest.loaders.cleaning import join_lines
from ingest.loaders.model import Piece
from ingest.loaders.tables import Cell, table_pieces
from ingest.loaders.visibility import Visibility

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset({"ul", "ol", "dl", "dir"})
_BLOCKS: Final = frozenset(
    "html body main article section div p blockquote header aside figure figcaption address "  # noqa: SIM905 - word lists read best as words
    "details summary fieldset legend form center hgroup search "
    "table caption thead tbody tfoot tr td th colgroup hr li dt dd "
    "pre ul ol dl dir h1 h2 h3 h4 h5 h6 math-block".split()
)
_BREAK: Final = "\n"
"""What a reader sees as the end of a line."""
_WRAP: Final = "\r"
"""A line end of the source, which readers don't see."""
_BLANKS: Final = re.compile("[ \t\n\r\f]+")
_SPACES: Final = re.compile(" +")
_MAX_INDENT: Final = 8
"""Levels of nested lists that are indented; hostile pages nest thousands."""
_MIN_COLUMNS: Final = 2
_CELL_GAPS: Final = {"td": ", ", "th": ", ", "tr": "; ", "li": "; "}
"""What closes a part inside a table cell, where a row must stay on one line."""
_GAP_BEFORE_END: Final = re.compile(r"[,;\s]+$")
_DOUBLE_GAP: Final = re.compile(r"\s*[,;](?:\s*[,;])+\s*")


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int = 1


@dataclass(slots=True)
class _Writer:
    """Collects inline text until a block begins or ends."""

    pieces: list[Piece] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    marker: str = ""
    in_list: bool = False
    """Whether the piece before belongs to the list that is open."""

    def text(self, text: str | None) -> None:
        if text:
            self.inline.append(_collapse(text))

    def end_block(self, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> None:
        text = _tidy("".join(self.inline))
        self.inline.clear()
        if not text:
            return
        if kind is BlockKind.PARAGRAPH and self.lists:
            self._end_item(text)
        else:
            self.add(Piece(kind, text, level=level))

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.in_list = False

    def _end_item(self, text: str) -> None:
        indent = "  " * min(len(self.lists) - 1, _MAX_INDENT)
        rest = indent + " " * len(self.marker or "- ")
        lines = text.split("\n")
        first = (indent + self.marker if self.marker else rest) + lines[0]
        body = "\n".join([first, *(rest + line for line in lines[1:])])
        self.pieces.append(Piece(BlockKind.LIST, body, tight=self.in_list))
        self.marker = ""
        self.in_list = True


def html_pieces(root: Element, visibility: Visibility) -> list[Piece]:
    """Blocks of the tree in reading order; boilerplate and hidden parts left out."""
    writer = _Writer()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: Element | None = None
    for event, element in walk:
        if event in ("comment", "pi"):
            writer.text(element.tail)
        elif event == "start":
            if element is not root and visibility.drops(element):
                skipped = element
            elif not _enter(writer, element, visibility):
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


def _enter(writer: _Writer, element: Element, visibility: Visibility) -> bool:
    """Opens an element; true when it was written as a whole and must not be descended into."""
    tag = element.tag
    if formula := _formula(element):
        text, is_block = formula
        if is_block:
            writer.end_block()
            writer.add(Piece(BlockKind.FORMULA, text))
        else:
            writer.inline.append(text)
        return True
    if tag == "br":
        writer.inline.append(_BREAK)
    elif tag == "table" and not _is_layout(element):
        writer.end_block()
        _write_table(writer, element, visibility)
        return True
    elif tag == "pre":
        writer.end_block()
        is_formula = "math" in element.get("class", "").split()  # what docutils writes
        kind = BlockKind.FORMULA if is_formula else BlockKind.CODE
        writer.add(Piece(kind, textwrap.dedent(_verbatim(element, visibility))))
        return True
    elif tag in _BLOCKS:
        writer.end_block()
        _open_list(writer, element)
    writer.text(element.text)
    return False


def _open_list(writer: _Writer, element: Element) -> None:
    tag = element.tag
    if tag in _LISTS:
        if not writer.lists:
            writer.in_list = False
        start = element.get("start", "1")
        writer.lists.append(_List(tag == "ol", int(start) if start.isdecimal() else 1))
        writer.marker = ""
    elif tag == "li":
        if not writer.lists:
            writer.in_list = False
        elif writer.lists[-1].ordered:
            writer.marker = f"{writer.lists[-1].number}. "
            writer.lists[-1].number += 1
        else:
            writer.marker = "- "
    elif tag == "dt":
        writer.marker = "- "


def _leave(writer: _Writer, element: Element) -> None:
    tag = element.tag
    if level := _HEADINGS.get(tag):
        writer.end_block(BlockKind.HEADING, level)
    elif tag in _BLOCKS:
        writer.end_block()
        if tag in _LISTS and writer.lists:
            writer.lists.pop()
            writer.marker = ""


def _formula(element: Element) -> tuple[str, bool] | None:
    """TeX source of a formula and whether it stands alone; ``None`` for anything else."""
    classes = element.get("class", "").split()
    if element.tag == "math":
        sources = element.xpath(
            ".//*[local-name()='annotation'][contains(@encoding, 'tex')]/text()"
        )
        source = (sources or [element.get("alttext") or "".join(element.itertext())])[0]
        return _collapse(str(source)).strip(), element.get("display") == "block"
    if "math" in classes and ("inline" in classes or "block" in classes):
        return "".join(element.itertext()).strip(), "block" in classes
    return None


def _is_layout(table: Element) -> bool:
    """Whether a table places blocks on a page rather than values in columns."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.find(".//th") is not None:
        return False
    widest = max((len(row.xpath("./td")) for row in _rows(table)), default=0)
    holds_blocks = table.xpath("boolean(.//h1 | .//h2 | .//h3 | .//h4 | .//pre | .//table)")
    return widest < _MIN_COLUMNS or bool(holds_blocks)


def _rows(table: Element) -> list[Element]:
    return list(table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"))


def _write_table(writer: _Writer, table: Element, visibility: Visibility) -> None:
    for caption in table.xpath("./caption"):
        writer.inline.append(_flat(caption, visibility))
        writer.end_block()
    rows: list[list[Cell]] = []
    for row in _rows(table):
        if visibility.drops(row):
            continue
        in_head = row.getparent().tag == "thead"
        rows.append(
            [
                Cell(
                    _flat(cell, visibility),
                    is_header=in_head or cell.tag == "th",
                    columns=_span(cell, "colspan"),
                    rows=_span(cell, "rowspan"),
                )
                for cell in row.xpath("./td | ./th")
                if not visibility.drops(cell)
            ]
        )
    for piece in table_pieces(rows):
        writer.add(piece)


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1  # noqa: PLR2004 - HTML's limit is 65,534


def _visible(root: Element, visibility: Visibility) -> Iterator[tuple[str, Element, str | None]]:
    """``(event, element, text)`` for each text in the tree, hidden parts left out."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: Element | None = None
    for event, element in walk:
        if event == "start":
            if element is not root and visibility.drops(element):
                skipped = element
                walk.skip_subtree()
            elif formula := _formula(element):
                yield "start", element, formula[0]
                skipped = element
                walk.skip_subtree()
            else:
                yield "start", element, element.text
        else:
            dropped = event != "end" or element is skipped
            if element is root:
                yield "end", element, None
            else:
                yield ("skip" if dropped else "end"), element, element.tail


def _flat(root: Element, visibility: Visibility) -> str:
    """All text in one line; nested lists and tables are separated by commas and semicolons."""
    parts: list[str] = []
    for event, element, text in _visible(root, visibility):
        if element is not root and event != "skip":
            if event == "end" and element.tag in _CELL_GAPS:
                parts.append(_CELL_GAPS[element.tag])
            elif element.tag in _BLOCKS or element.tag == "br":
                parts.append(" ")
        parts.append(_collapse(text or ""))
    line = _GAP_BEFORE_END.sub("", _tidy("".join(parts)))
    return _DOUBLE_GAP.sub("; ", line) if _has_parts(root) else line


def _has_parts(root: Element) -> bool:
    return any(root.find(f".//{tag}") is not None for tag in _CELL_GAPS)


def _verbatim(root: Element, visibility: Visibility) -> str:
    parts: list[str] = []
    for event, element, text in _visible(root, visibility):
        if event == "start" and element.tag == "br":
            parts.append("\n")
        parts.append(text or "")
    return "".join(parts)


def _collapse(text: str) -> str:
    """Runs of blanks become one: `_WRAP` where the source breaks its line there, else a space."""
    return _BLANKS.sub(_fold, text)


def _fold(blanks: re.Match[str]) -> str:
    return _WRAP if "\n" in blanks[0] or "\r" in blanks[0] else " "


def _tidy(text: str) -> str:
    """Joins source lines as their script wants it; what `_BREAK` separates stays on its lines."""
    lines = (join_lines(line.replace(_WRAP, "\n")) for line in text.split(_BREAK))
    return "\n".join(tidy for line in lines if (tidy := _SPACES.sub(" ", line).strip()))
