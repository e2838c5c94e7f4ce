"""Tables as text: one line a row, each of which keeps its meaning when it stands alone.

With a header row a line reads ``Country: Austria | Capital: Vienna``, otherwise
``Austria | Vienna``. Repeating the header costs tokens, and buys that a row which was cut off
from its header by chunking still says what its numbers are, to a reader and to both indexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain import BlockKind
from ingest.loaders.model import Piece

SEPARATOR: Final = " | "
MAX_SPAN: Final = 1_000
"""Largest row or column span that is believed; HTML allows 65,534 and hostile files use it."""

_MIN_TITLE_COLUMNS: Final = 2
_MIN_GUESSED_COLUMNS: Final = 3
_MIN_FIGURES: Final = 0.5
"""Share of cells with a digit, from which a first row without any is taken for a header."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; spans are at least 1."""

    text: str
    is_header: bool = False
    columns: int = 1
    rows: int = 1


def table_pieces(
    rows: Sequence[Sequence[Cell]], *, page: int | None = None, header_rows: int | None = None
) -> list[Piece]:
    """A piece for each row that has text; ``header_rows`` of ``None`` counts rows of header cells.

    A table of nothing but header rows is given without headers, so that its words are kept.
    """
    grid = _expand(rows)
    if header_rows is None:
        header_rows = _count_header_rows(rows) or _guess_header_rows(grid)
    titles, header_rows = _count_titles(grid, header_rows), min(header_rows, len(grid))
    if header_rows == len(grid):
        titles = header_rows  # nothing but headers: kept as rows
    headers = _column_headers(grid[titles:header_rows])
    body = [*grid[:titles], *grid[max(titles, header_rows) :]]
    lines = [row_text([] if row in grid[:titles] else headers, row) for row in body]
    pieces = [Piece(BlockKind.TABLE, line, page=page, tight=True) for line in lines if line]
    return [replace(piece, tight=False) for piece in pieces[:1]] + pieces[1:]


def row_text(headers: Sequence[str], row: Sequence[Cell | None]) -> str:
    """One row in one line; cells that were spanned by a neighbour to their left are left out."""
    line = ""
    previous: Cell | None = None
    for column, cell in enumerate(row):
        if cell is None or cell is previous:
            continue
        previous = cell
        if not cell.text:
            continue
        header = headers[column] if column < len(headers) else ""
        named = header and header != cell.text and cell.columns < max(2, len(headers))
        # "Kingdom:" in a cell of its own already is a header of the cell to its right.
        gap = "" if not line else " " if line.endswith((":", "：")) else SEPARATOR
        line += gap + (f"{header}: {cell.text}" if named else cell.text)
    return line


def _count_header_rows(rows: Sequence[Sequence[Cell]]) -> int:
    count = 0
    for row in rows:
        if not row or not all(cell.is_header or not cell.text for cell in row):
            break
        count += 1
    return count


def _count_titles(grid: Sequence[Sequence[Cell | None]], header_rows: int) -> int:
    """Leading header rows that are one cell across several columns: a title, not a header."""
    count = 0
    for row in grid[:header_rows]:
        if len(row) < _MIN_TITLE_COLUMNS or any(cell is not row[0] for cell in row):
            break
        count += 1
    return count


def _guess_header_rows(grid: Sequence[Sequence[Cell | None]]) -> int:
    """1 where an unmarked first row names columns of figures, else 0.

    Below three columns a row of words above a row of figures may as well be two rows of
    name and value, so nothing is guessed there.
    """
    if len(grid) < 2 or len(grid[0]) < _MIN_GUESSED_COLUMNS:  # noqa: PLR2004 - a header and a row
        return 0
    names = [cell.text if cell is not None else "" for cell in grid[0]]
    if not all(names) or len(set(names)) < len(names) or any(map(_has_digit, names)):
        return 0
    filled = [cell.text for row in grid[1:] for cell in row if cell is not None and cell.text]
    return int(sum(map(_has_digit, filled)) >= _MIN_FIGURES * len(filled) > 0)


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _column_headers(grid: Iterable[Sequence[Cell | None]]) -> list[str]:
    """Headers of several rows are joined from the top, each text once."""
    columns: list[list[str]] = []
    for row in grid:
        columns.extend([] for _ in range(len(row) - len(columns)))
        for names, cell in zip(columns, row, strict=False):
            if cell is not None and cell.text and cell.text not in names:
                names.append(cell.text)
    joined = (" / ".join(names).rstrip(" :：") for names in columns)
    return [name if any(map(str.isalnum, name)) else "" for name in joined]


def _expand(rows: Sequence[Sequence[Cell]]) -> list[list[Cell | None]]:
    """Gives every column its cell: the one object repeats where it spans."""
    grid: list[list[Cell | None]] = []
    spanning: dict[int, tuple[int, Cell]] = {}
    for row in rows:
        line: list[Cell | None] = []
        below: dict[int, tuple[int, Cell]] = {}
        for cell in row:
            _take_spanning(line, spanning, below)
            for _ in range(min(cell.columns, MAX_SPAN)):
                if cell.rows > 1:
                    below[len(line)] = (min(cell.rows, MAX_SPAN) - 1, cell)
                line.append(cell)
        _take_spanning(line, spanning, below)
        for column in sorted(spanning):
            line.extend([None] * (column - len(line)))
            _take_spanning(line, spanning, below)
        spanning = below
        grid.append(line)
    return grid


def _take_spanning(
    line: list[Cell | None],
    spanning: dict[int, tuple[int, Cell]],
    below: dict[int, tuple[int, Cell]],
) -> None:
    """Moves cells that reach down from rows above to the columns where ``line`` goes on."""
    while (found := spanning.pop(len(line), None)) is not None:
        left, cell = found
        if left > 1:
            below[len(line)] = (left - 1, cell)
        line.append(cell)
