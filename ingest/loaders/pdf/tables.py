"""Tables of a PDF page: lines whose parts stand in columns, whatever is drawn around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from app.domain.documents import Locator
from ingest.loaders.model import Piece
from ingest.loaders.pdf.lines import Line, Part
from ingest.loaders.pdf.paragraphs import MIN_CELLS, RIGHT_TO_LEFT, is_row
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import table_pieces

_MIN_PAIRS: Final = 3
"""Lines of two parts each, one below the other, from which they are names and values."""
_MAX_NAME: Final = 45
"""Characters of the longest name among such."""
_ALIGNED: Final = 3.0
"""Points by which edges of one column may differ."""
_MAX_STEP: Final = 2.6
"""Distance of the baselines of two rows, as a multiple of the type size."""
_CONTINUES: Final = 1.6
"""The same for a line that goes on with the cell above it."""
_WIDER_THAN_SPACE: Final = 0.5
"""Width of a gap between cells, as a multiple of the type size, that no space between words has."""
_LEADER: Final = re.compile(r"(?:\. ?){4}")
"""Dots that lead to the number of a page in a table of contents."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Parts of a line, and those of the lines below that go on with its cells."""

    parts: tuple[Part, ...]
    bold: bool
    below: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A run of lines that are a table: which of the page's, and how their parts make cells."""

    numbers: range
    lines: tuple[Line, ...]


def find_tables(lines: Sequence[Line]) -> list[Table]:
    """Runs of lines that are tables, in order.

    A run begins with a row of several parts, or with rows above it whose words stand in the columns
    of those below, however narrow the gaps between them are.
    """
    runs: list[range] = []
    divided = list(lines)
    at = 0
    while at < len(lines):
        end = _run(lines, at)
        if end > at and _is_table(lines[at:end]):
            rows = [line.parts for line in lines[at:end] if len(line.parts) > 1]
            columns = _columns(rows) if len(rows) > 1 else []
            first = at
            while first > (runs[-1].stop if runs else 0) and _divide(
                divided, first - 1, 1, columns
            ):
                first -= 1
            while end < len(lines) and _divide(divided, end, -1, columns):
                end += 1
            if runs and runs[-1].stop == first < at:
                first = runs.pop().start
            runs.append(range(first, end))
        at = max(end, at + 1)
    return [Table(run, tuple(divided[run.start : run.stop])) for run in runs]


def _divide(
    lines: list[Line], number: int, step: int, columns: Sequence[tuple[float, float]]
) -> bool:
    """Parts a line by the columns of the table beside it, if its words stand in them.

    ``step`` leads from the line to the table: 1 from above, −1 from below.
    """
    line, beside = lines[number], lines[number + step]
    distance = step * (line.bottom - beside.bottom)
    is_near = 0 < distance <= _MAX_STEP * max(line.size, beside.size, 1.0)
    starts = _starts(line, columns) if is_near and line.size and len(line.words) > 1 else []
    if not starts:
        return False
    bounds = [0, *starts, len(line.words)]
    parts = tuple(_joined(line.words[a:b]) for a, b in pairwise(bounds))
    lines[number] = replace(line, parts=parts)
    return True


def _starts(line: Line, columns: Sequence[tuple[float, float]]) -> list[int]:
    """Numbers of the words that begin a cell, those of the first aside.

    Each cell but the first must begin or end with its column; in a table of two columns, prose
    does so by chance, and the gap before it must be wider than a space too.
    """
    words, starts = line.words, [0]
    is_pair = len(columns) < MIN_CELLS
    if _LEADER.search(line.text):
        return []
    for left, right in columns[1:]:
        later = range(starts[-1] + 1, len(words))
        begins = (n for n in later if abs(words[n].left - left) <= _ALIGNED)
        ends = (n for n in later if abs(words[n].right - right) <= _ALIGNED and not is_pair)
        start = next(begins, None)
        if start is None and (end := next(ends, None)) is not None:
            start = max(
                range(later.start, end + 1), key=lambda n: words[n].left - words[n - 1].right
            )
        if start is None:
            return []
        starts.append(start)
    least = _WIDER_THAN_SPACE * line.size if is_pair else 0.0
    is_wide = all(words[n].left - words[n - 1].right >= least for n in starts[1:])
    return starts[1:] if is_wide else []


def _joined(words: Sequence[Part]) -> Part:
    text = "".join(word.text for word in words).strip()
    return Part(text, words[0].left, words[-1].right)


def pdf_table_pieces(lines: Sequence[Line]) -> list[Piece]:
    """A piece for each row of a run of lines."""
    rows = _merged(lines)
    columns = _columns([row.parts for row in rows])
    grid = [_cells(row, columns) for row in rows]
    return table_pieces(grid, locator=Locator(page=lines[0].page))


