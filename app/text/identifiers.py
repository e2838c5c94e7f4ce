"""Identifiers in a text: product numbers, versions, addresses; amounts are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

IDENTIFIER: Final = re.compile(
    # letters and digits in one word, with what holds its parts together
    r"(?<![^\W_\u3400-\u9fff])(?=[A-Za-z\d._/:+#-]{0,40}\d)(?=[\d._/:+#-]{0,40}[A-Za-z])"
    r"[A-Za-z\d]++(?:[._/:+#-]++[A-Za-z\d]++){0,8}"
    # dotted numbers: versions, addresses, clauses
    r"|(?<![\d.])\d{1,5}(?:\.\d{1,5}){2,5}(?![\d])"
    r"|(?<![A-Za-z])[vV]\.?\s?\d{1,4}(?:\.\d{1,4}){0,3}"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){1,3}\s?版"
)
_QUANTITY: Final = re.compile(
    r"\d{1,12}(?:\.\d{1,12})?(?:[kmgtKMGT]?(?:b|B|g|m|l|L|W|V|A|Hz|Pa|J|N)|kg|mg|cm|mm|km|ms|s"
    r"|h|min|rpm|st|nd|rd|th"
    r"|x|k|am|pm|°?[CF])"
    r"|\d{1,12}(?:st|nd|rd|th)?(?:-[a-z]+)+"  # 90-day, 3-year-old
)


def identifiers(text: str) -> Iterator[str]:
    """Identifiers in reading order, as they were written; ``text`` is folded to one width."""
    for match in IDENTIFIER.finditer(text):
        token = match.group().rstrip("./:-+#")
        if not _is_quantity(token):
            yield token


def _is_quantity(token: str) -> bool:
    """``30kg`` is an amount and ``3rd`` a place in a row; neither names anything."""
    return _QUANTITY.fullmatch(token) is not None
