"""Rewrites the rows of Markdown tables in a passage as statements with column heads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.documents import Span

_RULE: Final = re.compile(r"\|[\s:|-]{3,}$")
_Moved = tuple[int, int, int]
"""Start and end of a piece, and its new start."""


def spell_out_rows(passage: str, answers: Sequence[Span]) -> tuple[str, list[Span]]:
    """Rewrites rows as ``head: cell | head: cell`` and returns the answers' new positions.

    An answer that is not within one cell, or within one line of text, is dropped.
    """
    lines: list[str] = []
    moved: list[Span] = []
    length = at = 0
    heads: list[str] = []
    for line in passage.split("\n"):
        start, at = at, at + len(line) + 1
        if not line.startswith("|"):
            heads, written, places = [], line, [(0, len(line), 0)]
        elif _RULE.match(line):
            continue
        elif not heads:
            heads = [cell.strip() for cell in line.strip().strip("|").split("|")]
            continue
        else:
            written, places = _row(line, heads)
        for a, b in answers:
            for left, right, now in places:
                if start + left <= a and b <= start + right:
                    shift = length + now - start - left
                    moved.append((a + shift, b + shift))
        lines.append(written)
        length += len(written) + 1
    return "\n".join(lines), moved


def _row(line: str, heads: Sequence[str]) -> tuple[str, list[_Moved]]:
    pieces: list[str] = []
    places: list[_Moved] = []
    position, length = 1, 0
    for column, cell in enumerate(line[1:].rstrip().rstrip("|").split("|")):
        text = cell.strip()
        left = position + len(cell) - len(cell.lstrip())
        head = heads[column] if column < len(heads) else ""
        if text:
            lead = (" | " if pieces else "") + (f"{head}: " if head else "")
            places.append((left, left + len(text), length + len(lead)))
            pieces.append(lead + text)
            length += len(lead) + len(text)
        position += len(cell) + 1
    return "".join(pieces), places
