"""From lines of PDF pages to headings and paragraphs.

What a reader sees by position is decided by position: a larger gap, another column, another type
size or a short line ends a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from app.domain import BlockKind
from ingest.loaders.cleaning import join_lines
from ingest.loaders.model import Piece
from ingest.loaders.pdf_lines import Line
from ingest.loaders.pdf_running_heads import without_running_heads

_HEADING_SIZE: Final = 1.12
"""Type size of a heading, as a multiple of the text's."""
_SAME_SIZE: Final = 0.5
"""Points by which type sizes may differ by rounding alone."""
_MIN_HEADING_SIZE: Final = 0.9
"""The same for bold lines and capitals; small capitals count as smaller than they look."""
_MIN_LETTERS: Final = 0.5
_MIN_CAPITALS: Final = 5
_TITLE_SIZE: Final = 1.2
"""How much larger than the first heading another must be to be the title."""
_MAX_HEADING: Final = 150
_MAX_HEADING_LINES: Final = 3
_PARAGRAPH_GAP: Final = 1.45
"""Distance of baselines that starts a paragraph, as a multiple of the page's usual one."""
_MAX_STRAY: Final = 2
"""Characters of a superscript that stands on a line of its own."""
_INDENT: Final = 0.8
_SHORT: Final = 0.85
"""Share of its column's width below which a line was not broken for want of room."""
_SECTION_NUMBER: Final = re.compile(
    r"(\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-Z](?:\.\d{1,2})+\.?|[IVX]{1,5}\.)\s+\S"
)
_SIGN: Final = re.compile(r"[•▪◦‣●○■□➢✓]")
_WORD: Final = re.compile(r"\w+(?:-\w+)*")
_LAST_WORD: Final = re.compile(r"\w+$")
_FIRST_WORD: Final = re.compile(r"\w+")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MAX_COLUMN_LINES: Final = 500
"""Lines of a page that tell where its columns are."""
_BULLET: Final = re.compile(r"[•▪◦‣·●○■□➢✓*–-]\s*|\(?(?:\d{1,2}|[a-z])[.)]\s+|\[\d{1,3}\]\s")


def layout_pieces(pages: Sequence[Sequence[Line]]) -> tuple[list[Piece], str]:
    """Pieces of all pages in order, and what looks like the title on the first page."""
    kept = without_running_heads(pages)
    body = _body_size(kept)
    sizes = _heading_sizes(kept, body)
    words = _vocabulary(kept)
    pieces = [
        _piece(group, _join(group, _column(group, lines), words), body, sizes)
        for lines in kept
        for group in _paragraphs(lines, body)
    ]
    return pieces, _page_title(kept[0] if kept else (), body)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    counts: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _heading_sizes(pages: Sequence[Sequence[Line]], body: float) -> list[float]:
    """Type sizes of headings, largest first."""
    sizes = {line.size for lines in pages for line in lines if line.size >= _HEADING_SIZE * body}
    distinct: list[float] = []
    for size in sorted(sizes, reverse=True):
        if not distinct or distinct[-1] - size > _SAME_SIZE:
            distinct.append(size)
    return distinct


def _paragraphs(lines: Sequence[Line], body: float) -> list[list[Line]]:
    leading = _usual_leading(lines, body)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _starts_paragraph(groups[-1], line, leading, body):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


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
    step = last.bottom - line.bottom
    if step <= 0:
        return not _continues_in_column(last, line)
    if step > _PARAGRAPH_GAP * max(leading, line.size * 0.9, last.size * 0.9):
        return True
    if (
        abs(line.size - last.size) > 0.08 * body
        and min(len(line.text), len(last.text)) > _MAX_STRAY
    ):
        return True
    if _is_heading(last, body) != _is_heading(line, body):
        return True
    if _BULLET.match(line.text):
        return True
    width = max(member.right for member in group) - min(member.left for member in group)
    column = max(width, line.right - line.left)
    if _reads_leftward(line.text):
        return last.left - min(member.left for member in group) > (1 - _SHORT) * column
    is_short = last.right - last.left < _SHORT * column
    is_indented = line.left - min(member.left for member in group) > _INDENT * body
    if len(group) == 1 and line.left < last.left - _INDENT * body:
        is_indented = False  # the first line of this paragraph was indented
    if is_indented and not _BULLET.match(group[0].text) and len(group) > 1:
        return True
    return is_short and last.text.rstrip().endswith((".", "!", "?", ":", "。", "！", "？", "："))


