"""Whole numbers in words: twenty-five, 二十五."""

from __future__ import annotations

from typing import Final

_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = (
    *("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ((10_000, "万"), (1_000, "千"), (100, "百"), (10, "十"))
MOST_ENGLISH: Final = 99
MOST_CHINESE: Final = 99_999_999


def english(number: int) -> str:
    """``number`` from 0 to 99 in English."""
    if not 0 <= number <= MOST_ENGLISH:
        raise ValueError(f"{number} is not between 0 and {MOST_ENGLISH}")
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def chinese(number: int) -> str:
    """``number`` from 0 to 99,999,999 in Chinese; ten to nineteen begin with 十."""
    if not 0 <= number <= MOST_CHINESE:
        raise ValueError(f"{number} is not between 0 and {MOST_CHINESE}")
    written = _whole(number)
    return written[1:] if written.startswith("一十") else written


def _whole(number: int) -> str:
    if number < len(_DIGITS):
        return _DIGITS[number]
    unit, sign = next(pair for pair in _UNITS if number >= pair[0])
    many, rest = divmod(number, unit)
    gap = "零" if rest and rest < unit // 10 else ""
    return f"{_whole(many)}{sign}{gap}{_whole(rest) if rest else ''}"
