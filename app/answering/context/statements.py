"""Statements: the smallest things that can answer, each in its setting.

What a loader knows of a document is in its blocks; here it becomes settings. A paragraph gives its
sentences, a list its items, a table its rows (the cells of a row that is too long to quote), code
its lines. Headings, terms and questions are settings of what follows and no statements, but for
headings that say something of what they name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Final

from app.answering.context.asides import (
    announces,
    answer_offset,
    is_curt,
    is_question,
    leans,
    orders_a_model,
    without_question_mark,
)
from app.answering.context.implied_blocks import implied_blocks
from app.answering.context.labelled_lines import LineSubjects
from app.answering.context.places import LONGEST_ITEM, Place, numbering, places_of, short
from app.answering.context.records import record_of
from app.answering.context.validity import validity_of
from app.domain.documents import Block, BlockKind, Document, Span
from app.domain.statements import Setting, Statement
from app.text.sentences import split_sentences

LONGEST: Final = 600
"""Characters that may be quoted in one piece; what is longer is quoted in its parts."""
_MARK: Final = re.compile(
    r"(?:[-*+•‣◦▪·–]\s+|\(?\d{1,3}[.)]\s+|\d{1,3}、\s*|[(（]\d{1,3}[)）]\s*|\[[ xX]\]\s+)(?=\S)"
)
_HEADING_MARKS: Final = "#=*-~ \t\n"
_TELLS: Final = re.compile(
    r"[\w)）][:：]\s{0,3}\w|\w\s{1,3}[–—-]\s{1,3}\w|\w\s{0,3}[(（][^()（）]{2,80}[)）]$"
)
"""A heading that goes on behind a colon, a dash or in brackets."""
_SHORTEST: Final = 2
"""Visible letters or digits; a Chinese character says as much as two."""
_CJK: Final = "\u2e80"


class DocumentStatements:
    """The statements of one document, made where they are asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._blocks = document.blocks or implied_blocks(document.text)
        self._places = places_of(document, self._blocks)
        self._ends = [block.span[1] for block in self._blocks]
        self._groups: dict[int, list[int]] = {}
        for at, place in enumerate(self._places):
            if place.group is not None:
                self._groups.setdefault(place.group, []).append(at)
        title, of = short(document.title), record_of(document.text, self._blocks)
        if of and of.casefold() not in title.casefold():
            title = f"{title} › {of}" if title else of
        self._base = Setting(title=title, validity=validity_of(document))

    @cached_property
    def _subjects(self) -> LineSubjects:
        return LineSubjects(self._document.text)

    def within(self, span: Span, *, n: int) -> list[Statement]:
        """Those that begin within ``span``, in reading order, as of passage ``n``."""
        found: list[Statement] = []
        at = bisect_right(self._ends, span[0])
        while at < len(self._blocks) and self._blocks[at].span[0] < span[1]:
            found += [s for s in self._made(at, n) if span[0] <= s.span[0] < span[1]]
            at += 1
        return found

    def siblings(self, statement: Statement, *, most: int) -> list[Statement]:
        """The statements of its list or table in reading order, the first ``most`` blocks of it."""
        if statement.group is None:
            return [statement]
        blocks = self._groups[statement.group][:most]
        return [s for at in blocks for s in self._made(at, statement.n)]

    def list_below(self, statement: Statement, *, most: int) -> list[Statement]:
        """The first list or table of several columns below the same headings.

        Names and values that stand there one a line describe the document, and list nothing.
        """
        for place, block in zip(self._places, self._blocks, strict=True):
            listed = block.kind is BlockKind.LIST or len(block.cells) > 1
            if listed and place.group is not None and place.headings == statement.setting.headings:
                blocks = self._groups[place.group][:most]
                return [s for at in blocks for s in self._of_block(at, statement.n)]
        return []

    def group_size(self, statement: Statement) -> int:
        """How many items or rows its list or table has."""
        return len(self._groups[statement.group]) if statement.group is not None else 1

    def sections_beside(self, statement: Statement) -> list[Statement]:
        """The first statement of each section that is numbered like the one it stands in.

        Error codes and findings are often headings: "E101", "E102"; "Finding 1", "Finding 2".
        """
        path = statement.setting.headings
        shape = numbering(path[-1]) if path else ""
        if not shape:
            return []
        found: dict[tuple[str, ...], Statement] = {}
        for at, place in enumerate(self._places):
            own = place.headings
            alike = len(own) == len(path) and own[:-1] == path[:-1] and own not in found
            if alike and numbering(own[-1]) == shape:
                found.update((own, first) for first in self._made(at, statement.n)[:1])
        return list(found.values())

    def _made(self, at: int, n: int) -> list[Statement]:
        """The statements of a block; the first below a heading or a term knows that it is."""
        made = list(self._of_block(at, n))
        begins = at == 0 or self._blocks[at - 1].kind in (BlockKind.HEADING, BlockKind.TERM)
        if made and begins:
            made[0] = replace(made[0], first=True)
        return made

    def _of_block(self, at: int, n: int) -> Iterator[Statement]:
        """What a block states; what it tells a model to do is no statement."""
        return (s for s in self._within_block(at, n) if not orders_a_model(s.text))

    def _within_block(self, at: int, n: int) -> Iterator[Statement]:
        block, place = self._blocks[at], self._places[at]
        match block.kind:
            case BlockKind.HEADING:
                yield from self._heading(at, n)
            case BlockKind.TERM:
                return
            case BlockKind.TABLE:
                yield from self._rows(block, place, n)
            case BlockKind.CODE:
                yield from self._lines(block, place, n)
            case BlockKind.FORMULA:
                yield self._statement(block, n, block.span, place)
            case BlockKind.LIST if block.span[1] - block.span[0] <= LONGEST_ITEM:
                yield from self._item(block, place, n)
            case _:
                yield from self._sentences(block, place, n)

    def _heading(self, at: int, n: int) -> Iterator[Statement]:
        """A heading that says something of what it names: a date, what a code means."""
        block, place = self._blocks[at], self._places[at]
        text = self._text(block.span)
        name = text.strip(_HEADING_MARKS)
        if at and _TELLS.search(name) and not is_question(name):
            start = block.span[0] + text.index(name)
            above = replace(place, headings=place.headings[:-1], question="")
            yield self._statement(block, n, (start, start + len(name)), above)

    def _item(self, block: Block, place: Place, n: int) -> Iterator[Statement]:
        """An item as a whole, without its mark."""
        spans = [s.span for s in split_sentences(self._text(block.span))]
        if not spans:
            return
        start = block.span[0] + spans[0][0]
        start += _mark_length(self._document.text[start : block.span[1]])
        span = (start, block.span[0] + spans[-1][1])
        text = self._text(span)
        if _says_something(text) and not is_question(text):
            yield self._statement(block, n, span, place)

    def _sentences(self, block: Block, place: Place, n: int) -> Iterator[Statement]:
        named, question = "", place.question
        if (
            question
            and block.kind is BlockKind.PARAGRAPH
            and len(self._text(block.span)) <= LONGEST_ITEM
        ):
            # What stands under a question is its answer, and not one of its sentences.
            start = block.span[0] + answer_offset(self._text(block.span))
            text = self._text((start, block.span[1]))
            # A single letter or digit is an answer, too.
            speaks = any(map(str.isalnum, text[:LONGEST]))
            if speaks and not (announces(text) or "?" in text or "？" in text):
                yield self._statement(block, n, (start, block.span[1]), place)
                return
        for sentence in split_sentences(self._text(block.span)):
            start, end = (block.span[0] + edge for edge in sentence.span)
            subject = self._subjects.at(start)
            if block.kind is BlockKind.LIST or sentence.kind is BlockKind.LIST:
                start += _mark_length(self._document.text[start:end])
            start += answer_offset(self._document.text[start:end])
            text = self._text((start, end))
            if is_question(text):
                question = short(without_question_mark(text))
            elif _says_something(text) and not (announces(text) and end == block.span[1]):
                leaning = leans(text) and named
                yield self._statement(
                    block,
                    n,
                    (start, end),
                    replace(place, question=question),
                    antecedent=short(subject) or (named if leaning else ""),
                    before="" if subject or leaning or not is_curt(text) else named,
                )
                if not leaning:
                    named = short(text)

    def _rows(self, block: Block, place: Place, n: int) -> Iterator[Statement]:
        label = _row_label(self._document.text, block)
        if block.span[1] - block.span[0] <= LONGEST or len(block.cells) < 2:  # noqa: PLR2004 - a label and a value
            yield self._statement(block, n, block.span, place, row=label)
            return
        for cell in block.cells:
            made = self._statement(block, n, cell.span, place, row=label)
            yield replace(made, cells=(cell,), setting=replace(made.setting, heads=(cell.head,)))

    def _lines(self, block: Block, place: Place, n: int) -> Iterator[Statement]:
        start = block.span[0]
        for line in self._text(block.span).splitlines(keepends=True):
            left = start + len(line) - len(line.lstrip())
            span = (left, start + len(line.rstrip()))
            start += len(line)
            text = self._text(span)
            if _says_something(text) and not text.startswith(("```", "~~~")):
                yield self._statement(block, n, span, place)

    def _statement(
        self,
        block: Block,
        n: int,
        span: Span,
        place: Place,
        *,
        row: str = "",
        antecedent: str = "",
        before: str = "",
    ) -> Statement:
        setting = replace(
            self._base,
            headings=place.headings,
            question=place.question,
            lead_in=place.lead_in,
            row=row,
            antecedent=antecedent,
            before=before,
            heads=tuple(dict.fromkeys(cell.head for cell in block.cells if cell.head)),
            locator=block.locator_at(span[0]),
        )
        return Statement(
            self._document.id,
            n,
            span,
            self._text(span),
            block.kind,
            setting,
            place.group,
            block.cells,
        )

    def _text(self, span: Span) -> str:
        return self._document.text[slice(*span)]


def _row_label(text: str, block: Block) -> str:
    """The first cell of a row of several, where it names rather than counts."""
    if len(block.cells) < 2:  # noqa: PLR2004 - a label and a value
        return ""
    label = text[slice(*block.cells[0].span)]
    return short(label) if any(map(str.isalpha, label)) else ""


def _mark_length(text: str) -> int:
    """Characters of the mark that an item begins with, and the space behind it."""
    match = _MARK.match(text)
    return match.end() if match else 0


def _says_something(text: str) -> bool:
    return sum(1 + (c >= _CJK) for c in text[:LONGEST] if c.isalnum()) >= _SHORTEST
