"""Names with their values on lines of their own, as ``Range: 90 km``: rows in all but their look.

One such line is a sentence like others. Two or more, one after the other, are a list of fields,
whether they are lines of one paragraph or paragraphs that follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.documents import BlockKind, Cell
from ingest.loaders.encodings.cleaning import clean_paragraph
from ingest.loaders.model import Piece
from ingest.loaders.plain.outline_lines import Field, field_of, read_lines

_MIN_RUN: Final = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a piece, and what it says of a field; ``text`` is that of other pieces, whole."""

    piece: Piece
    text: str
    field: Field | None
    is_first: bool = True


def mark_fields(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, with runs of fields made rows, each with its value and the name of it."""
    lines = [line for piece in pieces for line in _lines(piece)]
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].field is not None:
            end += 1
        if end - at >= _MIN_RUN:
            yield from (_row(line) for line in lines[at:end])
        elif end > at:
            yield from _prose(lines[at:end])
        at = end
        while end < len(lines) and lines[end].field is None:
            end += 1
        yield from _prose(lines[at:end])
        at = end


def breaks_of_fields(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines of Markdown, from 0, that must end because fields stand there."""
    plain = (line.replace("**", "") for line in lines)
    found = [field_of(read_lines(line)[0]) is not None for line in plain]
    breaks: set[int] = set()
    for number in range(len(found) - 1):
        if found[number] and found[number + 1]:
            breaks |= {number - 1, number, number + 1}
    return breaks


def _lines(piece: Piece) -> Iterator[_Line]:
    if piece.kind is not BlockKind.PARAGRAPH:
        yield _Line(piece, piece.text, None)
        return
    for number, line in enumerate(read_lines(clean_paragraph(piece.text))):
        yield _Line(piece, line.text, _within(line.span[0], field_of(line)), number == 0)


def _within(start: int, field: Field | None) -> Field | None:
    """The field with its value's place within its line, which begins at ``start``."""
    if field is None:
        return None
    return Field(field.key, (field.value[0] - start, field.value[1] - start))


def _row(line: _Line) -> Piece:
    cells = (Cell(line.field.value, line.field.key),) if line.field is not None else ()
    tight = line.piece.tight or not line.is_first
    return replace(
        line.piece, kind=BlockKind.TABLE, text=line.text, tight=tight, cells=cells, strong=False
    )


def _prose(lines: Sequence[_Line]) -> Iterator[Piece]:
    """Lines that are no fields, those of one piece together again."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and lines[end].piece is lines[at].piece:
            end += 1
        first = lines[at]
        if first.piece.kind is not BlockKind.PARAGRAPH:
            yield first.piece
        else:
            text = "\n".join(line.text for line in lines[at:end])
            tight = first.piece.tight or not first.is_first
            yield replace(first.piece, text=text, tight=tight)
        at = end
