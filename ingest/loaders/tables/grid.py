"""Cells of a table, and the grid that they make once every column of every row has its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.domain.documents import Span

MAX_SPAN: Final = 1_000
"""Largest row or column span that is believed; HTML allows 65,534 and hostile files use it."""


@dataclass(frozen=True, slots=True, eq=False)
class GridCell:
    """One cell of a table as its file has it; spans are at least 1.

    ``is_header`` is what the file says, ``is_bold`` what it may only mean by its looks. Two cells
    are the same only when they are one object, which stands in each place it spans.
    """

    text: str
    is_header: bool = False
    columns: int = 1
    rows: int = 1
    is_bold: bool = False
    span: Span | None = None
    """Where it stands in a text that must stay as it is."""


GridRow: TypeAlias = Sequence[GridCell | None]
"""``None`` where a row has no cell."""


def expand(rows: Sequence[Sequence[GridCell]]) -> list[list[GridCell | None]]:
    """Gives every column its cell: the one object repeats where it spans."""
    grid: list[list[GridCell | None]] = []
    spanning: dict[int, tuple[int, GridCell]] = {}
    for row in rows:
        line: list[GridCell | None] = []
        below: dict[int, tuple[int, GridCell]] = {}
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


def distinct(row: GridRow) -> list[tuple[int, GridCell]]:
    """The filled cells of a row, each once, with the first column that it stands in."""
    found: list[tuple[int, GridCell]] = []
    previous: GridCell | None = None
    for column, cell in enumerate(row):
        if cell is not None and cell is not previous and cell.text:
            found.append((column, cell))
        previous = cell
    return found


def texts(row: GridRow) -> list[str]:
    """What stands in each column, a spanning cell in each of its own."""
    return [cell.text if cell is not None else "" for cell in row]


def _take_spanning(
    line: list[GridCell | None],
    spanning: dict[int, tuple[int, GridCell]],
    below: dict[int, tuple[int, GridCell]],
) -> None:
    """Moves cells that reach down from rows above to the columns where ``line`` goes on."""
    while (found := spanning.pop(len(line), None)) is not None:
        left, cell = found
        if left > 1:
            below[len(line)] = (left - 1, cell)
        line.append(cell)
