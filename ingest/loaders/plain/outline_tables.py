"""Tables in plain text: rows between bars, and columns set with tabs or blanks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from app.domain.documents import Span
from ingest.loaders.plain.outline_lines import MARKER, Line, columns
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import Row, read_table

_RULE_SIGNS: Final = frozenset("|+-=: \t")
_BAR: Final = re.compile(r"\\\||\|")
_EMPHASIS: Final = re.compile(r"(\*\*|__|`)(?P<inner>[^*_`]+)\1")
_FIELD: Final = re.compile(r"\S+(?: \S+)*")
_MIN_FIELDS: Final = 2
_MIN_PAIRS: Final = 3
"""Lines from which two aligned columns are taken for a table; two may be chance."""
_MAX_FIELD: Final = 80
_SENTENCE_END: Final = (".", "。", "!", "?", "！", "？")

Rows = list[tuple[Row, Span]]
"""Rows with the span of the line that each stands in."""


def starts_pipes(lines: Sequence[Line], at: int) -> bool:
    """Whether a table drawn with bars begins at a line."""
    line = lines[at].text
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    if "|" not in line and not (line.startswith("+") and _is_rule(line)):
        return False
    if _is_rule(below) and "|" in line:
        return True
    boxed = line.startswith("|") and line.endswith("|") and line.count("|") > 2  # noqa: PLR2004 - two cells have three bars
    return (boxed and below.startswith("|")) or (_is_rule(line) and below.startswith("|"))


def read_pipes(lines: Sequence[Line], at: int) -> tuple[Rows, int] | None:
    """The rows of a table between bars, and the line behind it; ``None`` where there is none."""
    if not starts_pipes(lines, at):
        return None
    end = at
    while end < len(lines) and ("|" in lines[end].text or _is_rule(lines[end].text)):
        end += 1
    rows: list[list[GridCell]] = []
    rules: list[int] = []
    for line in lines[at:end]:
        if _is_rule(line.text):
            rules.append(len(rows))
        else:
            rows.append(_cells_between_bars(line))
    inner = [count for count in rules if 0 < count < len(rows)]
    # A rule below every row separates rows and says nothing about heads.
    separates = len(inner) > 1 and len(inner) == len(rows) - 1
    header_rows = inner[0] if inner and (not separates or inner[0] == 1) else None
    return _located(rows, lines[at:end], header_rows=header_rows), end


def read_columns(lines: Sequence[Line], at: int) -> tuple[Rows, int] | None:
    """The rows of a table whose columns stand apart by tabs, or aligned by runs of blanks."""
    first = _fields(lines[at])
    if not len(first) >= _MIN_FIELDS or not _may_be_row(lines[at], first):
        return None
    end = at
    columns_of: list[list[Span]] = []
    while end < len(lines):
        fields = _fields(lines[end])
        if len(fields) != len(first) or not _may_be_row(lines[end], fields):
            break
        columns_of.append(fields)
        end += 1
    by_tabs = all(line.text.count("\t") >= len(first) - 1 for line in lines[at:end])
    needed = _MIN_FIELDS if by_tabs or len(first) > _MIN_FIELDS else _MIN_PAIRS
    if len(columns_of) < needed:
        return None
    if not by_tabs and not _are_aligned(lines[at:end], columns_of):
        return None
    rows = [
        [_cell(line, field) for field in fields]
        for line, fields in zip(lines[at:end], columns_of, strict=True)
    ]
    return _located(rows, lines[at:end], header_rows=None), end


def _located(
    rows: Sequence[Sequence[GridCell]], lines: Sequence[Line], *, header_rows: int | None
) -> Rows:
    starts = [line.span[0] for line in lines]
    found: Rows = []
    for row in read_table(rows, header_rows=header_rows):
        at = row.values[0].cell.span
        if at is not None:
            line = lines[bisect_right(starts, at[0]) - 1]
            found.append((row, _without_bars(line)))
    return found


def _without_bars(line: Line) -> Span:
    text = line.text
    inner = text.strip("| \t")
    start = line.span[0] + text.index(inner)
    return start, start + len(inner)


def _is_rule(text: str) -> bool:
    return (
        len(text) > 2  # noqa: PLR2004 - the shortest is |-|
        and _RULE_SIGNS.issuperset(text)
        and ("-" in text or "=" in text)
        and ("|" in text or "+" in text)
    )


def _cells_between_bars(line: Line) -> list[GridCell]:
    text = line.text
    bars = [match.start() for match in _BAR.finditer(text) if match[0] == "|"]
    cuts = [-1, *bars, len(text)]
    if bars and bars[0] == 0:
        cuts.pop(0)
    if bars and bars[-1] == len(text) - 1:
        cuts.pop()
    return [_cell(line, (a + 1, b)) for a, b in pairwise(cuts)]


def _cell(line: Line, place: Span) -> GridCell:
    """A cell from its place in a line; emphasis around all of it is left out."""
    raw = line.text[slice(*place)]
    inner = raw.strip()
    start = line.span[0] + place[0] + len(raw) - len(raw.lstrip())
    bold = False
    if match := _EMPHASIS.fullmatch(inner):
        bold = match[1] != "`"
        start += match.start("inner")
        inner = match["inner"]
    shown = inner.replace("\\|", "|").replace("`", "").replace("**", "")
    return GridCell(shown, is_bold=bold, span=(start, start + len(inner)))


def _fields(line: Line) -> list[Span]:
    return [match.span() for match in _FIELD.finditer(line.text)]


def _may_be_row(line: Line, fields: Sequence[Span]) -> bool:
    text = line.text
    if MARKER.match(text) or any(end - start > _MAX_FIELD for start, end in fields):
        return False
    return not any(text[:end].endswith(_SENTENCE_END) for _, end in fields[:-1])


def _are_aligned(lines: Sequence[Line], rows: Sequence[Sequence[Span]]) -> bool:
    """Whether each column begins, or ends, in the same column of the screen in all rows."""

    def places(edge: Callable[[Span], int], column: int) -> set[int]:
        return {
            line.indent + columns(line.text[: edge(fields[column])])
            for line, fields in zip(lines, rows, strict=True)
        }

    return all(
        len(places(lambda field: field[0], column)) == 1
        or len(places(lambda field: field[1], column)) == 1
        for column in range(len(rows[0]))
    )
