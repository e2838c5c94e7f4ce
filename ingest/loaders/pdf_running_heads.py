"""Running heads, running feet and page numbers: what pages repeat and no reader reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from ingest.loaders.pdf_lines import Line

_EDGE: Final = 0.1
"""Share of a page's height, at its top and bottom, where running heads and page numbers stand."""
_NUMBER_EDGE: Final = 0.16
"""The same for page numbers, which may stand nearer to the text."""
_LOWER_PART: Final = 0.7
_MIN_REPEATS: Final = 3
"""Pages on which a line must recur to be a running head."""
_MAX_RUNNING_HEAD: Final = 80
_MAX_DISTANCE: Final = 2
"""Pages from one running head to its next: left and right pages may differ."""
_NUMBER: Final = re.compile(
    r"[\divxlc]+|[-–—]\s*\d+\s*[-–—]|(?:page|seite|第)?\s*\d+(?:\s*(?:of|/|页)\s*\d+)?页?",
    re.IGNORECASE,
)


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drops lines that recur at the edge of pages, and those that begin or end with their folio."""
    places: dict[str, list[int]] = {}
    offsets: Counter[int] = Counter()
    for number, lines in enumerate(pages):
        edge = [line for line in lines if _at_edge(line)]
        for line in edge:
            places.setdefault(_pattern(line.text), []).append(number)
        offsets.update({folio - number for line in edge for folio in _folios(line.text)})
    offset, count = offsets.most_common(1)[0] if offsets else (0, 0)
    running = {pattern for pattern, numbers in places.items() if _recurs(numbers)}

    def is_running(line: Line, number: int) -> bool:
        ends_page = line is pages[number][-1] and line.depth > _LOWER_PART
        if (ends_page or _at_edge(line, _NUMBER_EDGE)) and _NUMBER.fullmatch(line.text):
            return True
        if not _at_edge(line):
            return False
        has_folio = count >= _MIN_REPEATS and number + offset in _folios(line.text)
        return has_folio or _pattern(line.text) in running

    return [
        [line for line in lines if not is_running(line, number)]
        for number, lines in enumerate(pages)
    ]


def _recurs(numbers: Sequence[int]) -> bool:
    near = sum(b - a <= _MAX_DISTANCE for a, b in pairwise(numbers))
    return len(set(numbers)) >= _MIN_REPEATS and near >= _MIN_REPEATS - 1


def _folios(text: str) -> set[int]:
    """Page numbers that a short line may show: the numbers at its ends."""
    if len(text) > _MAX_RUNNING_HEAD:
        return set()
    words = text.split()
    return {int(word) for word in (words[0], words[-1]) if word.isdecimal() and len(word) <= 4}  # noqa: PLR2004 - pages have up to four digits


def _at_edge(line: Line, edge: float = _EDGE) -> bool:
    return not edge < line.depth < 1 - edge


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text).strip()
