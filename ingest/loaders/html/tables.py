"""Tables of HTML pages to pieces of text."""

from __future__ import annotations

from typing import Final

from lxml.etree import _Element as Element

from ingest.loaders.html.boilerplate import is_left_out
from ingest.loaders.html.text import flat_text
from ingest.loaders.model import Piece
from ingest.loaders.plain.emphasis import is_bold
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import table_pieces

_MIN_COLUMNS: Final = 2
_MAX_FIELD: Final = 300
"""Characters of the longest field that is read as a value; longer ones are text."""


def is_layout(table: Element) -> bool:
    """Whether a table places blocks on a page rather than values in columns."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.find(".//th") is not None:
        return False
    widest = max((len(row.xpath("./td")) for row in _rows(table)), default=0)
    holds_blocks = table.xpath("boolean(.//h1 | .//h2 | .//h3 | .//h4 | .//pre | .//table)")
    return widest < _MIN_COLUMNS or bool(holds_blocks)


def captioned_table(figure: Element | None) -> Element | None:
    """The table that the caption of a figure belongs to, if it shows one."""
    if figure is None or figure.tag != "figure" or figure.find("./figcaption") is None:
        return None
    table = figure.find(".//table")
    return table if table is not None and not is_layout(table) else None


def caption_of(table: Element) -> Element | None:
    """The caption of the figure around a table."""
    figure = next(table.iterancestors("figure"), None)
    if figure is None or captioned_table(figure) is not table:
        return None
    return figure.find("./figcaption")


def field_list_pieces(fields: Element) -> list[Piece]:
    """Rows of what docutils writes for a list of fields; none for other lists of definitions."""
    if "field-list" not in fields.get("class", "").split():
        return []
    rows: list[list[GridCell]] = []
    for part in fields:
        text = flat_text(part)
        if len(text) > _MAX_FIELD:
            return []
        if part.tag == "dt":
            rows.append([GridCell(text.rstrip(" :："), is_header=True)])
        elif rows:
            rows[-1].append(GridCell(text))
    return table_pieces(rows, header_rows=0)


def _rows(table: Element) -> list[Element]:
    return list(table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"))


def html_table_pieces(table: Element, *, caption: Element | None = None) -> list[Piece]:
    """Rows of a table below its caption; ``caption`` is one that stands outside of it."""
    captions = [*table.xpath("./caption"), *([caption] if caption is not None else [])]
    rows: list[list[GridCell]] = []
    for row in _rows(table):
        if is_left_out(row):
            continue
        in_head = row.getparent().tag == "thead"
        rows.append(
            [
                GridCell(
                    flat_text(cell),
                    is_header=in_head or cell.tag == "th",
                    is_bold=is_bold(cell),
                    columns=_span(cell, "colspan"),
                    rows=_span(cell, "rowspan"),
                )
                for cell in row.xpath("./td | ./th")
                if not is_left_out(cell)
            ]
        )
    above = " ".join(flat_text(part) for part in captions)
    return table_pieces(rows, caption=above)


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1  # noqa: PLR2004 - HTML's limit is 65,534
