"""Tables as text: one line a row, each of which keeps its meaning when it stands alone.

With a header row a line reads ``Country: Austria | Capital: Vienna``, with a head at its side
``Capital: Vienna``, otherwise ``Austria | Vienna``. Repeating the heads costs tokens, and buys that
a row which was cut off from its header by chunking still says what its numbers are, to a reader and
to both indexes. Titles and rows that divide a table are terms: they head the rows below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.documents import NOWHERE, BlockKind, Locator
from app.domain.documents import Cell as CellSpan
from ingest.loaders.encodings.cleaning import clean_lines
from ingest.loaders.model import Piece
from ingest.loaders.tables.columns import Heads
from ingest.loaders.tables.grid import GridCell, GridRow, distinct, expand, texts
from ingest.loaders.tables.heads import guess_header_rows, is_unit_row, is_value, parts_heads

SEPARATOR: Final = " | "
_COLONS: Final = (":", "：")
_MAX_LABEL: Final = 60
"""Characters of the longest name in a table of names and values."""
_MAX_CELLS: Final = 2_000
"""Cells of a row above which it is read as text alone: no table has so many columns."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row: ``label`` is written before it, ``head`` is what it is a value of.

    ``cell`` is where it stands in the source.
    """

    text: str
    label: str
    head: str
    cell: GridCell


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is read: a term, or values.

    ``lead`` is a name in front that is no value; ``joined`` is what stands between values.
    """

    values: tuple[Value, ...]
    is_term: bool = False
    lead: str = ""
    joined: str = SEPARATOR


def table_pieces(
    rows: Sequence[Sequence[GridCell]],
    *,
    locator: Locator = NOWHERE,
    header_rows: int | None = None,
    caption: str = "",
) -> list[Piece]:
    """A piece for each row that has text; ``header_rows`` of ``None`` counts or guesses them.

    A table of nothing but header rows is given without headers, so that its words are kept.
    """
    cleaned = [[_cleaned(cell) for cell in row] for row in rows]
    pieces = [
        row_piece(row, locator=locator) for row in read_table(cleaned, header_rows=header_rows)
    ]
    if pieces:
        pieces[0] = pieces[0].standing_apart()
        if caption := clean_lines(caption):
            pieces.insert(0, Piece(BlockKind.TERM, caption, locator=locator))
    return pieces


def read_table(
    rows: Sequence[Sequence[GridCell]], *, header_rows: int | None = None
) -> Iterator[Row]:
    """The rows of a table that have text, in their order, with what each value is a value of."""
    grid = [row for row in expand(_with_bold_heads(rows)) if distinct(row)]
    titles = _count_titles(grid)
    yield from (_term(row) for row in grid[:titles])
    grid = grid[titles:]
    count = _count_header_rows(grid) if header_rows is None else max(0, header_rows - titles)
    quiet = False
    if count == 1 and header_rows is None and _is_pair(grid[0]):
        count, grid[0] = 0, [cell and replace(cell, is_header=False) for cell in grid[0]]
    if not count and header_rows is None:
        count = guess_header_rows(grid)
        # Guessed from words alone: two rows of name and value could look the same.
        quiet = count == 1 and len(distinct(grid[0])) == len(grid[0]) == 2  # noqa: PLR2004 - a key and its value
    if count >= len(grid):
        count = 0
    if count and count < len(grid) - 1 and _goes_on(grid[count - 1], grid[count]):
        count += 1
    headers = Heads(grid[:count])
    if quiet:
        yield from (Row(tuple(_bare(cell) for _, cell in distinct(row))) for row in grid[:1])
    yield from _body(grid[count:], headers, quiet=quiet)


def _goes_on(heads: GridRow, row: GridRow) -> bool:
    """Whether the row below the heads is a part of them."""
    return is_unit_row(row) or parts_heads(heads, row)


def row_piece(row: Row, *, locator: Locator = NOWHERE) -> Piece:
    """One row in one line, and where its values stand in it."""
    parts = [row.lead] if row.lead else []
    at = len(row.lead)
    cells: list[CellSpan] = []
    for value in row.values:
        # "Kingdom:" in a cell of its own already is a header of the cell to its right.
        gap = "" if not parts else " " if parts[-1].endswith(_COLONS) else row.joined
        before = gap + (_labelled(value.label) if value.label else "")
        at += len(before)
        cells.append(CellSpan((at, at + len(value.text)), value.head))
        at += len(value.text)
        parts += [part for part in (before, value.text) if part]
    line = "".join(parts)
    if row.is_term:
        return Piece(BlockKind.TERM, line, locator=locator, tight=True)
    known = tuple(cells) if len(cells) <= _MAX_CELLS else ()
    return Piece(BlockKind.TABLE, line, locator=locator, tight=True, cells=known)


def _body(grid: Sequence[GridRow], headers: Heads, *, quiet: bool) -> Iterator[Row]:
    paired = not headers.names and _pairs_names_and_values(grid)
    for number, row in enumerate(grid):
        filled = distinct(row)
        below = grid[number + 1] if number + 1 < len(grid) else ()
        if headers.names and _repeats(row, headers):
            continue
        if _divides(row, below, grid):
            yield _term(row)
        elif _names_columns(row, below):
            headers = Heads([row])
        elif headers.names:
            yield Row(tuple(_under(headers, column, cell, quiet=quiet) for column, cell in filled))
        elif paired:
            yield _pair(filled)
        else:
            yield Row(tuple(_beside(filled)))


