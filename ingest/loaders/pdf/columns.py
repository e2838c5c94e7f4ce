"""Columns of prose that a PDF writes row by row: they are read one after the other.

Between columns stands a gutter, a strip that is blank in every line; spaces between words do not
stand below each other. What stands at both sides of it tells columns of prose from those of a
table: lines of several words each that fill their column and end in the middle of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median
from typing import Final, TypeAlias

from ingest.loaders.pdf.glyphs import HYPHENS, Glyph, inked_of, share_a_line

_MIN_LINES: Final = {1.0: 3, 0.6: 4, 0.45: 5}
"""Lines with text at both sides, from which a strip is a gutter, by its width in type sizes.

Spaces of justified lines may be wide and, in a few lines, stand below each other.
"""
_MIN_GUTTER: Final = min(_MIN_LINES)
_MIN_RATIO: Final = 1.5
"""Width of a gutter as a multiple of the line's usual space between words."""
_MAX_LINES: Final = 150
"""Lines of one run of columns; more are looked at as another run."""
_MAX_ROWS: Final = 2_000
"""Lines of a page that is looked at for columns; one with more is none that people read."""
_MAX_BLANKS: Final = 40
"""Wide blanks of a line that are looked at."""
_MIN_WIDTH: Final = 9.0
"""Width of the narrowest column, as a multiple of the type size."""
_MIN_LETTERS: Final = 12
"""Letters of a usual line of a column; cells of tables have fewer, or digits."""
_MIN_FILL: Final = 0.72
"""Share of its column that a usual line fills."""
_ALIGNED: Final = 0.1
"""How far the left edges of lines of a column may lie apart, as a multiple of the type size."""
_MIN_ALIGNED: Final = 0.6
"""Share of the lines that begin at their column's edge; others are indented."""
_SENTENCE_END: Final = (".", "!", "?", "。", "！", "？")
_Strip: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """Stretches of text that stand side by side, and the blanks between their glyphs."""

    stretches: tuple[list[Glyph], ...]
    left: float
    right: float
    size: float
    blanks: tuple[_Strip, ...]


def by_columns(lines: Sequence[list[Glyph]], *, most: int = 8) -> list[list[Glyph]]:
    """The lines of a page, those that stand side by side in columns of prose one after the other.

    Lines that are in no such columns stay as they are. ``most`` bounds the columns side by side.
    """
    rows = list(_rows(lines))
    ordered: list[list[Glyph]] = []
    at = 0
    while at < len(rows):
        end, cut = _widest_run(rows, at) if most > 1 and len(rows) <= _MAX_ROWS else (at, 0.0)
        if end == at:
            ordered += rows[at].stretches
            at += 1
            continue
        left, right = _split(rows[at:end], cut)
        ordered += by_columns(left, most=most - 1)
        ordered += by_columns(right, most=most - 1)
        at = end
    return ordered


def _rows(lines: Sequence[list[Glyph]]) -> Iterator[_Row]:
    group: list[list[Glyph]] = []
    for line in lines:
        if group and not _is_beside(group[-1], line):
            yield _row(group)
            group = []
        group.append(line)
    if group:
        yield _row(group)


def _is_beside(last: Sequence[Glyph], line: Sequence[Glyph]) -> bool:
    above, below = inked_of(last), inked_of(line)
    if not above or not below or last[-1].char in HYPHENS:
        return False
    return share_a_line(above[-1], below[0]) and below[0].left > above[-1].right


def _row(stretches: list[list[Glyph]]) -> _Row:
    inked = inked_of([glyph for stretch in stretches for glyph in stretch])
    if not inked:
        return _Row(tuple(stretches), 0.0, 0.0, 0.0, ())
    size = max(glyph.size for glyph in inked)
    gaps = [(last.right, glyph.left) for last, glyph in pairwise(inked)]
    spaces = [
        glyph.left - last.right for last, glyph in pairwise(inked) if glyph.index > last.index + 1
    ]
    least = max(_MIN_GUTTER * size, _MIN_RATIO * median(spaces) if len(spaces) > 1 else 0.0)
    blanks = tuple(islice(((a, b) for a, b in gaps if b - a >= least), _MAX_BLANKS))
    left, right = min(glyph.left for glyph in inked), max(glyph.right for glyph in inked)
    return _Row(tuple(stretches), left, right, size, blanks)


