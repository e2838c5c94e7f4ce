"""Which lines of a PDF page belong together, and how they are joined.

What a reader sees by position is decided by position: a larger gap, another type size or a short
line ends a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from ingest.loaders.encodings.cleaning import join_lines
from ingest.loaders.pdf.headings import is_heading
from ingest.loaders.pdf.lines import Line

_PARAGRAPH_GAP: Final = 1.45
"""Distance of baselines that starts a paragraph, as a multiple of the page's usual one."""
MIN_CELLS: Final = 3
"""Parts of a line from which it is a row of a table; two are as often a formula and its number."""
_MAX_STRAY: Final = 2
"""Characters of a superscript that stands on a line of its own."""
OTHER_SIZE: Final = 0.08
"""Difference of type sizes, as a share of the text's, that starts a paragraph or tells a note."""
_INDENT: Final = 0.8
"""Indent that starts a paragraph, as a multiple of the type size."""
_SHORT: Final = 0.85
"""Share of its column's width below which a line was not broken for want of room."""
_WORD: Final = re.compile(r"\w+(?:-\w+)*")
_LAST_WORD: Final = re.compile(r"\w+$")
_FIRST_WORD: Final = re.compile(r"\w+")
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MAX_COLUMN_LINES: Final = 500
"""Lines of a page that tell where its columns are."""
_BULLET: Final = re.compile(r"[•▪◦‣·●○■□➢✓*–-]\s*|\(?(?:\d{1,2}|[a-z])[.)]\s+|\[\d{1,3}\]\s")


def paragraphs(lines: Sequence[Line], body: float) -> list[list[Line]]:
    """Groups of lines in their order; ``body`` is the type size of the text, in points."""
    leading = _usual_leading(lines, body)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _starts_paragraph(groups[-1], line, leading, body):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def is_row(line: Line) -> bool:
    """Whether a line is a row of a table."""
    return line.cells >= MIN_CELLS


def as_row(line: Line) -> Line:
    """The line as one that `is_row` is true of."""
    return replace(line, cells=max(line.cells, MIN_CELLS), hyphenated=False)


def _usual_leading(lines: Sequence[Line], body: float) -> float:
    steps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        step = above.bottom - below.bottom
        if 0 < step < 3 * body:
            steps[round(step * 2) / 2] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * body


def _starts_paragraph(  # noqa: PLR0911 - one return a reason
    group: list[Line], line: Line, leading: float, body: float
) -> bool:
    last = group[-1]
    if last.hyphenated:
        return False
    if is_row(last) or is_row(line):
        return True
    step = last.bottom - line.bottom
    if step <= 0:
        return not _continues_in_column(last, line)
    if step > _PARAGRAPH_GAP * max(leading, line.size * 0.9, last.size * 0.9):
        return True
    if (
        abs(line.size - last.size) > OTHER_SIZE * body
        and min(len(line.text), len(last.text)) > _MAX_STRAY
    ):
        return True
    if is_heading(last, body) != is_heading(line, body) or _BULLET.match(line.text):
        return True
    return _ends_short(group, line, body)


def _ends_short(group: list[Line], line: Line, body: float) -> bool:
    """Whether the line before ended early or ``line`` is indented, as paragraphs end and begin."""
    last = group[-1]
    above = [member for member in group if member.left < line.right and line.left < member.right]
    left = min((member.left for member in above), default=line.left)
    width = max(member.right for member in (*above, line)) - left
    if _reads_leftward(line.text):
        return last.left - left > (1 - _SHORT) * width
    starts_with_indent = len(above) == 1 or _BULLET.match(group[0].text) is not None
    if line.left - left > _INDENT * body and not starts_with_indent:
        return True
    is_short = last.right - last.left < _SHORT * width
    return is_short and last.text.endswith((".", "!", "?", ":", "。", "！", "？", "："))


def _continues_in_column(last: Line, line: Line) -> bool:
    """Whether a paragraph goes on at the top of the next column."""
    return line.left > last.right and not last.text.rstrip().endswith((".", "!", "?", "。", ":"))


def join(group: Sequence[Line], lines: Sequence[Line], words: Counter[str]) -> str:
    """Text of a paragraph; lines that end early keep their end, as in code and verses.

    ``lines`` are all of its page, and ``words`` count those of the document.
    """
    text = group[0].text
    for above, line in pairwise(group):
        if above.hyphenated:
            text = join_hyphenated(text, line.text, words)
        elif fills_column(above, lines):
            text = join_lines(f"{text}\n{line.text}")
        else:
            text += f"\n{line.text}"
    return text


def join_hyphenated(text: str, below: str, words: Counter[str]) -> str:
    """Joins ``dual`` and ``encoder`` with or without the hyphen, as the rest of the document does.

    Where it has neither form, the hyphen stays between two words of the document and before
    capitals and digits, as in ``high-dimensional`` and ``Lucene-BM25``.
    """
    before, after = _LAST_WORD.search(text), _FIRST_WORD.match(below)
    if before is None or after is None:
        return f"{text}-{below}" if before is None else text + below
    left, right = before[0].lower(), after[0].lower()
    with_hyphen, without = words[f"{left}-{right}"], words[left + right]
    if with_hyphen != without:
        keeps = with_hyphen > without
    else:
        keeps = not after[0][0].islower() or min(words[left], words[right]) > 0
    return f"{text}-{below}" if keeps else text + below


def vocabulary(pages: Sequence[Sequence[Line]]) -> Counter[str]:
    """How often the document writes each word; the broken ends of lines are not counted."""
    words: Counter[str] = Counter()
    broken = False
    for lines in pages:
        for line in lines:
            found = [word.lower() for word in _WORD.findall(line.text)]
            breaks = line.hyphenated or (line is lines[-1] and ends_with_hyphen(line))
            words.update(found[int(broken) : len(found) - int(breaks)])
            broken = breaks
    return words


def begins_item(line: Line) -> bool:
    """Whether a line begins with the sign of a list item."""
    return _BULLET.match(line.text) is not None


def ends_with_hyphen(line: Line) -> bool:
    """Whether a line ends with a hyphen that pdfium, for want of a line below, took for a sign."""
    return line.text.endswith("-") and line.text[-2:-1].isalpha()


def fills_column(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a line ends at the far side of its column: the left one for Arabic and Hebrew.

    ``lines`` are all of its page.
    """
    left, right = _column(line, lines)
    width = max(right - left, 1.0)
    if _reads_leftward(line.text):
        return (right - line.left) / width >= _SHORT
    return (line.right - left) / width >= _SHORT


def _reads_leftward(text: str) -> bool:
    return len(RIGHT_TO_LEFT.findall(text)) > len(text) / 3


def _column(line: Line, lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the column that a line stands in.

    Most lines above and below it belong to its column; quantiles leave out the few, such as a
    title, that cross several columns.
    """
    beside = [
        other
        for other in lines[:_MAX_COLUMN_LINES]
        if min(line.right, other.right) - max(line.left, other.left)
        > 0.5 * min(line.right - line.left, other.right - other.left)
    ]
    lefts = sorted(other.left for other in (*beside, line))
    rights = sorted(other.right for other in (*beside, line))
    quarter = len(lefts) // 4
    return min(line.left, lefts[quarter]), max(line.right, rights[-1 - quarter])
