"""Plain text: paragraphs, with lines that were wrapped by hand joined again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.domain.documents import BlockKind, Cell
from ingest.loaders.compose import compose
from ingest.loaders.encodings.cleaning import clean_lines, join_lines, normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.model import LoadedDocument, Piece
from ingest.loaders.plain.outline import outline
from ingest.loaders.plain.outline_prose import Part
from ingest.loaders.tables.rows import Row, row_piece

_BLANK_LINE: Final = re.compile(r"\n[ \t\u3000]*\n")
_WRAP_WIDTHS: Final = range(40, 161)
"""Columns at which people and programs wrap prose; longer lines are paragraphs already."""
_SLACK: Final = 0.3
"""Share of the longest line that a full one may lack amid a sentence: proportional type wraps
unevenly. A line that ends a sentence may lack nothing, or it would swallow ends of paragraphs."""
_SENTENCE_END: Final = re.compile(r"[.!?:。！？：…][\"'”’」』）)\]\d\[]*$")
_NEARBY: Final = 10
"""Lines before and after a break that tell how wide lines are set there."""
_OWN_LINE: Final = re.compile(
    r"[ \t]*(?:[-*+•·–][ \t]|\(?(?:\d{1,3}|[a-zA-Z])[.)][ \t]|[|>#=])|\t| {4}"
)
"""What starts a line that stands for itself: a list item, a table row, a quote, an indent."""


def load_text(data: bytes, *, keep_lines: bool = False) -> LoadedDocument:
    """Reads plain text; ``keep_lines`` for formats whose line breaks mean something (JSON, code).

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    decoded = decode(data)
    text = normalise(decoded.text)
    metadata = {"format": "text"}
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    if keep_lines:
        sections = _BLANK_LINE.split(text)
        return compose((Piece(BlockKind.CODE, part) for part in sections), metadata=metadata)
    return compose(text_pieces(text), metadata=metadata)


def text_pieces(text: str) -> Iterator[Piece]:
    """A piece for each part, and one for each line of a paragraph that was not wrapped."""
    last: Part | None = None
    for part in outline(text):
        # Lines of one list, of one table and of one paragraph follow each other.
        tight = last is not None and "\n\n" not in _between(text, last, part)
        last = part
        section = text[slice(*part.span)]
        if part.row is not None:
            yield replace(_field(section, part.row) or row_piece(part.row), tight=tight)
            continue
        if part.kind is BlockKind.LIST:
            yield Piece(part.kind, _item(section, part.level), level=part.level, tight=tight)
        elif part.kind is BlockKind.PARAGRAPH:
            for number, line in enumerate(unwrap(section)):
                yield Piece(part.kind, line, tight=tight or number > 0, strong=part.strong)
        else:
            yield Piece(part.kind, section, level=part.level, tight=tight)


def _field(section: str, row: Row) -> Piece | None:
    """A field as it is written, ``保修期：三年``; ``None`` for rows of tables."""
    line, value = clean_lines(section), clean_lines(row.values[0].text)
    label = row.values[0].label
    if row.is_term or len(row.values) > 1 or not label or not line.startswith(label):
        return None
    if not line.endswith(value):
        return None
    cell = Cell((len(line) - len(value), len(line)), row.values[0].head)
    return Piece(BlockKind.TABLE, line, cells=(cell,))


def _between(text: str, above: Part, below: Part) -> str:
    return _BLANK_LINE.sub("\n\n", text[above.span[1] : below.span[0]])


def _item(section: str, level: int) -> str:
    """An item with its paragraphs on lines of their own, indented by its depth."""
    indent = "  " * level
    lines = [line for part in _BLANK_LINE.split(section) for line in unwrap(part)]
    return "\n".join([indent + lines[0], *(f"{indent}  {line.strip()}" for line in lines[1:])])


def unwrap(section: str) -> list[str]:
    """Lines of ``section`` with those joined that were broken only because the line was full.

    A break is a wrap when the first word of the next line would not have fitted into the longest
    line nearby, or hardly: that is what every wrapping program does, and what a poet doesn't.
    """
    lines = [line for line in section.split("\n") if line.strip()]
    widths = [_width(line.strip()) for line in lines]
    wrapped = [width if width in _WRAP_WIDTHS else 0 for width in widths]
    groups = [lines[:1]]
    for number, line in enumerate(lines[1:], start=1):
        longest = max(wrapped[max(0, number - _NEARBY) : number + _NEARBY])
        needed = widths[number - 1] + 1 + _width(_first_word(line))
        slack = 0.0 if _SENTENCE_END.search(lines[number - 1].rstrip()) else _SLACK
        is_full = wrapped[number - 1] and needed > longest * (1 - slack)
        if is_full and not _OWN_LINE.match(line):
            groups[-1].append(line.lstrip())
        else:
            groups.append([line])
    return [join_lines("\n".join(group)) for group in groups if group]


def _first_word(line: str) -> str:
    word = line.split(maxsplit=1)[0]
    return word[:1] if _width(word[:1]) > 1 else word


def _width(text: str) -> int:
    """Columns of a terminal: two for East Asian wide characters."""
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
