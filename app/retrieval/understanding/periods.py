"""Stretches of days as English and Chinese name them: "since March 2024", 最近三个月.

Weeks begin on Monday; a month or a quarter without a year is the last one that has begun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.text.months import MONTHS

_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR: Final = r"(?:19|20)\d\d"
_UNIT: Final = "day|week|month|quarter|year"
_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        (
            "one 一", "two 二 两", "three 三", "four 四", "five 五", "six 六", "seven 七",
            "eight 八", "nine 九", "ten", "eleven", "twelve",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_QUARTERS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4} | {
    number: _NUMBERS[number] for number in "一二三四"
}
_ENGLISH_NUMBER: Final = "|".join(word for word in _NUMBERS if word.isascii())
_CHINESE_NUMBER: Final = r"\d{1,3}|[二三]?十[一二三四五六七八九]?|[一二两三四五六七八九]"

_ENGLISH_POINT: Final = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})\.?,? (?P<year>{_YEAR})"
    rf"|(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?, (?P<year2>{_YEAR})"
    rf"|(?P<month3>{_MONTH})\.?(?: (?P<year3>{_YEAR}))?"
    rf"|(?:Q(?P<quarter>[1-4])|the (?P<quarter2>first|second|third|fourth) quarter)"
    rf"(?:(?: of)? (?P<year4>{_YEAR}))?"
    rf"|(?P<year5>{_YEAR})(?:-(?P<month5>\d\d)(?:-(?P<day5>\d\d))?)?"
    rf"|(?P<which>last|previous|this) (?P<unit>{_UNIT})|(?P<near>today|yesterday)"
)
_CHINESE_POINT: Final = (
    rf"(?P<year>{_YEAR}|今|去|前)年(?:(?P<month>{_CHINESE_NUMBER})月份?"
    rf"(?:(?P<day>{_CHINESE_NUMBER})[日号])?|第?(?P<quarter>[一二三四1-4])季度)?"
    rf"|(?P<month3>{_CHINESE_NUMBER})月份?(?:(?P<day3>{_CHINESE_NUMBER})[日号])?|第(?P<quarter2>[一二三四1-4])季度"
    r"|(?P<which>上|本|这)(?:一?个)?(?P<unit>星期|周|月|季度)|(?P<near>今天|今日|昨天|昨日)"
)


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_ENGLISH_SPAN: Final = (
    r"(?:in |from |of |within |over |during )?(?:the (?:last|past) |(?:last|past) (?=\S+ \S))"
    rf"(?:(?P<count>\d{{1,3}}|{_ENGLISH_NUMBER}) )?(?P<counted>{_UNIT})s?\b"
)
_CHINESE_SPAN: Final = (
    rf"(?:最近|近|过去)的?(?P<count>{_CHINESE_NUMBER}|半)个?"
    r"(?P<counted>天|日|星期|周|月|季度|年)(?:[内里]|以来)?"
)
_A_POINT: Final = f"(?:{_unnamed(_ENGLISH_POINT)})"
_A_CHINESE_POINT: Final = f"(?:{_unnamed(_CHINESE_POINT)})"
ENGLISH: Final = (
    rf"{_unnamed(_ENGLISH_SPAN)}"
    rf"|between {_A_POINT} and {_A_POINT}|from {_A_POINT} (?:to|until|till|through) {_A_POINT}"
    rf"|(?:since|after|before|until|in|of|from|during|on|dated) {_A_POINT}"
    rf"|(?:last|previous|this) (?:{_UNIT})|today|yesterday"
)
"""What names a period, as a pattern that takes no account of case."""
CHINESE: Final = (
    rf"{_unnamed(_CHINESE_SPAN)}|{_A_CHINESE_POINT}[到至]{_A_CHINESE_POINT}"
    rf"|{_A_CHINESE_POINT}(?:以来|以后|之后|之前|以前|[起后前])?"
)
"""The same in Chinese."""
_OF_ENGLISH: Final = re.compile(_ENGLISH_SPAN, re.IGNORECASE)
_OF_CHINESE: Final = re.compile(_CHINESE_SPAN)
_ENGLISH_DAYS: Final = re.compile(_ENGLISH_POINT, re.IGNORECASE)
_CHINESE_DAYS: Final = re.compile(_CHINESE_POINT)
_FROM: Final = ("since", "以来", "起")
_BEHIND: Final = ("after", "以后", "之后", "后")
_BEFORE: Final = ("before", "以前", "之前", "前")
_UNITS: Final = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month",
                 "季度": "quarter", "年": "year"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start``, before ``end``; ``None`` where it has no such bound."""

    start: date | None
    end: date | None