def _under(headers: Heads, column: int, cell: GridCell, *, quiet: bool) -> Value:
    """A cell below the head of its column; one that spans all of them has none."""
    head = headers.name(column)
    spans_all = cell.columns >= max(2, len(headers.names))
    is_named = not quiet and head != cell.text and not spans_all
    return Value(
        cell.text, headers.label(column) if is_named else "", "" if spans_all else head, cell
    )


def _beside(filled: Sequence[tuple[int, GridCell]]) -> Iterator[Value]:
    """Cells of a row without heads above: a head among them names those to its right."""
    alike = all(cell.is_header for _, cell in filled) or not any(c.is_header for _, c in filled)
    label = head = ""
    for number, (_, cell) in enumerate(filled):
        is_last = number + 1 == len(filled)
        if not is_last and (cell.text.endswith(_COLONS) or (cell.is_header and not alike)):
            if label:  # nothing between two heads
                yield Value(label, "", "", cell)
            label, head = cell.text, cell.text.rstrip(" :：")
        else:
            yield Value(cell.text, label, head, cell)
            label = ""


def _pair(filled: Sequence[tuple[int, GridCell]]) -> Row:
    """A name and its value, as ``Payload | 250 kg``."""
    if len(filled) != 2 or filled[0][1].text.endswith(_COLONS):  # noqa: PLR2004 - a name and a value
        return Row(tuple(_beside(filled)))
    name, value = filled[0][1], filled[1][1]
    if len(name.text) > _MAX_LABEL or is_value(name.text):
        return Row((_bare(name), _bare(value)))
    return Row((Value(value.text, "", name.text, value),), lead=name.text)


def _pairs_names_and_values(grid: Sequence[GridRow]) -> bool:
    """Whether a table without heads has two columns, of names and of values."""
    if any(cell is not None and cell.is_header for row in grid for cell in row):
        return False
    return max((len(distinct(row)) for row in grid), default=0) == 2  # noqa: PLR2004 - names and values


def _term(row: GridRow) -> Row:
    return Row(tuple(_bare(cell) for _, cell in distinct(row)), is_term=True)


def _bare(cell: GridCell) -> Value:
    return Value(cell.text, "", "", cell)


def _labelled(label: str) -> str:
    return f"{label} " if label.endswith(_COLONS) else f"{label}: "


def _cleaned(cell: GridCell) -> GridCell:
    text = clean_lines(cell.text)
    return cell if text == cell.text else replace(cell, text=text)


def _with_bold_heads(rows: Sequence[Sequence[GridCell]]) -> Sequence[Sequence[GridCell]]:
    """Takes rows and columns that are bold from end to end for heads, where nothing marks heads."""
    cells = [cell for row in rows for cell in row if cell.text]
    if any(cell.is_header for cell in cells) or all(cell.is_bold for cell in cells):
        return rows
    if not any(cell.is_bold for cell in cells):
        return rows
    plain_columns = {n for row in rows for n, c in enumerate(row) if c.text and not c.is_bold}

    def marked(row: Sequence[GridCell]) -> list[GridCell]:
        whole = all(cell.is_bold for cell in row if cell.text)
        return [
            replace(cell, is_header=True)
            if cell.is_bold and not is_value(cell.text) and (whole or column not in plain_columns)
            else cell
            for column, cell in enumerate(row)
        ]

    return [marked(row) for row in rows]


def _is_header_row(row: GridRow) -> bool:
    return all(cell is None or cell.is_header or not cell.text for cell in row)


def _is_pair(row: GridRow) -> bool:
    """Whether a row of heads is a name and its value: Markdown has no table without heads."""
    filled = distinct(row)
    return len(filled) == len(row) == 2 and is_value(filled[1][1].text)  # noqa: PLR2004 - a name and a value


def _names_columns(row: GridRow, below: GridRow) -> bool:
    """Whether a row within a table has heads for the rows below it; a row of totals has not."""
    filled = distinct(row)
    return (
        len(filled) > 1
        and _is_header_row(row)
        and len(distinct(below)) > 1
        and not _is_header_row(below)
        and not any(is_value(cell.text) for _, cell in filled)
    )


def _count_header_rows(grid: Sequence[GridRow]) -> int:
    count = 0
    while count < len(grid) and _is_header_row(grid[count]):
        count += 1
    return count


def _count_titles(grid: Sequence[GridRow]) -> int:
    """Leading rows with one filled cell, above rows with several: a title, not a head."""
    for count, row in enumerate(grid):
        (column, _), *others = distinct(row)
        if others or column:
            return count
    return 0


def _divides(row: GridRow, below: GridRow, grid: Sequence[GridRow]) -> bool:
    """Whether a row with one filled cell heads the rows below it.

    It does where the cell spans the table or is set as a head. Where the other cells are merely
    blank, a value may be missing: it takes three columns and a filled row below.
    """
    filled = distinct(row)
    if len(filled) != 1 or len(distinct(below)) < 2:  # noqa: PLR2004 - a row with values
        return False
    column, cell = filled[0]
    if cell.is_header or cell.columns > 1:
        return cell.columns == 1 or cell.columns >= len(below)
    if column or is_value(cell.text) or len(row) < len(below) or len(distinct(below)) < 3:  # noqa: PLR2004 - see above
        return False
    divided = sum(len(distinct(row)) == 1 for row in grid)
    return any(map(str.isalpha, cell.text)) and 2 * divided <= len(grid)


def _repeats(row: GridRow, headers: Heads) -> bool:
    """Whether a row says the heads once more, as tables do that go on on another page."""
    names = [text for text in texts(row) if text]
    return len(names) > 1 and names == [name for name in headers.names if name]
