"""Comma-separated values: each row as ``header: value`` pairs on one line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from ingest.loaders.compose import compose
from ingest.loaders.encodings.cleaning import clean_lines, normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.model import LoadedDocument
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.heads import guess_header_rows, is_period, is_value
from ingest.loaders.tables.rows import table_pieces

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 50
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_MAX_CELL: Final = 2**24
"""Characters of one cell; the standard library's limit of 131,072 rejects real exports."""
_MAX_OPEN_LINES: Final = 50
"""Lines that one quoted cell may span before its opening quote is taken for a stray one."""


def load_csv(data: bytes) -> LoadedDocument:
    """Reads a table with ``,``, ``;``, tab or ``|`` between cells and a header in its first row.

    Rows may be longer or shorter than the header. A quote that is never closed ends with its line.

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    decoded = decode(data)
    text = normalise(decoded.text)
    delimiter = sniff_delimiter(text)
    rows = [row for row in read_rows(text, delimiter) if any(row)]
    titles = next((n for n, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    grid = [[GridCell(value) for value in row] for row in rows]
    heads = guess_header_rows(grid[titles:]) or int(has_header(rows[titles:]))
    metadata = {"format": "csv"}
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    pieces = table_pieces(grid, header_rows=titles + heads if heads else 0)
    return compose(pieces, metadata=metadata)


def sniff_delimiter(text: str) -> str:
    """The candidate that cuts the first lines into equally many, and most, cells."""
    lines = [_QUOTED.sub("", line) for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]]
    lines = [line for line in lines if line.strip()]

    def regularity(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(counts, key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=regularity)


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: filled, no value among its cells, none repeated below.

    Names may be alike where none of them is found in its own column again.
    """
    if len(rows) < 2:  # noqa: PLR2004 - a header and a row
        return False
    names = [name for name in rows[0] if name]
    if not names or any(_is_number(name) or is_value(name) for name in names):
        return False
    if len(set(names)) == len(names):
        return True
    return not any(
        name and name == value
        for row in rows[1:_SAMPLE_LINES]
        for name, value in zip(rows[0], row, strict=False)
    )


def read_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Cells of each row, in one line each and trimmed."""
    lines = text.split("\n")
    position = 0
    while position < len(lines):
        taken = _record_lines(lines, position, delimiter)
        record = "\n".join(lines[position : position + taken])
        position += taken
        yield [clean_lines(cell) for cell in _cells(record, delimiter)]


def _record_lines(lines: list[str], start: int, delimiter: str) -> int:
    """How many lines the record at ``start`` covers; 1 when its open quote is never closed."""
    is_open = _opens_quote(lines[start], delimiter)
    if not is_open:
        return 1
    for number in range(start + 1, min(len(lines), start + 1 + _MAX_OPEN_LINES)):
        if lines[number].count('"') % 2:
            return number - start + 1
    return 1


def _opens_quote(line: str, delimiter: str) -> bool:
    """Whether a cell of the line begins with a quote that the line doesn't close."""
    if line.count('"') % 2 == 0:
        return False
    rest = _QUOTED.sub("", line)
    return re.search(rf'(?:^|{re.escape(delimiter)})\s*"', rest) is not None


def _cells(record: str, delimiter: str) -> list[str]:
    previous = csv.field_size_limit(_MAX_CELL)
    try:
        if "\n" not in record and record.count('"') % 2:
            return [cell.strip('" ') for cell in record.split(delimiter)]
        return next(csv.reader(io.StringIO(record), delimiter=delimiter, skipinitialspace=True), [])
    finally:
        csv.field_size_limit(previous)


def _is_number(text: str) -> bool:
    if is_period(text):
        return False
    return text.replace(",", "").replace(".", "", 1).lstrip("+-").isdecimal()
