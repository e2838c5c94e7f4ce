"""Paragraphs of plain text: prose, or questions with what answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.documents import BlockKind, Span
from ingest.loaders.plain.terms import is_marked_question, is_question, question_parts
from ingest.loaders.tables.rows import Row

_BOLD: Final = re.compile(r"\*\*(?P<bold>[^*]{1,300})\*\*|__(?P<other>[^_]{1,300})__")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text: a block to be; ``row`` says how a row of a table reads."""

    kind: BlockKind
    span: Span
    level: int = 0
    row: Row | None = None
    strong: bool = False


def prose(text: str, span: Span) -> Iterator[Part]:
    """A paragraph, parted where a question is answered within it."""
    start, end = span
    while (line_end := text.find("\n", start, end)) >= 0:
        line = text[start:line_end]
        if _BOLD.match(line) or is_marked_question(line) or not is_question(line):
            break
        yield Part(BlockKind.TERM, _trimmed(text, (start, line_end)))
        start = line_end
        while text[start].isspace():  # the paragraph ends with something visible
            start += 1
    paragraph = text[start:end]
    bold = _BOLD.match(paragraph)
    inside = bold.span(bold.lastgroup or 0) if bold is not None else (0, 0)
    inner = (start + inside[0], start + inside[1])
    if is_marked_question(paragraph):
        for first, last in question_parts(paragraph):
            asks = is_marked_question(paragraph[first:last])
            kind = BlockKind.TERM if asks else BlockKind.PARAGRAPH
            yield Part(kind, _trimmed(text, (start + first, start + last)))
    elif bold is not None and bold.end() == len(paragraph):
        yield Part(BlockKind.PARAGRAPH, inner, strong=True)
    elif bold is not None and is_question(text[slice(*inner)], strong=True):
        yield Part(BlockKind.TERM, inner)
        yield Part(BlockKind.PARAGRAPH, _trimmed(text, (start + bold.end(), end)))
    else:
        yield Part(BlockKind.PARAGRAPH, (start, end))


def _trimmed(text: str, span: Span) -> Span:
    passage = text[slice(*span)]
    start = span[0] + len(passage) - len(passage.lstrip())
    return start, max(start, span[0] + len(passage.rstrip()))
