"""One spelling for each text: Unicode form, case, width, and Simplified for Traditional Chinese."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

import opencc

HAN_RANGES = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""Code points of Chinese characters: the unified blocks, the extensions, the compatibility ones."""
_LONG_RUN: Final = re.compile(r"[\W\uff9e\uff9f]{31,}")
"""Where more combining marks may stand in a row than any language puts on one letter.

No mark is a letter but the two of halfwidth kana. Source: Unicode Standard Annex 15, section 13.
"""


def normalise(text: str) -> str:
    """The spelling that indexes hold; folding it again changes nothing.

    Compatibility forms are unified (fullwidth ＡＢＣ becomes abc, the ligature ﬁ becomes fi), case
    is folded, ignorable characters such as soft hyphens and unpaired surrogates are dropped, and
    Traditional characters become Simplified one by one, so that each folds alike in any context.
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:  # NFKC and casefold can each undo the other
        folded = again
    return folded


def fold_compatibility(text: str) -> str:
    """NFKC without the characters that carry no meaning; case and Traditional forms are kept."""
    if text.isascii():  # each character is its own compatibility form, and none is ignorable
        return text
    visible = _LONG_RUN.sub(_in_order, text.translate(_ignorable()))
    return unicodedata.normalize("NFKC", visible)


def in_simplified(text: str) -> str:
    """`fold_compatibility` with Simplified for Traditional characters; case is kept."""
    folded = fold_compatibility(text)
    return folded if folded.isascii() else folded.translate(_simplified())


def _fold_once(text: str) -> str:
    return fold_compatibility(text).casefold().translate(_simplified())


def _in_order(run: re.Match[str]) -> str:
    """Its marks as NFKC orders them, which takes it time that grows with their number's square."""
    return "".join(
        _ordered("".join(part)) if are_marks else "".join(part)
        for are_marks, part in groupby(run.group(), _is_mark)
    )


def _ordered(marks: str) -> str:
    taken_apart = "".join(unicodedata.normalize("NFKD", mark) for mark in marks)
    return "".join(sorted(taken_apart, key=unicodedata.combining))


def _is_mark(character: str) -> bool:
    """Whether it is reordered among its like, or made of what is."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0


@cache
def _ignorable() -> dict[int, None]:
    """Format characters (zero-width joiners, soft hyphens, bidi marks, BOMs) and surrogates."""
    return {
        point: None
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in ("Cf", "Cs")
    }


@cache
def _simplified() -> dict[int, str]:
    """Traditional character to Simplified, by OpenCC, closed under repetition."""
    points = [chr(p) for start, end in HAN_RANGES for p in range(start, end + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(points)).split("\n")
    table = {have: to for have, to in zip(points, converted, strict=True) if have != to}
    closed: dict[int, str] = {}
    for have, first in table.items():
        to, seen = first, {have}
        while to in table and to not in seen:
            seen.add(to)
            to = table[to]
        closed[ord(have)] = to
    return closed