def period(text: str, today: date) -> Period | None:
    """What a text that `ENGLISH` or `CHINESE` matches names; ``None`` where no calendar has it."""
    try:
        return _period(" ".join(text.lower().split()), today)
    except (ValueError, OverflowError, KeyError):
        return None


def _period(text: str, today: date) -> Period:
    if span := _OF_ENGLISH.fullmatch(text) or _OF_CHINESE.fullmatch(text):
        return _last(span["count"] or "one", span["counted"], today)
    return _named(text, today)


def _named(text: str, today: date) -> Period:
    """Of one point or two, and what stands before or behind it."""
    days = _ENGLISH_DAYS if text.isascii() else _CHINESE_DAYS
    found = list(days.finditer(text))
    if len(found) == 2:  # noqa: PLR2004 - from one to another
        until = _days(found[1], today, year=None)
        year = until.start.year if until.start else None
        since = _days(found[0], today, year=year)
        if year and since.start and until.end and since.start >= until.end:
            since = _days(found[0], today, year=year - 1)  # from November to February
        return Period(since.start, until.end)
    named = _days(found[0], today, year=None)
    around = (text[: found[0].start()] + text[found[0].end() :]).strip()
    if around in _FROM:
        return Period(named.start, None)
    if around in _BEHIND:
        return Period(named.end, None)
    if around in _BEFORE:
        return Period(None, named.start)
    return Period(None, named.end) if around == "until" else named


def _days(match: re.Match[str], today: date, *, year: int | None) -> Period:
    """The days of one point; of ``year`` where it names none."""
    parts = {name.rstrip("2345"): part for name, part in match.groupdict().items() if part}
    if near := parts.get("near"):
        first = today - timedelta(days=near in ("yesterday", "昨天", "昨日"))
        return Period(first, first + timedelta(days=1))
    if unit := parts.get("unit"):
        back = parts["which"] in ("last", "previous", "上")
        return _unit(_UNITS.get(unit, unit), today, back=back)
    named = _year(parts.get("year"), today) or year
    if quarter := parts.get("quarter"):
        month, months = 3 * _quarter(quarter) - 2, 3
    elif "month" in parts:
        month, months = _month(parts["month"]), 1
    else:
        month, months = 1, 12
    if named is None:
        named = today.year - (month > today.month)
    if day := parts.get("day"):
        first = date(named, month, _number(day))
        return Period(first, first + timedelta(days=1))
    first = date(named, month, 1)
    return Period(first, _months_on(first, months))


def _unit(unit: str, today: date, *, back: bool) -> Period:
    """This day, week, month, quarter or year, or the one before it."""
    if unit in ("day", "week"):
        length = 1 if unit == "day" else 7
        first = today - timedelta(days=today.weekday() if unit == "week" else 0)
        first -= timedelta(days=length * back)
        return Period(first, first + timedelta(days=length))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = _months_on(first, -months) if back else first
    return Period(first, _months_on(first, months))


def _last(count: str, unit: str, today: date) -> Period:
    """The last so many days, weeks, months, quarters or years, today among them."""
    unit, tomorrow = _UNITS.get(unit, unit), today + timedelta(days=1)
    if count == "半":
        number, unit = {"year": (6, "month"), "month": (15, "day")}[unit]
    else:
        number = _number(count)
    if unit in ("day", "week"):
        return Period(today - timedelta(days=number * (1 if unit == "day" else 7)), tomorrow)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return Period(_months_on(today, -months * number), tomorrow)


def _months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), _last_day(first))


def _last_day(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _year(text: str | None, today: date) -> int | None:
    if text is None:
        return None
    back = {"今": 0, "去": 1, "前": 2}.get(text)
    return int(text) if back is None else today.year - back


def _quarter(text: str) -> int:
    return _QUARTERS.get(text) or int(text)


def _month(text: str) -> int:
    return MONTHS.get(text) or _number(text)


def _number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * _NUMBERS.get(tens, 1) + _NUMBERS.get(ones, 0)
    return _NUMBERS.get(text) or int(text)