def _widest_run(rows: Sequence[_Row], at: int) -> tuple[int, float]:
    """The row behind the longest run of two columns that begins at a row, and where they part."""
    best, cut = at, 0.0
    for blank in rows[at].blanks[:3]:
        end, (left, right) = _run(rows, at, blank)
        middle = (left + right) / 2
        width = (right - left) / max(rows[at].size, 1.0)
        least = next((n for wide, n in _MIN_LINES.items() if width >= wide), _MAX_LINES)
        if end > best and _are_prose(rows[at:end], middle, least):
            best, cut = end, middle
    return best, cut


def _run(rows: Sequence[_Row], at: int, strip: _Strip) -> tuple[int, _Strip]:
    """How far down a strip stays blank, and what of it is blank in all of those rows."""
    for number in range(at, min(len(rows), at + _MAX_LINES)):
        row = rows[number]
        narrower = _narrowed(row, strip) if row.size else strip
        if narrower is None:
            return number, strip
        strip = narrower
    return min(len(rows), at + _MAX_LINES), strip


def _narrowed(row: _Row, strip: _Strip) -> _Strip | None:
    left, right = strip
    if row.right <= right or row.left >= left:
        inner = max(left, row.right) if row.right <= right else left
        outer = min(right, row.left) if row.left >= left else right
        kept = [(inner, outer)]
    else:
        kept = [(max(left, a), min(right, b)) for a, b in row.blanks]
    widest = max(kept, key=lambda edges: edges[1] - edges[0], default=(0.0, 0.0))
    return widest if widest[1] - widest[0] >= _MIN_GUTTER * row.size else None


def _are_prose(rows: Sequence[_Row], cut: float, least: int) -> bool:
    halves = [_halves(row, cut) for row in rows if row.left < cut < row.right]
    both = [(left, right) for left, right in halves if left and right]
    return len(both) >= least and all(_is_prose(side) for side in zip(*both, strict=True))


def _is_prose(lines: Sequence[Sequence[Glyph]]) -> bool:
    inked = [inked_of(line) for line in lines]
    widths = [glyphs[-1].right - glyphs[0].left for glyphs in inked]
    letters = [sum(glyph.char.isalpha() for glyph in glyphs) for glyphs in inked]
    ended = sum(glyphs[-1].char in _SENTENCE_END for glyphs in inked)
    lefts = [glyphs[0].left for glyphs in inked]
    edge = median(lefts)
    aligned = sum(abs(left - edge) <= _ALIGNED * inked[0][0].size for left in lefts)
    return (
        aligned >= _MIN_ALIGNED * len(lefts)
        and max(widths) >= _MIN_WIDTH * inked[0][0].size
        and median(widths) >= _MIN_FILL * max(widths)
        and median(letters) >= _MIN_LETTERS
        and 2 * ended <= len(lines)
    )


def _split(rows: Sequence[_Row], cut: float) -> tuple[list[list[Glyph]], list[list[Glyph]]]:
    left: list[list[Glyph]] = []
    right: list[list[Glyph]] = []
    for row in rows:
        before, behind = _halves(row, cut)
        if behind and len(before) > 1 and before[-1].char == "-" and before[-2].char.isalpha():
            before[-1].char = HYPHENS[0]  # the word goes on below
        if before:
            left.append(before)
        if behind:
            right.append(behind)
    return left, right


def _halves(row: _Row, cut: float) -> tuple[list[Glyph], list[Glyph]]:
    """The glyphs at both sides, the blanks between them left out."""
    glyphs = [glyph for stretch in row.stretches for glyph in stretch]
    first = next((n for n, g in enumerate(glyphs) if g.is_inked and g.left > cut), len(glyphs))
    left, right = glyphs[:first], glyphs[first:]
    while left and not left[-1].is_inked:
        left.pop()
    return left, right
