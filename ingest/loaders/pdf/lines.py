"""Lines of a PDF page with their place and type size, in the order of the page's content.

Content order is kept because programs that typeset columns write them one after the other;
sorting by position is what mixes columns up.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.loaders.pdf.columns import by_columns
from ingest.loaders.pdf.glyphs import HYPHENS, Glyph, inked_of, read_glyphs, share_a_line

_BOLD_NAME: Final = re.compile(rb"bold|black|heavy|medi\b|[A-Z]BX\d", re.IGNORECASE)
"""Names of bold type; the weight that files state is often 0."""
_FONT_NAME_BYTES: Final = 128
_GLYPH_SPACE: Final = "\x03"
_GLYPH_SHIFT: Final = 29
_ASCII_END: Final = 0x7F
_PLAIN_SHARE: Final = 0.85
_STRAY_MARK: Final = re.compile("[ ]([\u064b-\u0652]+)(\\w)")
"""An Arabic vowel sign that pdfium sets apart before its letter."""
_WORD_GAP: Final = 0.15
_MAX_ANGLE: Final = 0.1
"""Radians by which upright text may lean."""
CELL_SEPARATOR: Final = " | "
_CELL_GAP: Final = 1.5
"""Width of a gap between cells, as a multiple of the type size; justified text rarely has one."""
_MIN_GAPS: Final = 2
"""Such gaps in a line that make it a row of cells."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line between wide gaps; ``left`` and ``right`` are points from the left."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Coordinates are points from the left and from the bottom of the page.

    ``size`` is the type size of most characters, 0 for rotated text; ``hyphenated`` says
    that the last word goes on below; ``parts`` are what wide gaps divide it into, and ``cells``
    counts them where they are enough to make it a row by itself; ``words`` are what any gap does,
    with the blanks between them; ``depth`` is the place from the top of the page in [0, 1].
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    hyphenated: bool
    cells: int
    page: int
    depth: float
    parts: tuple[Part, ...] = ()
    words: tuple[Part, ...] = ()


def page_lines(text: pdfium.PdfTextPage, *, page: int, height: float) -> list[Line]:
    """Lines of one page; ``page`` counts from 1, ``height`` is the page's in points."""
    lines: list[list[Glyph]] = [[]]
    for glyph in read_glyphs(text):
        if glyph.char in "\r\n":
            if lines[-1]:
                lines.append([])
        else:
            lines[-1].append(glyph)
            if glyph.char in HYPHENS:
                lines.append([])
    built = (_line(text, glyphs, page, height) for glyphs in by_columns(lines))
    return _join_stretches(_mend_glyph_codes([line for line in built if line is not None]))


def _line(text: pdfium.PdfTextPage, glyphs: list[Glyph], page: int, height: float) -> Line | None:
    inked = inked_of(glyphs)
    if not inked:
        return None
    wide = _gaps(inked, _CELL_GAP)
    gaps = wide if len(wide) >= _MIN_GAPS else set()
    chars = "".join(
        CELL_SEPARATOR + glyph.char if glyph.index in gaps else glyph.char for glyph in glyphs
    )
    hyphenated = chars[-1] in HYPHENS
    for hyphen in HYPHENS:
        chars = chars.replace(hyphen, "")
    bottom, top = min(glyph.bottom for glyph in inked), max(glyph.top for glyph in inked)
    is_upright = abs(raw.FPDFText_GetCharAngle(text, inked[0].index)) < _MAX_ANGLE
    size = Counter(round(glyph.size, 1) for glyph in inked).most_common(1)[0][0]
    return Line(
        text=_STRAY_MARK.sub(r"\2\1", chars).strip(),
        left=min(glyph.left for glyph in inked),
        right=max(glyph.right for glyph in inked),
        bottom=bottom,
        top=top,
        size=size if is_upright else 0.0,
        bold=all(_is_bold(text, glyph.index) for glyph in (inked[0], inked[-1])),
        hyphenated=hyphenated,
        cells=len(gaps) + 1,
        page=page,
        depth=1 - (bottom + top) / 2 / height if height else 0.0,
        parts=_parts(glyphs, wide),
        words=_parts(glyphs, _gaps(inked, _WORD_GAP), strip=False),
    )