def _continues_in_column(last: Line, line: Line) -> bool:
    """Whether a paragraph goes on at the top of the next column."""
    return line.left > last.right and not last.text.rstrip().endswith((".", "!", "?", "。", ":"))


def _is_heading(line: Line, body: float) -> bool:
    if not line.size or len(line.text) > _MAX_HEADING or not any(map(str.isalpha, line.text)):
        return False
    if sum(map(str.isalpha, line.text)) < _MIN_LETTERS * len(line.text):
        return False  # a formula in large type
    if line.size >= _HEADING_SIZE * body:
        return True
    if line.size < _MIN_HEADING_SIZE * body or line.text.endswith((".", ",", ":", ";")):
        return False
    if line.text.count(",") > 1:
        return False  # names of authors
    return line.bold or (line.text.isupper() and len(line.text) >= _MIN_CAPITALS)


def _piece(group: list[Line], text: str, body: float, sizes: list[float]) -> Piece:
    first = group[0]
    is_heading = all(_is_heading(line, body) for line in group) and len(group) <= _MAX_HEADING_LINES
    if is_heading and len(text) <= _MAX_HEADING:
        larger = [size for size in sizes if size > first.size + _SAME_SIZE]
        by_size = first.size >= _HEADING_SIZE * body
        level = min(len(larger) + 1, 6) if by_size else _number_level(text)
        return Piece(BlockKind.HEADING, text, level=level, page=first.page)
    kind = BlockKind.LIST if _SIGN.match(text) else BlockKind.PARAGRAPH
    return Piece(kind, text, page=first.page)


def _number_level(text: str) -> int:
    """Level of a heading in the type of the text: by its section number, which starts at 2."""
    match = _SECTION_NUMBER.match(text)
    return min(2 + match[1].rstrip(".").count("."), 6) if match else 3


def _join(group: Sequence[Line], column: tuple[float, float], words: Counter[str]) -> str:
    """Text of a paragraph; lines that end early keep their end, as in tables and verses."""
    text = group[0].text
    for above, line in pairwise(group):
        if above.hyphenated:
            text = join_hyphenated(text, line.text, words)
        elif _is_full(above, column):
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


def _vocabulary(pages: Sequence[Sequence[Line]]) -> Counter[str]:
    """How often the document writes each word; the broken ends of lines are not counted."""
    words: Counter[str] = Counter()
    for lines in pages:
        broken = False
        for line in lines:
            found = [word.lower() for word in _WORD.findall(line.text)]
            words.update(found[int(broken) : len(found) - int(line.hyphenated)])
            broken = line.hyphenated
    return words


def _is_full(line: Line, column: tuple[float, float]) -> bool:
    """Whether a line ends at the far side of its column: the left one for Arabic and Hebrew."""
    left, right = column
    width = max(right - left, 1.0)
    if _reads_leftward(line.text):
        return (right - line.left) / width >= _SHORT
    return (line.right - left) / width >= _SHORT


def _reads_leftward(text: str) -> bool:
    return len(_RIGHT_TO_LEFT.findall(text)) > len(text) / 3


def _column(group: Sequence[Line], lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the column that a paragraph stands in.

    Most lines above and below a paragraph belong to its column; quantiles leave out the few, such
    as a title, that cross several columns.
    """
    left, right = min(line.left for line in group), max(line.right for line in group)
    beside = [
        line
        for line in lines[:_MAX_COLUMN_LINES]
        if min(right, line.right) - max(left, line.left)
        > 0.5 * min(right - left, line.right - line.left)
    ]
    if not beside:
        return left, right
    lefts, rights = sorted(line.left for line in beside), sorted(line.right for line in beside)
    return (
        min(left, lefts[len(lefts) // 4]),
        max(right, rights[len(rights) * 3 // 4]),
    )


def _page_title(lines: Sequence[Line], body: float) -> str:
    """The first heading of the page, or one that is set far larger."""
    headings = [line for line in lines if _is_heading(line, body)]
    if not headings:
        return ""
    largest = max(line.size for line in headings)
    first = headings[0]
    if first.size * _TITLE_SIZE < largest:
        first = next(line for line in headings if line.size == largest)
    start = list(lines).index(first)
    chosen = [first]
    for line in lines[start + 1 : start + _MAX_HEADING_LINES]:
        if abs(line.size - first.size) > _SAME_SIZE or not _is_heading(line, body):
            break
        chosen.append(line)
    return join_lines("\n".join(line.text for line in chosen))
