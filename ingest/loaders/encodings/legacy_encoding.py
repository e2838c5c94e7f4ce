"""Which legacy encoding bytes are in, by how common the characters are that each one yields.

The national standards themselves sort characters by how common they are: level 1 of GB 2312 and
of JIS X 0208 and the first plane of Big5 hold those of everyday text. Decoding with the right
codec puts more than nine characters in ten into that set, a wrong one scatters them; so no
frequency table has to be carried.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from charset_normalizer import from_bytes

CJK_ENCODINGS: Final = (
    "gb18030",
    "big5hkscs",
    "cp932",
    "euc_jp",
    "cp949",
    "utf-16-le",
    "utf-16-be",
)
_MIN_COMMON: Final = 0.8
"""Share of non-ASCII characters that must be common ones for a CJK codec to be believed."""
_MIN_KOREAN_SAMPLE: Final = 24
"""Non-ASCII bytes from which a tie goes to Korean.

Hangul has the bytes of a part of the common Chinese characters, so Korean always reads as Chinese;
that Chinese reads as Korean for twelve characters on end has odds of about one in five hundred.
"""
_MAX_BROKEN: Final = 0.01
"""Share of characters that may be undecodable: one damaged byte decides nothing."""
_WESTERN: Final = "cp1252"
_SINGLE_BYTE: Final = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp874",
)  # fmt: skip
_MIN_SINGLE_BYTE_SAMPLE: Final = 48
"""Non-ASCII bytes below which a guess among single-byte encodings is no better than Western."""
_FIRST_NON_ASCII: Final = 0x80
_PUNCTUATION: Final = frozenset(
    chr(code)
    for first, last in ((0x2010, 0x2027), (0x3000, 0x3017), (0xFF01, 0xFF5E), (0x2460, 0x2473))
    for code in range(first, last + 1)
) | frozenset("·×—℃°")


def likely_cjk(data: bytes) -> str | None:
    """The CJK codec under which ``data`` reads as everyday text, or ``None``."""
    scores = {encoding: _score(data, encoding) for encoding in CJK_ENCODINGS}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores["cp949"] >= scores[best] and _count_non_ascii(data) >= _MIN_KOREAN_SAMPLE:
        best = "cp949"
    return best if scores[best] >= _MIN_COMMON else None


def likely_single_byte(data: bytes) -> str:
    """A single-byte codec; Windows-1252 where the sample is too small to tell."""
    if _count_non_ascii(data) < _MIN_SINGLE_BYTE_SAMPLE:
        return _WESTERN
    best = from_bytes(data, cp_isolation=list(_SINGLE_BYTE)).best()
    return best.encoding if best is not None else _WESTERN


def _count_non_ascii(data: bytes) -> int:
    return sum(byte >= _FIRST_NON_ASCII for byte in data)


def _score(data: bytes, encoding: str) -> float:
    """Share of everyday characters among the non-ASCII ones, in [0, 1]."""
    if encoding.startswith("utf-16") and len(data) % 2:
        return 0.0
    text = data.decode(encoding, "replace")
    if text.count("\ufffd") > _MAX_BROKEN * len(text):
        return 0.0
    signs = [sign for sign in text if sign > "\x7f"]
    common = _common(encoding)
    return sum(sign in common for sign in signs) / len(signs) if signs else 0.0


@cache
def _common(encoding: str) -> frozenset[str]:
    chinese = _characters("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    traditional = _characters("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    japanese = _characters(
        "shift_jis", range(0x88, 0x98), (*range(0x40, 0x7F), *range(0x80, 0xFD))
    ) | frozenset(chr(code) for code in range(0x3041, 0x30FF))
    korean = _characters("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF))
    match encoding:
        case "gb18030":
            letters = chinese
        case "big5hkscs":
            letters = traditional
        case "cp932" | "euc_jp":
            letters = japanese
        case "cp949":
            letters = korean
        case _:
            letters = chinese | traditional | japanese | korean
    return letters | _PUNCTUATION


def _characters(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> frozenset[str]:
    trails = tuple(trails)
    text = "".join(
        bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails
    )
    return frozenset(sign for sign in text if sign > "\x7f")
