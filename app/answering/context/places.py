"""The place of each block in its document: its headings, question, lead-in and group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.context.asides import is_question, leads_in, without_question_mark
from app.domain.documents import Block, BlockKind, Document
from app.text.sentences import split_sentences

LONGEST_SETTING: Final = 200
"""Characters of one part of a setting."""
LONGEST_ITEM: Final = 300
"""Characters up to which an item is one statement, whatever its sentences."""
_REACH: Final = 3
"""Blocks that a term heads which asks nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a block from those before it."""

    headings: tuple[str, ...] = ()
    question: str = ""
    lead_in: str = ""
    group: int | None = None


def places_of(document: Document, blocks: Sequence[Block]) -> list[Place]:  # noqa: C901 - one pass, a case for each kind
    """Headings, question, lead-in and group of each block, in one pass."""
    places: list[Place] = []
    path: list[tuple[int, str]] = []
    question = lead_in = ""
    reach: int | None = None
    group = -1
    inside: BlockKind | str | None = None
    items: list[tuple[int, str]] = []
    for block in blocks:
        text = document.text[slice(*block.span)]
        if block.kind is BlockKind.HEADING:
            path = [(level, name) for level, name in path if level < block.level]
            path.append((block.level, short(text.strip("#=* \n"))))
            question = path[-1][1] if is_question(text) else ""
            lead_in, inside, reach = "", None, None
        elif block.kind is BlockKind.TERM or (
            block.kind is BlockKind.PARAGRAPH and is_question(text) and len(text) <= LONGEST_ITEM
        ):
            question, lead_in, inside = short(without_question_mark(text)), "", None
            reach = None if is_question(text) else _REACH
        elif reach is not None:
            # What is no question heads a table, a definition or a note, and not all that follows.
            reach -= block.kind is not BlockKind.TABLE
            question = question if reach >= 0 else ""
        # Of the questions of an FAQ, only the last is answered by what follows.
        headings = tuple(name for _, name in path if not is_question(name) or name == question)
        if block.kind in (BlockKind.LIST, BlockKind.TABLE):
            if inside != block.kind:
                group, inside, items = group + 1, block.kind, []
            above = ""
            if block.kind is BlockKind.LIST:
                items = [(level, name) for level, name in items if level < block.level]
                above = items[-1][1] if items else ""
                items.append((block.level, short(text.lstrip("-*+• \t"))))
            places.append(Place(headings, question, above or lead_in, group))
        elif block.kind is BlockKind.PARAGRAPH and (kind := numbering(text)):
            if inside != kind:
                group, inside = group + 1, kind
            places.append(Place(headings, question, lead_in, group))
        else:
            inside = None if block.kind is not BlockKind.CODE else inside
            shown = lead_in if block.kind in (BlockKind.CODE, BlockKind.FORMULA) else ""
            places.append(Place(headings, question, shown))
            if block.kind is BlockKind.PARAGRAPH:
                last = split_sentences(text[-LONGEST_ITEM:])[-1:]
                tail = text[-LONGEST_ITEM:][slice(*last[0].span)] if last else ""
                lead_in = short(tail.rstrip(":： ")) if leads_in(tail) else ""
    return places


_NUMBERED: Final = re.compile(r"([^\W\d_]{0,20}[\s.#-]{0,2})\d{1,5}(?![\d%])")


def numbering(text: str) -> str:
    """How one of several headings or paragraphs begins: ``E0``, ``finding 0``; else empty."""
    found = _NUMBERED.match(text)
    return f"{found[1].strip().lower()}0" if found and found[1].strip() else ""


def short(text: str) -> str:
    """``text`` on one line, cut off where it is longer than a part of a setting may be."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SETTING else f"{line[: LONGEST_SETTING - 1]}…"