def _parts(glyphs: list[Glyph], gaps: set[int], *, strip: bool = True) -> tuple[Part, ...]:
    """What stands between gaps."""
    groups: list[list[Glyph]] = [[]]
    for glyph in glyphs:
        if glyph.index in gaps:
            groups.append([])
        groups[-1].append(glyph)
    parts: list[Part] = []
    for group in groups:
        inked = inked_of(group)
        if inked:
            text = "".join("-" if glyph.char in HYPHENS else glyph.char for glyph in group)
            left, right = min(g.left for g in inked), max(g.right for g in inked)
            parts.append(Part(text.strip() if strip else text, left, right))
    return tuple(parts)


def _gaps(inked: list[Glyph], least: float) -> set[int]:
    """Indexes of the glyphs that a gap precedes; ``least`` is in type sizes."""
    return {
        glyph.index
        for last, glyph in pairwise(inked)
        if glyph.left - last.right > least * max(last.size, glyph.size)
    }


def _is_bold(text: pdfium.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    raw.FPDFText_GetFontInfo(text, index, name, _FONT_NAME_BYTES, ctypes.c_int())
    return _BOLD_NAME.search(name.value) is not None


def _join_stretches(lines: list[Line]) -> list[Line]:
    """Joins what pdfium broke though it stands side by side: superscripts, cells of a row."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and not last.hyphenated and _continues(last, line):
            joined[-1] = _beside(last, line)
        else:
            joined.append(line)
    return joined


def _mend_glyph_codes(lines: list[Line]) -> list[Line]:
    r"""Reads text of fonts without a character table, which comes out as glyph numbers.

    TrueType fonts number their glyphs in the order of ASCII, the space being number 3; so
    ``$FW\x03\x14`` says ``Act 1``. Only pages on which such spaces occur are touched.
    """
    if not any(_GLYPH_SPACE in line.text for line in lines):
        return lines
    return [
        replace(
            line,
            text=_mend_codes(line.text),
            parts=tuple(replace(part, text=_mend_codes(part.text)) for part in line.parts),
            words=tuple(replace(word, text=_mend_codes(word.text)) for word in line.words),
        )
        for line in lines
    ]


def _mend_codes(text: str) -> str:
    shifted = "".join(
        chr(ord(sign) + _GLYPH_SHIFT) if ord(sign) + _GLYPH_SHIFT < _ASCII_END else sign
        for sign in text
        if sign != " "
    )
    if any("a" <= sign <= "z" for sign in text):
        return text  # no glyph number of a letter is as high as a lower-case letter
    if any(sign < " " for sign in text):
        return shifted  # glyph numbers of digits and of punctuation
    return shifted if _plain_share(shifted) > max(_PLAIN_SHARE, _plain_share(text)) else text


def _plain_share(text: str) -> float:
    return sum(sign.isalnum() or sign in " .,:;?!'\"()-" for sign in text) / max(1, len(text))


def _continues(last: Line, line: Line) -> bool:
    gap = line.left - last.right
    return share_a_line(last, line) and -0.5 * line.size <= gap < 2 * max(last.size, line.size)


def _beside(last: Line, line: Line) -> Line:
    larger = last if len(last.text) >= len(line.text) else line
    gap = line.left - last.right
    is_wide = gap > _CELL_GAP * larger.size
    space = CELL_SEPARATOR if is_wide else " " if gap > _WORD_GAP * larger.size else ""
    return Line(
        text=f"{last.text}{space}{line.text}",
        left=min(last.left, line.left),
        right=max(last.right, line.right),
        bottom=min(last.bottom, line.bottom),
        top=max(last.top, line.top),
        size=larger.size,
        bold=larger.bold,
        hyphenated=line.hyphenated,
        cells=last.cells + line.cells - (0 if is_wide else 1),
        page=last.page,
        depth=larger.depth,
        parts=_parts_beside(last.parts, line.parts, None if is_wide else space),
        words=_words_beside(last.words, line.words, space),
    )


def _parts_beside(
    left: tuple[Part, ...], right: tuple[Part, ...], space: str | None
) -> tuple[Part, ...]:
    """Parts of two stretches; ``space`` is what joins the last and the first, if anything."""
    if space is None or not left or not right:
        return left + right
    last, first = left[-1], right[0]
    joined = Part(f"{last.text}{space}{first.text}", last.left, first.right)
    return (*left[:-1], joined, *right[1:])


def _words_beside(left: tuple[Part, ...], right: tuple[Part, ...], space: str) -> tuple[Part, ...]:
    """Words of two stretches; those that no space parts are one."""
    if not space or not left:
        return _parts_beside(left, right, "")
    return (*left[:-1], replace(left[-1], text=f"{left[-1].text} "), *right)
