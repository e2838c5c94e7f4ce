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

from app.answering.verifying.units import PER, chinese_units, same_amount, unit_named
from app.text.normalise import fold_compatibility


@dataclass(frozen=True, slots=True)
class Quantity:
    """``unit`` is a canonical name, or empty where none is known to stand beside the number.

    What is measured by another thing has both: ``l/min``.
    """

    value: Decimal
    unit: str

    def supported_by(self, others: Collection[Quantity]) -> bool:
        """Whether one of ``others`` is the same amount, or the same number without a unit."""
        return self.found_in(others) is not None

    def found_in(self, others: Collection[Quantity]) -> Quantity | None:
        """The one of ``others`` that supports it, one of the same unit first."""
        if self in others:
            return self
        amount = next((o for o in others if self.unit and o.unit and self._amounts_to(o)), None)
        alike = [other for other in others if other.value == self.value]
        if amount or (self.unit and any(other.unit for other in alike)):
            return amount
        return next((o for o in alike if not (self.unit and o.unit)), None)

    def _amounts_to(self, other: Quantity) -> bool:
        return same_amount(self.value, self.unit, other.value, other.unit) or (
            {self.unit, other.unit} == {"pound", "£"} and self.value == other.value
        )

    def __str__(self) -> str:
        return f"{self.value:f}{self.unit if self.unit == '%' else f' {self.unit}'}".rstrip()


_CURRENCIES: Final = {"$": "$", "€": "€", "£": "£", "¥": "¥", "￥": "¥", "US$": "$", "HK$": "HKD"}
_SCALES: Final = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8,
}  # fmt: skip
_CHINESE_UNIT: Final = "|".join(chinese_units())
_NUMBER: Final = re.compile(
    r"(?P<currency>US\$|HK\$|[$€£¥￥])?\s?"
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z]-)"
    r"(?P<minus>(?<![A-Za-z0-9)\]])[-−–](?=\d)|(?:\b(?:minus|negative) |零下|(?<![抱胜担])负)\s?)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d++)(?P<fraction>\.\d++)?(?![\d.]*\.\d)"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion)\b|(?:[百万亿萬億]"
    r"|千(?![米克瓦帕赫伏焦卡])){1,4})?"
    rf"(?:(?P<gap>[ -]?)(?P<unit>[%‰]|°[CF]?|(?i:(?:degrees?|pounds?) (?:celsius|centigrade"
    rf"|fahrenheit|sterling)\b)|(?:{_CHINESE_UNIT})(?:/(?:{_CHINESE_UNIT}|[分时]))?"
    rf"|[A-Za-zµμΩ][A-Za-z²³µμΩ/]{{0,14}}(?P<more>[0-9_])?))?",
)
_RANGE: Final = re.compile(r"\s?(?:-|–|—|~|～|to|至|到|and|和)\s?(?:[$€£¥￥]\s?)?", re.IGNORECASE)

