"""Numbered parts of documents, such as ``Article 5`` and ``第五条``, in all their spellings."""

from __future__ import annotations

import re
from typing import Final

from app.text.normalise import normalise

NUMBERED_PART: Final = re.compile(
    r"\b(?P<noun>version|release|article|section|clause|chapter|step|level|phase|appendix|annex"
    r"|rule|room|line|port|extension|form|type|class|grade|tier|code|error|model|building|floor"
    r"|gate|line|no\.?|number|finding|item|option|plan)\s{1,2}#?(?P<id>\d[\d.]{0,9}\d|\d"
    r"|[A-Z]\d{0,4})\b"
    r"|第\s?(?P<zh>\d[\d.]{0,9}|[一二三四五六七八九十百]{1,4})\s?(?P<unit>条|章|节|版|步|级"
    r"|阶段|期|款|项|号|楼|层)",
    re.IGNORECASE,
)
"""A part by its number behind a noun, ``noun`` and ``id``, or in Chinese, ``zh`` and ``unit``."""


def numbered_part(parts: re.Match[str]) -> re.Pattern[str]:
    """``Article 5`` in its spellings: behind its noun, or at the beginning of a heading."""
    if parts["id"]:
        noun, number = re.escape(normalise(parts["noun"])), re.escape(normalise(parts["id"]))
        return re.compile(
            rf"{noun}s?\W{{0,4}}{number}(?![a-z\d]|\.\d)|(?:^|› ?|\n){number}[.)\s](?!\d)"
        )
    unit, number = parts["unit"], parts["zh"]
    digits = chinese_digits(number)
    either = "|".join(map(re.escape, dict.fromkeys((number, digits))))
    return re.compile(rf"第\s?(?:{either})\s?{unit}|(?:^|› ?|\n)(?:{either})[.)、\s](?!\d)")


_CHINESE_NUMERALS: Final = "零一二三四五六七八九"


def chinese_digits(numeral: str) -> str:
    """``十二`` as ``12`` and ``12`` as ``十二``, below one hundred; other numerals as they are."""
    if numeral.isdecimal() and len(numeral) <= 2:  # noqa: PLR2004 - below one hundred
        tens, ones = divmod(int(numeral), 10)
        head = "" if not tens else ("十" if tens == 1 else _CHINESE_NUMERALS[tens] + "十")
        return head + (_CHINESE_NUMERALS[ones] if ones or not tens else "")
    if numeral and set(numeral) <= set(_CHINESE_NUMERALS + "十") and numeral.count("十") <= 1:
        left, _, right = numeral.partition("十") if "十" in numeral else ("", "", numeral)
        if "十" not in numeral:
            return str(_CHINESE_NUMERALS.index(numeral)) if len(numeral) == 1 else numeral
        tens = _CHINESE_NUMERALS.index(left) if left else 1
        return str(10 * tens + (_CHINESE_NUMERALS.index(right) if right else 0))
    return numeral