def _cells(row: _Row, columns: Sequence[tuple[float, float]]) -> list[GridCell]:
    """The cells of a row; a part that alone stands over several columns spans them."""
    shown = [""] * len(columns)
    spans = [1] * len(columns)
    over = [[n for n, edges in enumerate(columns) if _covers(part, edges)] for part in row.parts]
    taken = Counter(column for covered in over for column in covered)
    for part, covered in zip(row.parts, over, strict=True):
        is_wide = len(covered) > 1 and all(taken[column] == 1 for column in covered)
        column = covered[0] if is_wide else _column_of(part, columns)
        if is_wide:
            spans[column] = len(covered)
        shown[column] = f"{shown[column]} {part.text}".strip()
    for part in row.below:
        column = _column_of(part, columns)
        shown[column] = f"{shown[column]} {part.text}".strip()
    cells: list[GridCell] = []
    column = 0
    while column < len(columns):
        width = spans[column]
        text = " ".join(filter(None, shown[column : column + width]))
        cells.append(GridCell(text, columns=width, is_bold=row.bold))
        column += width
    return cells


def _run(lines: Sequence[Line], at: int) -> int:
    """The line behind a run of lines with several parts, and of lines that go on with a cell."""
    if not _may_be_row(lines[at]):
        return at
    end = last = at + 1
    second = lines[at].parts[1].left
    while end < len(lines):
        above, line = lines[end - 1], lines[end]
        step = above.bottom - line.bottom
        if not 0 < step <= _MAX_STEP * max(above.size, line.size, 1.0):
            break
        if _may_be_row(line):
            second = min(second, line.parts[1].left)
            last = end + 1
        elif not _goes_on(line, second, step):
            break
        end += 1
    # What goes on with the last row belongs to it.
    while last < end and _goes_on(lines[last], second, lines[last - 1].bottom - lines[last].bottom):
        last += 1
    return last


def _may_be_row(line: Line) -> bool:
    return len(line.parts) > 1 and line.size > 0 and RIGHT_TO_LEFT.search(line.text) is None


def _goes_on(line: Line, second: float, step: float) -> bool:
    """Whether a line of one part stands below a cell that is not in the first column."""
    return (
        len(line.parts) == 1
        and line.left >= second - _ALIGNED
        and step <= _CONTINUES * max(line.size, 1.0)
    )


def _is_table(lines: Sequence[Line]) -> bool:
    rows = [line for line in lines if len(line.parts) > 1]
    if any(map(is_row, rows)):
        return True
    if len(rows) < _MIN_PAIRS or any(len(line.parts) > 2 for line in rows):  # noqa: PLR2004 - names and values
        return False
    lefts = [line.parts[1].left for line in rows]
    rights = [line.parts[1].right for line in rows]
    is_aligned = min(max(lefts) - min(lefts), max(rights) - min(rights)) <= _ALIGNED
    firsts = [line.parts[0].left for line in rows]
    return (
        is_aligned
        and max(firsts) - min(firsts) <= _ALIGNED
        and all(len(line.parts[0].text) <= _MAX_NAME for line in rows)
        and not any(line.hyphenated for line in rows)
    )


def _merged(lines: Sequence[Line]) -> list[_Row]:
    rows: list[_Row] = []
    for line in lines:
        if len(line.parts) > 1 or not rows:
            rows.append(_Row(line.parts, line.bold))
        else:
            rows[-1].below.extend(line.parts)
    return rows


def _columns(rows: Sequence[Sequence[Part]]) -> list[tuple[float, float]]:
    """Left and right edge of each column: those of the fullest row, widened by what is below."""
    fullest = max(rows, key=len)
    columns = [(part.left, part.right) for part in fullest]
    for parts in rows:
        for part in parts:
            over = [n for n, edges in enumerate(columns) if _overlap(part, edges) > 0]
            if len(over) == 1:
                left, right = columns[over[0]]
                columns[over[0]] = (min(left, part.left), max(right, part.right))
    return columns


def _column_of(part: Part, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a part overlaps most, else the nearest."""
    return max(range(len(columns)), key=lambda n: _overlap(part, columns[n]))


def _covers(part: Part, edges: tuple[float, float]) -> bool:
    """Whether a part stands over most of a column."""
    return 2 * _overlap(part, edges) > edges[1] - edges[0]


def _overlap(part: Part, edges: tuple[float, float]) -> float:
    """Points that a part and a column share; negative for the distance between them."""
    return min(part.right, edges[1]) - max(part.left, edges[0])
