"""Glyphs of a PDF page with their boxes, as pdfium gives them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pypdfium2 as pdfium
from pypdfium2 import raw

HYPHENS: Final = "\x02\ufffe"
"""What pdfium puts for a hyphen at the end of a line that it takes for hyphenation."""
_LAM: Final = "\u0644"
_ALEFS: Final = frozenset("\u0622\u0623\u0625\u0627")
_HIGH_SURROGATES: Final = range(0xD800, 0xDC00)
_LINE_OVERLAP: Final = 0.5
"""Share of the lower one's height that both must share."""


@dataclass(slots=True)
class Glyph:
    """One character; coordinates are points from the left and from the bottom of the page."""

    char: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    is_generated: bool
    index: int

    @property
    def is_inked(self) -> bool:
        """Whether it leaves ink on the page."""
        return not self.is_generated and not self.char.isspace()


def read_glyphs(text: pdfium.PdfTextPage) -> list[Glyph]:
    """All glyphs of a page in the order of its content, generated line ends among them."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    matrix = raw.FS_MATRIX()
    glyphs: list[Glyph] = []
    high = 0
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in _HIGH_SURROGATES:
            high = code
            continue
        if high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
            high = 0
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        # The nominal size is 1 in files that scale their type by matrix.
        raw.FPDFText_GetMatrix(text, index, matrix)
        glyphs.append(
            Glyph(
                chr(code),
                left.value,
                right.value,
                bottom.value,
                top.value,
                raw.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d),
                raw.FPDFText_IsGenerated(text, index) == 1,
                index,
            )
        )
    return _mend_ligatures(glyphs)


def _mend_ligatures(glyphs: list[Glyph]) -> list[Glyph]:
    """Puts lam before alef where one glyph stands for both: pdfium reverses those with the line."""
    for index in range(1, len(glyphs)):
        first, second = glyphs[index - 1], glyphs[index]
        is_one_glyph = (first.left, first.right) == (second.left, second.right)
        if is_one_glyph and first.char in _ALEFS and second.char == _LAM:
            first.char, second.char = second.char, first.char
    return glyphs


def inked_of(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Those that leave ink on the page."""
    return [glyph for glyph in glyphs if glyph.is_inked]


class _Box(Protocol):
    @property
    def bottom(self) -> float: ...

    @property
    def top(self) -> float: ...


def share_a_line(first: _Box, second: _Box) -> bool:
    """Whether glyphs or stretches of text stand at the same height."""
    height = min(first.top - first.bottom, second.top - second.bottom)
    overlap = min(first.top, second.top) - max(first.bottom, second.bottom)
    return overlap > _LINE_OVERLAP * height
