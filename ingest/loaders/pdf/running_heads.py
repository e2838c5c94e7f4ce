"""Running heads, running feet and page numbers: what pages repeat and no reader reads.

A number is left out only where it says so itself, as in ``Page 3``, or where it advances with the
pages: others, such as a total at the foot of a page, are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.loaders.pdf.lines import Line

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
_MAX_FOLIO_DIGITS: Final = 4
_FOLIO: Final = re.compile(
    r"(?:page|seite)\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?|[-–—]\s*\d{1,4}\s*[-–—]"
    r"|第?\s*\d{1,4}\s*(?:/\s*\d{1,4}\s*)?页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?",
    re.IGNORECASE,
)
"""What can be nothing but the number of a page."""
_NUMBER: Final = re.compile(r"\d+")
_LONE: Final = re.compile(r"\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|[ivxlc]+|[IVXLC]+")
_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _Trait:
    """What a line may have in common with lines of other pages.

    ``words`` are the constant part; ``offset`` is that of a number in it from the page's, ``None``
    where there is none. ``of_folio`` says that nothing but a number at its end is the same.
    """

    words: tuple[str, ...]
    offset: int | None = None
    of_folio: bool = False


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drops lines that recur at the edge of pages, and page numbers."""
    places: dict[_Trait, list[int]] = {}
    for number, lines in enumerate(pages):
        for line in lines:
            if _may_be_folio(line, lines):
                for trait in _traits(line, number):
                    places.setdefault(trait, []).append(number)
    running = {trait for trait, found in places.items() if _recurs(trait, found, len(pages))}

    def is_running(line: Line, number: int) -> bool:
        if _FOLIO.fullmatch(line.text):
            return _may_be_folio(line, pages[number])
        is_lone = _LONE.fullmatch(line.text) is not None
        if not (_may_be_folio(line, pages[number]) if is_lone else _at_edge(line, _EDGE)):
            return False
        return any(
            trait in running and (not trait.of_folio or _is_outermost(line, pages[number]))
            for trait in _traits(line, number)
        )

    return [
        [line for line in lines if not is_running(line, number)]
        for number, lines in enumerate(pages)
    ]


def _traits(line: Line, number: int) -> Iterator[_Trait]:
    """What may recur of a line of page ``number``; a lone number recurs by advancing only."""
    text = line.text
    if len(text) > _MAX_RUNNING_HEAD:
        return
    if _LONE.fullmatch(text) is None:
        yield _Trait((text,))
    elif value := _roman(text):
        yield _Trait(("roman", str(text.isupper())), value - number)
    for match in _NUMBER.finditer(text):
        if len(match[0]) <= _MAX_FOLIO_DIGITS:
            before, behind = text[: match.start()], text[match.end() :]
            offset = int(match[0]) - number
            yield _Trait((before, behind), offset)
            if not before or not behind:
                yield _Trait((), offset, of_folio=True)


def _recurs(trait: _Trait, numbers: Sequence[int], pages: int) -> bool:
    near = sum(0 < b - a <= _MAX_DISTANCE for a, b in pairwise(numbers))
    # Two pages can't show more than that the first is called 1, and the second 2.
    is_pair = pages == 2 and trait == _Trait(("", ""), 1)  # noqa: PLR2004 - both pages
    least = 2 if is_pair else _MIN_REPEATS
    return len(set(numbers)) >= least and near >= least - 1


def _roman(text: str) -> int:
    """The value of a Roman number, 0 for anything else."""
    values = [_ROMAN.get(sign, 0) for sign in text.lower()]
    if not values or 0 in values:
        return 0
    signed = (-a if a < b else a for a, b in pairwise([*values, 0]))
    return sum(signed)


def _is_outermost(line: Line, lines: Sequence[Line]) -> bool:
    """Whether nothing stands between a line and the edge of its page."""
    if line.depth > 1 / 2:
        return all(other.depth <= line.depth for other in lines)
    return all(other.depth >= line.depth for other in lines)


def _may_be_folio(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line stands where the number of a page may stand."""
    ends_page = line is lines[-1] and line.depth > _LOWER_PART
    return ends_page or _at_edge(line, _NUMBER_EDGE)


def _at_edge(line: Line, edge: float) -> bool:
    return not edge < line.depth < 1 - edge
