"""Three ways to cut a document. Each returns spans of its text; none looks at anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from app.domain.documents import Block, BlockKind, Document, Span
from app.text.sentences import sentence_spans
from ingest.chunking.headings import HeadingPath, heading_paths
from ingest.chunking.windows import TokenIndex, pack, token_windows

SECTION_FILL: Final = 0.5
"""A heading starts a new chunk once the current one is filled to this share: shorter sections are
better found together than apart. It is no setting but part of `CHUNKER_VERSION`; the setting
`chunk_tokens` says how long chunks are."""


_LEADS: Final = frozenset({BlockKind.HEADING, BlockKind.TERM})
"""Blocks that belong to what follows them."""
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")
_BETWEEN_CELLS: Final = frozenset(" |\t")


@dataclass(frozen=True, slots=True)
class Cut:
    """The span of a chunk and the headings above its first character."""

    span: Span
    heading_path: HeadingPath = ()


def cut_fixed(document: Document, tokens: TokenIndex, *, size: int, overlap: int) -> list[Cut]:
    """Windows of equally many tokens, wherever they fall."""
    whole = (0, len(document.text))
    return [Cut(span) for span in token_windows(whole, tokens, size=size, overlap=overlap)]


def cut_sentences(document: Document, tokens: TokenIndex, *, size: int, overlap: int) -> list[Cut]:
    """Whole sentences, as many as fit; overlap in whole sentences too."""
    sentences = sentence_spans(document.text)
    units = _within(sentences, tokens, size=size, overlap=overlap)
    return [Cut(_outer(units, found)) for found in pack(units, tokens, size=size, overlap=overlap)]


def cut_structure(document: Document, tokens: TokenIndex, *, size: int, overlap: int) -> list[Cut]:
    """Whole blocks of one section; a block too large for a chunk is cut between its sentences."""
    if not document.blocks:
        return cut_sentences(document, tokens, size=size, overlap=overlap)
    units: list[Span] = []
    paths: list[HeadingPath] = []
    headings: set[int] = set()
    leads: set[int] = set()
    led_from = 0
    """The first unit of the headings and terms that stand directly above the next one."""
    blocks = covering(document)
    for block, path in zip(blocks, heading_paths(document), strict=True):
        if block.kind is BlockKind.HEADING:
            headings.add(len(units))
        if block.kind in _LEADS:
            leads.add(len(units))
        above = led_from < len(units)
        led_by = tokens.count((units[led_from][0], block.span[0])) if above else 0
        parts = _block_units(
            document.text, block, tokens, led_by=led_by, size=size, overlap=overlap
        )
        units += parts
        paths += [path] * len(parts)
        if parts and not (len(parts) == 1 and len(units) - 1 in leads):
            led_from = len(units)
    found = pack(
        units,
        tokens,
        size=size,
        overlap=overlap,
        leads=leads,
        starts=headings,
        fill=SECTION_FILL,
    )
    return [Cut(_outer(units, group), paths[group[0]]) for group in found]


def covering(document: Document) -> list[Block]:
    """The blocks, widened over text between them that is in none, such as the heads of a table."""
    text = document.text
    blocks = list(document.blocks)
    end = 0
    for number, block in enumerate(blocks):
        gap = text[end : block.span[0]]
        if gap.strip():
            cut = end + (_belongs_above(gap, block.kind) if number else 0)
            blocks[number] = replace(block, span=(cut, block.span[1]))
            if number:
                above = blocks[number - 1]
                blocks[number - 1] = replace(above, span=(above.span[0], cut))
        end = block.span[1]
    if text[end:].strip():
        blocks[-1] = replace(blocks[-1], span=(blocks[-1].span[0], len(text)))
    return blocks


def _belongs_above(gap: str, kind: BlockKind) -> int:
    """How much of the text between two blocks goes with the upper one; ``kind`` is the lower's.

    That is all up to a blank line; without one, its lines, but those directly above a table or code
    go with it.
    """
    if blank := _BLANK_LINE.search(gap):
        return blank.start()
    if "\n" not in gap:
        return len(gap)
    return gap.find("\n") if kind in (BlockKind.TABLE, BlockKind.CODE) else gap.rfind("\n")


def _block_units(
    text: str, block: Block, tokens: TokenIndex, *, led_by: int, size: int, overlap: int
) -> list[Span]:
    """The block whole, if it fits into a chunk with the ``led_by`` tokens of its headings."""
    if led_by + tokens.count(block.span) <= size:
        return [block.span]
    start, end = block.span
    if block.cells:
        pieces = _cells(text, block)
    elif block.kind in (BlockKind.CODE, BlockKind.TABLE, BlockKind.FORMULA):
        pieces = _lines(text, block.span)
    else:
        pieces = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
    return _within(pieces, tokens, size=size, overlap=overlap)


def _cells(text: str, block: Block) -> list[Span]:
    """The row cut behind its cells, so that each stays with the head before it."""
    cuts = [block.span[0]]
    for cell in block.cells[:-1]:
        cut = cell.span[1]
        while cut < block.span[1] and text[cut] in _BETWEEN_CELLS:
            cut += 1
        cuts.append(cut)
    return [(a, b) for a, b in pairwise([*cuts, block.span[1]]) if a < b]


def _lines(text: str, span: Span) -> list[Span]:
    lines, at = [], span[0]
    for line in text[slice(*span)].splitlines(keepends=True):
        if line.strip():
            lines.append((at, at + len(line.rstrip())))
        at += len(line)
    return lines


def _within(units: Sequence[Span], tokens: TokenIndex, *, size: int, overlap: int) -> list[Span]:
    """Units, those larger than a chunk cut into windows of tokens."""
    return [
        window
        for unit in units
        for window in token_windows(unit, tokens, size=size, overlap=overlap)
    ]


def _outer(units: Sequence[Span], group: tuple[int, int]) -> Span:
    return units[group[0]][0], units[group[1] - 1][1]