_EACH: Final = re.compile(
    r"\s?(?:/\s?|\b(?:per|an?|each|every)\s)(?P<by>[A-Za-z]{1,9}\b)(?!\s(?:and|half))"
    rf"|/(?P<han>{_CHINESE_UNIT}|[分时])",
    re.IGNORECASE,
)
"""Behind a measure: what it is measured by."""
_EACH_BEFORE: Final = re.compile(
    rf"每一?(?P<by>{_CHINESE_UNIT}|[月日年分时])[^，。；、,;\d]{{0,6}}\Z"
)
"""Before it, as in 每小时行驶5公里."""
_LOOKED_BACK: Final = 12
"""Characters before a number in which that is looked for."""
_PERIODS: Final = re.compile(
    r"\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annual|annually)\b"
    r"|每一?个?(?P<each>小时|分钟|季度|[天日周月年])|按(?P<by>[天日周月年])"
    r"|(?P<head>[日周月年])(?:费|薪|租|息|供|均|产|销|用量|剂量|工资|收入|价)",
    re.IGNORECASE,
)
_ADVERBS: Final = {
    "hourly": "h", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip
_AS_PERIODS: Final = {"日": "day", "月": "month", "年": "year", "分": "min", "时": "h"}
_HALVES: Final = (
    (re.compile(r"\bhalf an? (?=[a-z]{3,9}\b)", re.IGNORECASE), "0.5 "),
    (re.compile(r"\b(\d{1,4}) and a half(?= [a-z])", re.IGNORECASE), r"\1.5"),
    (re.compile(r"\ban? ([a-z]{3,9}) and a half\b", re.IGNORECASE), r"1.5 \1"),
    (re.compile(r"(\d{1,4})\s?个半(?=小时|钟头|星期|季度)"), r"\1.5"),
    (re.compile(r"(\d{1,4})\s?个半(?=月)"), r"\1.5个"),
    (re.compile(r"(\d{1,4})\s?(年|天|小时|公里|吨|公斤|斤)半"), r"\1.5\2"),
    (re.compile(r"一个半(?=小时|钟头|星期|季度)"), "1.5"),
    (re.compile(r"一个半(?=月)"), "1.5个"),
    (re.compile(r"一([年天])半"), r"1.5\1"),
    (
        re.compile(
            r"(?<![\d个多大一前后上下过北南东西])半(?:个(?=小时|钟头)|(?=小时|钟头|个?月|天|年|公里|公斤|吨|分钟|斤))"
        ),
        "0.5",
    ),
)

_GOES_ON: Final = re.compile(r"\s{1,3}[^\W\d_]")
_BELOW_ZERO: Final = re.compile(r"零下\s?(?=[\d零一二两三四五六七八九十])")
"""Said before numerals are read, of which 零 is one."""
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_STEPS: Final = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERALS: Final = re.compile(
    r"(?P<percent>百分之)?(?P<run>[零〇一二三四五六七八九十百千万萬亿億两兩]{1,24})"
)
_DIGIT_BEHIND: Final = re.compile(r"[,.]?\d")
_MEASURED: Final = re.compile(
    r"个|年|月|日|号|天|名|位|次|岁|倍|种|条|座|人|项|层|步|类|阶段|小时|分钟|公里|米|元|吨|部"
    r"|本|件|张|辆|套|间|份|所|家"
    r"|支|架|艘|届|期|页|行|列|句|段|章|节|场|轮|口|只|头|棵|颗|块|片|根|瓶|杯|盒|袋|箱|包|斤"
    r"|克|升|度|级|折|秒|周|季|代"
    r"|组|队|班|批|对|双|副|幅|台|款|份|道|趟|顿|股|门|封|扇|把|圈|档|栏|股"
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


def quantities_in(text: str, *, every_numeral: bool) -> tuple[list[Quantity], str]:
    """The quantities of ``text``, and the text with what they are written in left out."""
    folded = _BELOW_ZERO.sub("-", fold_compatibility(text)).replace("per cent", "percent")
    digits = _WORDS.sub(lambda m: _english(m, every_numeral=every_numeral), folded)
    digits = _NUMERALS.sub(lambda m: _chinese(m, every_numeral=every_numeral), digits)
    for half, number in _HALVES:
        digits = half.sub(number, digits)
    found: list[Quantity] = []
    rest: list[str] = []
    at = 0
    for match in _NUMBER.finditer(digits):
        quantity = _quantity(match)
        if quantity is None:
            continue
        known = match["unit"] and unit_named(match["unit"]) is not None
        if match["unit"] == "in" and _GOES_ON.match(digits, match.end()):
            # "Call 112 in an emergency."
            known = False
            quantity = quantity if match["currency"] else Quantity(quantity.value, "")
        start, end = match.start(), match.end()
        if not known and match["unit"]:
            end = match.start("gap")
        between = digits[at : max(at, start)]
        if quantity.unit and PER not in quantity.unit:
            quantity, between, end = _measured_by(quantity, digits, between, end)
        if found and not found[-1].unit and _RANGE.fullmatch(digits, at, match.start()):
            found[-1] = Quantity(found[-1].value, quantity.unit)  # 10 to 20 kg
        found.append(quantity)
        rest.append(between)
        rest.append(" ¦ ")
        at = end
    rest.append(digits[at:])
    return found, "".join(rest)


def _quantities(text: str, *, every_numeral: bool) -> list[Quantity]:
    return quantities_in(text, every_numeral=every_numeral)[0]


def periods_in(text: str) -> frozenset[str]:
    """The units of time that ``text`` counts by without a number: of "monthly", ``month``."""
    found = set()
    for match in _PERIODS.finditer(fold_compatibility(text)):
        adverb, each, by, head = match.group("adverb", "each", "by", "head")
        word = each or by or head
        found.add(
            _ADVERBS[adverb.lower()] if adverb else _AS_PERIODS.get(word) or unit_named(word) or ""
        )
    return frozenset(found)


def _measured_by(quantity: Quantity, text: str, before: str, end: int) -> tuple[Quantity, str, int]:
    """The quantity with what it is measured by, what stands ``before`` both, and where they end."""
    if (behind := _EACH.match(text, end)) is not None:
        word = behind["by"] or behind["han"]
        if by := _AS_PERIODS.get(word) or unit_named(word):
            return Quantity(quantity.value, f"{quantity.unit}{PER}{by}"), before, behind.end()
    if (each := _EACH_BEFORE.search(before, max(0, len(before) - _LOOKED_BACK))) is not None:
        by = _AS_PERIODS.get(each["by"]) or unit_named(each["by"])
        # What stands between the two, as a verb does, is kept.
        before = before[: each.start()] + before[each.end("by") :]
        return Quantity(quantity.value, f"{quantity.unit}{PER}{by}"), before, end
    return quantity, before, end


def _quantity(match: re.Match[str]) -> Quantity | None:
    whole, fraction, scale, gap, unit, more = match.group(
        "whole", "fraction", "scale", "gap", "unit", "more"
    )
    name = unit_named(unit) if unit else None
    if unit and not gap and (name is None or more):
        return None if unit[0].isascii() and unit[0].isalpha() else Quantity(Decimal(whole), "")
    value = Decimal(whole.replace(",", "") + (fraction or ""))
    for step in re.findall(r"[a-z]+|.", (scale or "").strip().lower()):
        value *= _SCALES[step]
    value = value.normalize()
    if currency := match["currency"]:
        name = _CURRENCIES[currency]
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
