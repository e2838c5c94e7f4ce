"""Heads of columns: one name for each, from as many rows as a table has for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ingest.loaders.tables.grid import GridCell, GridRow, texts

_NO_HEAD: Final = frozenset("-–—_.·…*~ ")
"""A head of these alone says nothing."""


class Heads:
    """Heads of columns: what each is called, and how its label reads where two are alike."""

    def __init__(self, rows: Sequence[GridRow]) -> None:
        self.names = _column_names(rows)
        self.labels = _kept_apart(self.names, rows)

    def name(self, column: int) -> str:
        """What a column is called; empty where nothing says so."""
        return self.names[column] if column < len(self.names) else ""

    def label(self, column: int) -> str:
        """The same, numbered where other columns before it are called alike."""
        return self.labels[column] if column < len(self.labels) else ""


def _column_names(rows: Sequence[GridRow]) -> list[str]:
    """Heads of several rows are joined from the top, each text once, units behind a space."""
    columns: list[list[str]] = []
    for number, row in enumerate(rows):
        shown = texts(row)
        if number + 1 < len(rows) and not any(cell and cell.columns > 1 for cell in row):
            shown = _filled_to_the_right(shown, rows[number + 1])
        columns.extend([] for _ in range(len(shown) - len(columns)))
        for names, text in zip(columns, shown, strict=False):
            if text and text not in names:
                names.append(text)
    joined = (_join(names).rstrip(" :：") for names in columns)
    return [name if not _NO_HEAD.issuperset(name) else "" for name in joined]


def _join(names: Iterable[str]) -> str:
    joined = ""
    for name in names:
        gap = "" if not joined else " " if name.startswith(("(", "（", "[")) else " / "
        joined += gap + name
    return joined


def _filled_to_the_right(names: list[str], below: GridRow) -> list[str]:
    """Names of groups of columns, each repeated over the blanks behind it where a head follows."""
    filled: list[str] = []
    under = texts(below)
    for column, name in enumerate(names):
        has_head = column < len(under) and under[column]
        filled.append(name or (filled[-1] if filled and column > 1 and has_head else ""))
    return filled


def _kept_apart(names: Sequence[str], rows: Sequence[GridRow]) -> list[str]:
    """The names, those numbered from the second on that several columns have without a span."""
    seen: dict[str, int] = {}
    labels: list[str] = []
    previous: GridCell | None = None
    for column, name in enumerate(names):
        cell = rows[-1][column] if rows and column < len(rows[-1]) else None
        if name and not (cell is not None and cell is previous):
            seen[name] = seen.get(name, 0) + 1
        previous = cell
        labels.append(f"{name} ({seen[name]})" if seen.get(name, 0) > 1 else name)
    return labels
