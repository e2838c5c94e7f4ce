"""Numbers that a text states, in one form for all their spellings.

``1,000``, ``1000``, ``１０００``, ``one thousand``, ``一千`` and ``1千`` are one value; ``50%``,
``50 percent`` and ``百分之五十`` are one value with one unit.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.text.normalise import fold_compatibility


@dataclass(frozen=True, slots=True)
class Quantity:
    """``unit`` is a canonical name, or empty where none is known to stand beside the number."""

    value: Decimal
    unit: str

    def supported_by(self, others: Collection[Quantity]) -> bool:
        """Whether one of ``others`` has this value and not another unit."""
        return any(
            other.value == self.value
            and (self.unit == other.unit or not (self.unit and other.unit))
            for other in others
        )

    def __str__(self) -> str:
        return f"{self.value:f}{self.unit if self.unit == '%' else f' {self.unit}'}".rstrip()


_UNIT_SPELLINGS: Final = {
    "%": "% percent 百分点",
    "km": "km kilometer kilometers kilometre kilometres 公里 千米",
    "m": "m meter meters metre metres 米",
    "cm": "cm centimeter centimeters centimetre centimetres 厘米",
    "mm": "mm millimeter millimeters millimetre millimetres 毫米",
    "mile": "mile miles 英里",
    "foot": "ft foot feet 英尺",
    "inch": "inch inches 英寸",
    "kg": "kg kilogram kilograms 公斤 千克",
    "g": "g gram grams 克",
    "mg": "mg milligram milligrams 毫克",
    "t": "ton tons tonne tonnes 吨",
    "pound": "lb lbs pound pounds 磅",
    "l": "l liter liters litre litres 升",
    "ms": "ms millisecond milliseconds 毫秒",
    "s": "s sec secs second seconds 秒",
    "min": "min mins minute minutes 分钟",
    "h": "h hr hrs hour hours 小时",
    "day": "day days 天",
    "week": "week weeks 周 星期",
    "month": "month months 个月",
    "year": "year years 年",
    "月": "月",
    "日": "日 号",
    "kB": "kb kib kilobyte kilobytes",
    "MB": "mb mib megabyte megabytes",
    "GB": "gb gib gigabyte gigabytes",
    "TB": "tb tib terabyte terabytes",
    "°C": "°c",
    "°F": "°f",
    "dollar": "dollar dollars usd 美元",
    "euro": "euro euros eur 欧元",
    "yuan": "yuan cny rmb 元",
    "": "st nd rd th x",
}
_UNITS: Final = {
    spelling: unit for unit, spellings in _UNIT_SPELLINGS.items() for spelling in spellings.split()
}
_SCALES: Final = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8,
}  # fmt: skip
_CHINESE_UNIT: Final = "|".join(
    sorted((unit for unit in _UNITS if unit and unit[0] > "\u4e00"), key=len, reverse=True)
)
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z]-)(?P<minus>(?<![\w)\]])[-−])?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<fraction>\.\d+)?(?![\d.]*\.\d)"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion)\b|[百千万亿萬億]+)?"
    rf"(?:(?P<gap>[ -]?)(?P<unit>%|°[CF]|{_CHINESE_UNIT}|[A-Za-z]+(?P<more>[0-9_])?))?",
    re.IGNORECASE,
)

_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_STEPS: Final = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERALS: Final = re.compile(
    r"(?P<percent>百分之)?(?P<run>[零〇一二三四五六七八九十百千万萬亿億两兩]{1,24})"
)
_DIGIT_BEHIND: Final = re.compile(r"[,.]?\d")
_MEASURED: Final = re.compile(
    r"个|年|月|日|号|天|名|位|次|岁|倍|种|条|座|人|项|层|步|类|阶段|小时|分钟|公里|米|元|吨"
)
"""What makes a single numeral before it a number rather than part of a word."""
_ENGLISH: Final = {
    word: number
    for number, word in enumerate(
        [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen",
        ]
    )
} | {
    word: 10 * tens
    for tens, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}  # fmt: skip
_WORDS: Final = re.compile(
    rf"\b(?:(?P<tens>[a-z]+ty)[- ](?P<ones>one|two|three|four|five|six|seven|eight|nine)"
    rf"|(?P<word>{'|'.join(_ENGLISH)}))\b",
    re.IGNORECASE,
)
_SCALED: Final = re.compile(r" (?:hundred|thousand|million|billion|trillion)\b", re.IGNORECASE)


def stated_quantities(text: str) -> list[Quantity]:
    """What ``text`` surely states as a number: not the ``one`` of "one of", nor the 一 of 一些."""
    return _quantities(text, every_numeral=False)


def mentioned_quantities(text: str) -> frozenset[Quantity]:
    """Whatever in ``text`` can be read as a number; what a statement is compared with."""
    return frozenset(_quantities(text, every_numeral=True))


def _quantities(text: str, *, every_numeral: bool) -> list[Quantity]:
    folded = fold_compatibility(text)
    digits = _WORDS.sub(lambda m: _english(m, every_numeral=every_numeral), folded)
    digits = _NUMERALS.sub(lambda m: _chinese(m, every_numeral=every_numeral), digits)
    found = (_quantity(match) for match in _NUMBER.finditer(digits))
    return [quantity for quantity in found if quantity is not None]


def _quantity(match: re.Match[str]) -> Quantity | None:
    whole, fraction, scale, gap, unit, more = match.group(
        "whole", "fraction", "scale", "gap", "unit", "more"
    )
    name = _UNITS.get((unit or "").lower())
    if unit and not gap and (name is None or more):
        return None  # 4o, 2FA, 3D: an identifier, and no number
    value = Decimal(whole.replace(",", "") + (fraction or ""))
    for step in re.findall(r"[a-z]+|.", (scale or "").strip().lower()):
        value *= _SCALES[step]
    value = value.normalize()
    return Quantity(-value if match.group("minus") else value, name or "")


def _english(match: re.Match[str], *, every_numeral: bool) -> str:
    if match.group("ones"):
        tens = _ENGLISH.get(match.group("tens").lower())
        ones = _ENGLISH[match.group("ones").lower()]
        return match.group() if tens is None else str(tens + ones)
    word = match.group("word").lower()
    pronoun = word == "one" and _SCALED.match(match.string, match.end()) is None
    return match.group() if pronoun and not every_numeral else str(_ENGLISH[word])


def _chinese(match: re.Match[str], *, every_numeral: bool) -> str:
    run, percent = match.group("run"), match.group("percent")
    text, start, end = match.string, match.start(), match.end()
    value = _chinese_value(run)
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if value is None or before.isdecimal() or _DIGIT_BEHIND.match(text, end):
        return match.group()
    ordinal = before == "第"
    if not (every_numeral or percent or ordinal):
        several = len(run) > 1 and (run[0] in _DIGITS or run[0] == "十")
        positional = all(character in _DIGITS for character in run)
        single = run != "一" and _MEASURED.match(text, end)
        year = after == "年"
        if not (single or (several and (year or not positional or len(run) > 2))):  # noqa: PLR2004 - 一一, 三三 are words
            return match.group()
    # Apart from what stands before them, or the digits would be part of its word or number.
    apart = " " if before and before.isascii() and (before.isalnum() or before in "_.,") else ""
    return f"{apart}{value}%" if percent else f"{apart}{value}"


def _chinese_value(run: str) -> int | None:
    """The number that Chinese numerals write; ``None`` for what is none, such as 千万 alone.

    Digits alone are positional (二〇一九); otherwise 十, 百 and 千 multiply the digit before them,
    万 what stands before it since 亿, and 亿 all that precedes.
    """
    if all(character in _DIGITS for character in run):
        return int("".join(str(_DIGITS[character]) for character in run))
    if run[0] not in _DIGITS and run[0] != "十":
        return None
    total = section = digit = 0
    for character in run:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _STEPS:
            section += (digit or 1) * _STEPS[character]
            digit = 0
        else:
            myriad = _MYRIADS[character]
            section += digit
            total = (total + section) * myriad if character in "亿億" else total + section * myriad
            section = digit = 0
    return total + section + digit
