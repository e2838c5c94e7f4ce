"""The body of a Word document to pieces of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from lxml.etree import _Element as Element

from app.domain.documents import BlockKind
from ingest.loaders.docx.formulas import M, formula_text
from ingest.loaders.docx.look import (
    bold_lead,
    first_row_is_header,
    heading_by_look,
    is_bold,
    looks_like_code,
)
from ingest.loaders.docx.numbering import BULLET, Numbering
from ingest.loaders.docx.styles import (
    Style,
    W,
    completed,
    is_set,
    numbering_of,
    outline_level,
    setting,
    style_of,
)
from ingest.loaders.encodings.cleaning import clean_lines
from ingest.loaders.model import Piece, require_size
from ingest.loaders.plain.terms import is_question
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import table_pieces

_ALTERNATIVE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The text box once more, for old programs."""
_TEXT_BOX: Final = f"{W}txbxContent"
_SKIPPED: Final = frozenset(
    {_ALTERNATIVE, _TEXT_BOX, f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}rPr"}
)
"""Deleted revisions, field codes, and boxes, which are blocks of their own."""
_SYMBOL_BULLETS: Final = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓"})
"""Private characters of Word's Symbol and Wingdings fonts."""
_Read: TypeAlias = Callable[[Element], str]
"""The text of a paragraph."""


class DocxBlocks:
    """Collects pieces in reading order; `pieces` has them.

    Its methods raise `DocumentRejected` once they have read more than ``max_characters``: a small
    archive may hold a text that takes long to clean.
    """

    def __init__(
        self, styles: Mapping[str, Style], numbering: Numbering, *, max_characters: int
    ) -> None:
        self.pieces: list[Piece] = []
        self._styles = styles
        self._numbering = numbering
        self._max_characters = max_characters
        self._characters = 0

    def write(self, document: Element) -> None:
        """Writes a document part."""
        blocks = list(_blocks(document))
        captions = self._captions(blocks)
        taken = set(captions.values())
        for number, block in enumerate(blocks):
            if block.tag == f"{W}tbl":
                above = self._read(blocks[captions[number]]) if number in captions else ""
                self.pieces.extend(table_pieces(_table(block, self._read), caption=above))
            elif number not in taken:
                self._paragraph(block)

    def _captions(self, blocks: Sequence[Element]) -> dict[int, int]:
        """Numbers of the blocks that are captions, by that of their table: above it, else below."""
        is_caption = [
            block.tag == f"{W}p"
            and style_of(block.find(f"{W}pPr"), self._styles).is_caption
            and bool(clean_lines(_text(block)))
            for block in blocks
        ]
        captions: dict[int, int] = {}
        for number, block in enumerate(blocks):
            for beside in (number - 1, number + 1):
                is_free = 0 <= beside < len(blocks) and is_caption[beside]
                if block.tag == f"{W}tbl" and number not in captions and is_free:
                    captions[number] = beside
                    is_caption[beside] = False
        return captions

    def write_notes(self, notes: Element | None) -> None:
        """Writes footnotes or endnotes, each as a paragraph."""
        for note in notes if notes is not None else ():
            if note.get(f"{W}type") is None:  # the others are separator lines
                text = " ".join(self._read(paragraph) for paragraph in note.iter(f"{W}p"))
                self.pieces.append(Piece(BlockKind.PARAGRAPH, text))

    def _read(self, paragraph: Element) -> str:
        text = _text(paragraph)
        self._characters += len(text)
        require_size(self._characters, self._max_characters)
        return text

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = style_of(properties, self._styles)
        text = self._read(paragraph)
        if clean_lines(text):
            self._add(paragraph, properties, style, text)
        for box in _outer_boxes(paragraph):
            self.write(box)

    def _add(self, paragraph: Element, properties: Element | None, style: Style, text: str) -> None:
        level = outline_level(properties) or style.level or heading_by_look(paragraph, text)
        numbering = _own_numbering(properties, style)
        if level:
            number = self._numbering.next_marker(*numbering) if numbering else ""
            number = "" if number == BULLET else number
            self.pieces.append(Piece(BlockKind.HEADING, f"{number} {text}".strip(), level=level))
        elif _is_formula(paragraph):
            self.pieces.append(Piece(BlockKind.FORMULA, text.strip()))
        elif numbering:
            self._item(text, *numbering)
        elif style.is_code or looks_like_code(paragraph, text):
            self._code(text)
        elif style.continues_item and self.pieces and self.pieces[-1].kind is BlockKind.LIST:
            item = self.pieces.pop()
            indent = "  " * (item.level + 1)
            self.pieces.append(replace(item, text=f"{item.text}\n{indent}{clean_lines(text)}"))
        else:
            self._prose(paragraph, text)

    def _prose(self, paragraph: Element, text: str) -> None:
        """A paragraph, parted where a question in bold type is answered behind it."""
        strong = is_bold(paragraph)
        lead = "" if strong else bold_lead(paragraph)
        rest = text[len(lead) :] if lead and text.startswith(lead) else ""
        if rest.strip() and is_question(lead, strong=True):
            self.pieces.append(Piece(BlockKind.PARAGRAPH, lead, strong=True))
            self.pieces.append(Piece(BlockKind.PARAGRAPH, rest, tight=True))
        else:
            self.pieces.append(Piece(BlockKind.PARAGRAPH, text, strong=strong))

    def _item(self, text: str, identity: str, level: int) -> None:
        marker = self._numbering.next_marker(identity, level)
        item = "  " * level + f"{marker} {clean_lines(text)}".strip()
        self.pieces.append(Piece(BlockKind.LIST, item, level=level, tight=True))

    def _code(self, text: str) -> None:
        """Each line of code is a paragraph in Word; they belong together."""
        if self.pieces and self.pieces[-1].kind is BlockKind.CODE:
            text = f"{self.pieces.pop().text}\n{text}"
        self.pieces.append(Piece(BlockKind.CODE, text))


