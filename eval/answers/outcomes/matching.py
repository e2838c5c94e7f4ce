"""Whether a text contains an expected answer, as a person would read it.

Width, case, Traditional characters, kinds of dashes and quotes, thousands separators and white
space beside Chinese are ignored. Words and numbers are matched whole: "60 kg" is not in "160 kg",
"5" not in "15", "2.5" or "-5", 五天 not in 十五天, "E10" not in "E102"; "250 kg" is in "250kg".
Numerals are not converted: "thirty" is not "30".
"""

from __future__ import annotations

import re
from typing import Final

from app.text.normalise import HAN_RANGES, normalise

MINUS: Final = "\N{MINUS SIGN}"
"""A dash that is the sign of a number, and neither a range nor a hyphen, becomes this."""

_CJK: Final = "\u3001-\u303f\u3040-\u30ff" + "".join(f"{chr(a)}-{chr(b)}" for a, b in HAN_RANGES)
_IS_CJK: Final = re.compile(f"[{_CJK}]")
_SEPARATED: Final = re.compile(
    r"(?<![0-9.])[0-9]{1,3}(?:[,'\u2019\u00a0\u2009\u202f][0-9]{3}){1,6}(?![0-9])"
)
_SEPARATORS: Final = str.maketrans("", "", ",'\u2019\u00a0\u2009\u202f")
_ONE_SPELLING: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u201c\u201d", '"')
)
_SPACES: Final = re.compile(r"\s+")
_NEEDLESS: Final = re.compile(
    rf" (?=[{_CJK}])|(?<=[{_CJK}]) "
    r"|(?<=[0-9]) (?=[%‰°])|(?<=[$€£¥]) (?=[0-9])"
)
_RANGE: Final = re.compile(r"(?<=[0-9]) - (?=[0-9])")
_DASH: Final = re.compile(r"-(?=\.?[0-9])")
_BEFORE_UNIT: Final = re.compile(r"(?<=[0-9]) ?(?=[^\W\d_])")
_HAN_NUMERALS: Final = frozenset("〇零一二三四五六七八九十百千万亿两")
_NO_NUMBER: Final = frozenset("周期统唯同单")
"""Characters that form a word with a following numeral: in 周二三点, 三 begins another number."""
_BEFORE_NUMBERS: Final = frozenset(
    "v ver rev usd eur gbp cny rmb jpy chf hkd aud cad us".split()  # noqa: SIM905 - reads as a list
)
"""Letters that may precede a number without being part of its name: v2.3.1, USD500."""


def fold(text: str) -> str:
    """Normalises a text for comparison; the function is idempotent."""
    together = _SEPARATED.sub(lambda found: found[0].translate(_SEPARATORS), text)
    plain = normalise(together).translate(_ONE_SPELLING)
    spaced = _RANGE.sub("-", _NEEDLESS.sub("", _SPACES.sub(" ", plain)).strip())
    return _DASH.sub(lambda found: MINUS if _is_sign(spaced, found.start()) else "-", spaced)


def holds(text: str, wanted: str) -> bool:
    """Whether a text contains ``wanted`` as whole words; an empty normal form is never contained.

    Args:
        text: Any text, folded by `fold`.
        wanted: What is looked for, as it was written.
    """
    pieces = _BEFORE_UNIT.split(fold(wanted))
    if pieces == [""]:
        return False
    pattern = re.compile(" ?".join(map(re.escape, pieces)))
    found = pattern.search(text)
    while found is not None:
        if _begins(text, found.start()) and _ends(text, found.start(), found.end()):
            return True
        found = pattern.search(text, found.start() + 1)
    return False


def _is_sign(text: str, at: int) -> bool:
    """Whether the dash is a sign: no word or number ends before it."""
    before = text[at - 1] if at else " "
    if _IS_CJK.match(before):
        return not (at > 1 and text[at - 2].isdigit())  # 3天-18天 is a range
    return not (before.isalnum() or before in ")]}%‰°.-_")


def _is_letter(character: str) -> bool:
    return character.isalpha() and not _IS_CJK.match(character)


def _begins(text: str, at: int) -> bool:
    """Whether a word or number can begin there."""
    first, before = text[at], text[at - 1] if at else ""
    if not before:
        return True
    if first.isdigit():
        if before == "." and at > 1:
            return not text[at - 2].isdigit()
        if _is_letter(before):
            return _letters_before(text, at) in _BEFORE_NUMBERS
        return not before.isdigit() and before != MINUS
    if first in _HAN_NUMERALS and before in _HAN_NUMERALS:
        return at > 1 and text[at - 2] in _NO_NUMBER
    return not (_is_letter(first) and _is_letter(before))


def _letters_before(text: str, at: int) -> str:
    """The letters before a position, one more than the longest word of `_BEFORE_NUMBERS`."""
    start = at
    while start and at - start < 4 and _is_letter(text[start - 1]):  # noqa: PLR2004 - "rev" and one
        start -= 1
    return text[start:at] if not (start and text[start - 1].isalnum()) else ""


def _ends(text: str, start: int, end: int) -> bool:
    """Whether the word or number of ``text[start:end]`` can end there."""
    last, after = text[end - 1], text[end : end + 1]
    if not after:
        return True
    if last.isdigit():
        if after == ".":
            return not text[end + 1 : end + 2].isdigit()
        if _is_letter(after):
            return not _is_identifier(text[start:end])
        return not after.isdigit()
    if last in _HAN_NUMERALS and after in _HAN_NUMERALS:
        return False
    return not (_is_letter(last) and (_is_letter(after) or after.isdigit()))


def _is_identifier(text: str) -> bool:
    """Whether final digits belong to letters before them, as in T40."""
    stem = text.rstrip("0123456789")
    return bool(stem) and _is_letter(stem[-1])
