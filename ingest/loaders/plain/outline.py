"""The structure of plain text that comes without blocks, found without changing a character.

Markdown is read where its signs can't be anything else, and so are the ways in which people lay
out text by hand: numbered headings, fields, questions and answers, columns set with tabs or blanks.
Prose stays prose: a line of dashes, an indent or a number alone makes nothing of it. One pass, and
each line is looked at a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.documents import Block, BlockKind, Cell, Span
from ingest.loaders.model import Piece
from ingest.loaders.plain.outline_lines import (
    MARKER,
    MAX_HEADING,
    Line,
    columns,
    field_like,
    field_of,
    heading_family,
    read_lines,
)
from ingest.loaders.plain.outline_prose import Part, prose
from ingest.loaders.plain.outline_tables import read_columns, read_pipes, starts_pipes
from ingest.loaders.plain.terms import heads_what_follows, is_marked_question, is_question
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import Row, Value

_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^`]*")
_ATX: Final = re.compile(r"(#{1,6})[ \t]+(?=[^\s#])")
_RULE: Final = re.compile(r"[-=~*_#+^]{3,}|(?:[-*_][ \t]+){2,}[-*_]")
_QUOTE: Final = re.compile(r"(?:>[ \t]?)+")
_MIN_FIELDS: Final = 2
_HARD_ENDS: Final = tuple(".。!！;；:：,，")


def outline_blocks(text: str) -> tuple[Block, ...]:
    """Blocks of ``text``, in order; none where it has no structure but paragraphs.

    What only marks structure (fences, lines below headings, heads of tables) is in no block.
    """
    parts = outline(text)
    if all(part.kind is BlockKind.PARAGRAPH for part in parts):
        return ()
    return tuple(Block(part.kind, part.span, part.level, cells=_cells(part)) for part in parts)


def outline(text: str) -> list[Part]:
    """The parts of ``text``, in order, without white space around them."""
    parts = list(_Outline(text).parts())
    for number, part in enumerate(parts[:-1]):
        if part.kind is BlockKind.PARAGRAPH:
            piece = _piece(text, part)
            if heads_what_follows(piece, _piece(text, parts[number + 1])):
                parts[number] = replace(part, kind=BlockKind.TERM)
    return parts


class _Outline:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = read_lines(text)
        self._fences = _paired_fences(self._lines)
        self._last = ""
        """How the heading before was numbered, or ``item`` behind an item of a list."""

    def parts(self) -> Iterator[Part]:
        at = 0
        while at < len(self._lines):
            if self._lines[at].is_blank or _RULE.fullmatch(self._lines[at].text):
                at += 1
                continue
            found, at = self._next(at)
            yield from found
            if found:
                self._last = "item" if found[-1].kind is BlockKind.LIST else ""

    def _next(self, at: int) -> tuple[list[Part], int]:
        line = self._lines[at]
        if at in self._fences:
            return self._fence(at)
        if heading := self._heading(at):
            return heading
        for read in (self._table, self._fields):
            if found := read(at):
                return found
        if MARKER.match(line.text):
            return self._item(at)
        return self._paragraph(at)

    def _fence(self, at: int) -> tuple[list[Part], int]:
        end = self._fences[at]
        inner = [line for line in self._lines[at + 1 : end] if not line.is_blank]
        if not inner:
            return [], end + 1
        return [Part(BlockKind.CODE, (inner[0].start, inner[-1].span[1]))], end + 1

    def _heading(self, at: int) -> tuple[list[Part], int] | None:
        line = self._lines[at]
        if match := _ATX.match(line.text):
            end = line.span[0] + len(line.text.rstrip("#").rstrip())
            span = (line.span[0] + match.end(), end)
            return [Part(BlockKind.HEADING, span, level=len(match[1]))], at + 1
        if level := self._underlined(at):
            return [Part(BlockKind.HEADING, line.span, level=level)], at + 2
        if level := self._numbered(at):
            return [Part(BlockKind.HEADING, line.span, level=level)], at + 1
        return None

    def _underlined(self, at: int) -> int:
        """1 or 2 for a short line alone above a line of ``=`` or ``-``."""
        line = self._lines[at]
        below = self._lines[at + 1].text if at + 1 < len(self._lines) else ""
        if len(below) < 3 or set(below) not in ({"="}, {"-"}):  # noqa: PLR2004 - two dashes are a dash
            return 0
        if columns(line.text) > MAX_HEADING or "|" in line.text or MARKER.match(line.text):
            return 0
        if at and not (self._lines[at - 1].is_blank or _RULE.fullmatch(self._lines[at - 1].text)):
            return 0
        if below[0] == "-" and (line.text.endswith(_HARD_ENDS) or field_like(line.text)):
            return 0
        return 1 if below[0] == "=" else 2

    def _numbered(self, at: int) -> int:
        """The level of a line that is a heading by its number or its capitals, else 0."""
        line = self._lines[at]
        if (family := heading_family(line)) is None:
            return 0
        name, level = family
        above = self._lines[at - 1] if at else None
        if above is not None and not above.is_blank and not above.text.endswith(_HARD_ENDS):
            return 0
        below = next((other for other in self._lines[at + 1 : at + 4] if not other.is_blank), None)
        if below is None or below.indent > line.indent or _RULE.fullmatch(below.text):
            return 0
        other = heading_family(below)
        same = other is not None and other[0] == name
        if same or (name not in ("chapter", "section", "capitals") and MARKER.match(below.text)):
            return 0
        is_item = MARKER.match(line.text) is not None and self._last == "item"
        return 0 if is_item else level

    def _table(self, at: int) -> tuple[list[Part], int] | None:
        rows, end = read_pipes(self._lines, at) or read_columns(self._lines, at) or ([], at)
        if end == at:
            return None
        parts = [
            Part(BlockKind.TERM if row.is_term else BlockKind.TABLE, span, row=row)
            for row, span in rows
        ]
        return parts, end

    def _fields(self, at: int) -> tuple[list[Part], int] | None:
        parts: list[Part] = []
        number = at
        while number < len(self._lines) and number not in self._fences:
            line = self._lines[number]
            if found := field_of(line):
                parts.append(_field_part(self._text, found.key, line.span, found.value))
            elif (
                not parts
                or line.is_blank
                or line.indent <= self._lines[at].indent
                or MARKER.match(line.text)
            ):
                break
            elif (row := parts[-1].row) is not None:  # a value goes on below
                start = row.values[0].cell.span or line.span
                span = (parts[-1].span[0], line.span[1])
                parts[-1] = _field_part(
                    self._text, row.values[0].head, span, (start[0], line.span[1])
                )
            number += 1
        return (parts, number) if len(parts) >= _MIN_FIELDS else None

    def _item(self, at: int) -> tuple[list[Part], int]:
        first = self._lines[at]
        end = at + 1
        last = at
        while end < len(self._lines):
            line = self._lines[end]
            if line.is_blank:
                if end - last > 1:
                    break
                end += 1
                continue
            after_blank = end - last > 1
            if after_blank and line.indent < first.indent + 2:
                break
            if MARKER.match(line.text) or self._begins_other(end) or _RULE.fullmatch(line.text):
                break
            last = end
            end += 1
        level = self._depth(first)
        span = (first.span[0], self._lines[last].span[1])
        body = first.text[MARKER.match(first.text).end() :]  # type: ignore[union-attr] # it matched before
        if last > at and is_question(body.strip("*_ ")):
            rest = next(line for line in self._lines[at + 1 : last + 1] if not line.is_blank)
            return [
                Part(BlockKind.TERM, first.span),
                Part(BlockKind.LIST, (rest.span[0], span[1]), level=level),
            ], last + 1
        return [Part(BlockKind.LIST, span, level=level)], last + 1

    def _depth(self, line: Line) -> int:
        """How many items stand open around one that is indented so far."""
        if self._last != "item":
            self._indents: list[int] = []
        while self._indents and self._indents[-1] >= line.indent:
            self._indents.pop()
        self._indents.append(line.indent)
        return len(self._indents) - 1

    def _begins_other(self, at: int) -> bool:
        """Whether something else than prose begins at a line."""
        return (
            at in self._fences
            or _ATX.match(self._lines[at].text) is not None
            or starts_pipes(self._lines, at)
            or is_marked_question(self._lines[at].text)
            or self._numbered(at) > 0
        )

    def _paragraph(self, at: int) -> tuple[list[Part], int]:
        end = at + 1
        while end < len(self._lines):
            line = self._lines[end]
            if line.is_blank or MARKER.match(line.text) or _RULE.fullmatch(line.text):
                break
            if self._begins_other(end) or self._begins_fields(end):
                break
            is_announced = self._lines[end - 1].text.endswith((":", "："))
            if is_announced and read_columns(self._lines, end):
                break
            end += 1
        start = self._lines[at].span[0]
        if quote := _QUOTE.match(self._lines[at].text):
            start += quote.end()
        span = (start, self._lines[end - 1].span[1])
        return list(prose(self._text, span)) if span[0] < span[1] else [], end

    def _begins_fields(self, at: int) -> bool:
        following = self._lines[at : at + _MIN_FIELDS]
        return len(following) == _MIN_FIELDS and all(map(field_of, following))


def _paired_fences(lines: Sequence[Line]) -> dict[int, int]:
    """The last line of each fenced block by its first; a fence without a partner opens nothing."""
    pairs: dict[int, int] = {}
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line.text)
        if match is None:
            continue
        if opened is None:
            opened = number, match[1]
        elif line.text.startswith(opened[1]) and not line.text.strip(line.text[0]):
            pairs[opened[0]] = number
            opened = None
    return pairs


def _field_part(text: str, key: str, span: Span, value: Span) -> Part:
    cell = GridCell(text[slice(*value)], span=value)
    return Part(BlockKind.TABLE, span, row=Row((Value(cell.text, key, key, cell),)))


def _cells(part: Part) -> tuple[Cell, ...]:
    if part.row is None or part.row.is_term:
        return ()
    return tuple(
        Cell(value.cell.span, value.head)
        for value in part.row.values
        if value.cell.span is not None
    )


def _piece(text: str, part: Part) -> Piece:
    return Piece(part.kind, text[slice(*part.span)], strong=part.strong)