def _own_numbering(properties: Element | None, style: Style) -> tuple[str, int] | None:
    """List and level of a paragraph, ``None`` for no list."""
    found = completed(numbering_of(properties), style.numbering)
    return found if found is not None and found[0] not in ("", "0") else None


def _blocks(root: Element) -> Iterator[Element]:
    """Paragraphs and tables of a part, through content controls and the like, not into tables."""
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            stack.extend(reversed(element))


def _outer_boxes(paragraph: Element) -> Iterator[Element]:
    """Text boxes anchored in a paragraph, each once, not the boxes inside of them."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == _TEXT_BOX:
            yield element
        elif element.tag != _ALTERNATIVE:
            stack.extend(reversed(element))


def _text(paragraph: Element) -> str:
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag == f"{W}t":
            parts.append(element.text or "")
        elif tag in (f"{W}tab", f"{W}ptab"):
            parts.append("\t")
        elif tag in (f"{W}br", f"{W}cr"):
            parts.append("\n")
        elif tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif tag == f"{W}sym":
            parts.append("•")
        elif tag == f"{M}oMath":
            parts.append(formula_text(element))
        elif tag == f"{W}r" and _is_hidden(element):
            continue
        elif isinstance(tag, str) and tag not in _SKIPPED and tag != f"{W}pPr":
            stack.extend(reversed(element))
    return "".join(parts).translate(_SYMBOL_BULLETS)


def _is_hidden(run: Element) -> bool:
    """Whether a run is set as hidden or is struck through."""
    properties = run.find(f"{W}rPr")
    return properties is not None and any(
        is_set(properties, name) for name in ("vanish", "strike", "dstrike")
    )


def _is_formula(paragraph: Element) -> bool:
    """Whether a paragraph is nothing but a formula."""
    return paragraph.find(f".//{M}oMath") is not None and not any(
        (text.text or "").strip() for text in paragraph.iter(f"{W}t")
    )


def _table(table: Element, read: _Read) -> list[list[GridCell]]:
    rows: list[list[GridCell]] = []
    open_merges: dict[int, str] = {}
    marked = first_row_is_header(table)
    for row in table.iter(f"{W}tr"):
        if _owner(row, f"{W}tbl") is not table:
            continue
        cells: list[GridCell] = []
        column = 0
        is_header = row.find(f"{W}trPr/{W}tblHeader") is not None or (marked and not rows)
        for cell in row.iter(f"{W}tc"):
            if _owner(cell, f"{W}tr") is not row:
                continue
            properties = cell.find(f"{W}tcPr")
            columns = _number(properties, "gridSpan")
            merge = properties.find(f"{W}vMerge") if properties is not None else None
            text = _cell_text(cell, read)
            if merge is not None and merge.get(f"{W}val") != "restart" and column in open_merges:
                text = open_merges[column]  # a merged cell speaks for each row that it covers
            elif merge is not None:
                open_merges[column] = text
            bold = bool(text) and is_bold(cell)
            cells.append(GridCell(text, is_header=is_header, columns=columns, is_bold=bold))
            column += columns
        rows.append(cells)
    return rows


def _owner(element: Element, tag: str) -> Element | None:
    """The table of a row or the row of a cell: direct children in sound files, deeper in others."""
    owner: Element | None = next(element.iterancestors(tag), None)
    return owner


def _cell_text(cell: Element, read: _Read) -> str:
    """One line; a table inside is given row by row."""
    parts: list[str] = []
    for block in _blocks(cell):
        if block.tag == f"{W}tbl":
            rows = (", ".join(c.text for c in row if c.text) for row in _table(block, read))
            parts.append("; ".join(row for row in rows if row))
        else:
            parts.append(clean_lines(read(block)))
    return clean_lines(" ".join(part for part in parts if part))


def _number(properties: Element | None, name: str) -> int:
    value = setting(properties, name)
    return max(1, int(value)) if value.isdecimal() else 1
