"""Headings of a PDF, by type size, weight, capitals and section number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.loaders.encodings.cleaning import join_lines
from ingest.loaders.pdf.lines import Line

HEADING_SIZE: Final = 1.12
"""Type size of a heading, as a multiple of the text's."""
SAME_SIZE: Final = 0.5
"""Points by which type sizes may differ by rounding alone."""
_MIN_HEADING_SIZE: Final = 0.9
"""The same for bold lines, which may be set a little smaller than the text."""
_MIN_CAPITALS_SIZE: Final = 0.75
"""The same for capitals, since small capitals are set in smaller type than they look."""
_MIN_LETTERS: Final = 0.5
_MIN_CAPITALS: Final = 5
_TITLE_SIZE: Final = 1.2
"""How much larger than the first heading another must be to be the title."""
MAX_HEADING: Final = 150
MAX_HEADING_LINES: Final = 3
_SECTION_NUMBER: Final = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z](?:\.\d{1,2})+\.?|[IVX]{1,5}\.)\s+\S"
)


def heading_sizes(pages: Sequence[Sequence[Line]], body: float) -> list[float]:
    """Type sizes of headings, largest first."""
    sizes = {line.size for lines in pages for line in lines if line.size >= HEADING_SIZE * body}
    distinct: list[float] = []
    for size in sorted(sizes, reverse=True):
        if not distinct or distinct[-1] - size > SAME_SIZE:
            distinct.append(size)
    return distinct


def is_heading(line: Line, body: float) -> bool:
    """Whether a line is set as a heading; ``body`` is the type size of the text, in points."""
    if not line.size or len(line.text) > MAX_HEADING or not any(map(str.isalpha, line.text)):
        return False
    if sum(map(str.isalpha, line.text)) < _MIN_LETTERS * len(line.text):
        return False  # a formula in large type
    if line.size >= HEADING_SIZE * body:
        return True
    is_capitals = line.text.isupper() and len(line.text) >= _MIN_CAPITALS
    smallest = _MIN_CAPITALS_SIZE if is_capitals else _MIN_HEADING_SIZE
    if line.size < smallest * body or line.text.endswith((".", ",", ":", ";")):
        return False
    if line.text.count(",") > 1:
        return False  # names of authors
    return line.bold or is_capitals


def number_level(text: str) -> int:
    """Level of a heading in the type of the text: by its section number, which starts at 2."""
    match = _SECTION_NUMBER.match(text)
    return min(2 + match[1].rstrip(".").count("."), 6) if match else 3


def page_title(lines: Sequence[Line], body: float) -> str:
    """The first heading of the page, or one that is set far larger."""
    headings = [line for line in lines if is_heading(line, body)]
    if not headings:
        return ""
    largest = max(line.size for line in headings)
    first = headings[0]
    if first.size * _TITLE_SIZE < largest:
        first = next(line for line in headings if line.size == largest)
    start = list(lines).index(first)
    chosen = [first]
    for line in lines[start + 1 : start + MAX_HEADING_LINES]:
        if abs(line.size - first.size) > SAME_SIZE or not is_heading(line, body):
            break
        chosen.append(line)
    return join_lines("\n".join(line.text for line in chosen))
