"""What in a sentence must be met exactly: dates, times of day, versions, identifiers, quantities.

``2024-05-03``, ``3 May 2024`` and ``2024年5月3日`` are one date, and not three numbers; ``7:30 pm``
is a time and ``19:30`` the same; ``2.3.1`` is neither a quantity nor a word. Each is taken out of
the text before what comes after it is read, so that nothing is read twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from app.answering.verifying.quantities import Quantity, periods_in, quantities_in
from app.answering.verifying.words.stems import LONGEST_KEPT
from app.text.months import MONTHS
from app.text.normalise import in_simplified

Date: TypeAlias = tuple[int | None, int | None, int | None]
"""Year, month and day, as far as they are given."""
Time: TypeAlias = tuple[int, int]
"""Hour, from 0 to 24, and minute."""

_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE: Final = re.compile(
    r"(?<![\d.-])(?P<y1>(?:1[5-9]|20|21)\d\d)[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>3[01]"
    r"|[12]\d|0?[1-9])(?![\d-])"
    r"|(?P<y2>\d{4})\s?年(?:\s?(?P<m2>\d{1,2})\s?月(?:份)?(?:\s?(?P<d2>\d{1,2})\s?[日号])?)?"
    r"|(?P<m3>(?<!\d)\d{1,2})\s?月\s?(?P<d3>\d{1,2})\s?[日号]"
    rf"|(?<![A-Za-z\d.])(?P<d4>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\.?(?: of)? (?P<n4>{_MONTH})\b\.?(?:,? (?P<y4>\d{{4}}))?"
    rf"|\b(?P<n5>{_MONTH})\b\.? (?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,? (?P<y5>\d{{4}}))?"
    rf"|\b(?P<n6>{_MONTH})\b\.?,? (?P<y6>\d{{4}})\b"
    r"|(?<![\d./-])(?P<a7>\d{1,2})[/.](?P<b7>\d{1,2})[/.](?P<y7>\d{4})(?!\.?\d)"
    r"|\b(?P<n8>january|february|april|june|july|august|september|october|november|december"
    r"|(?-i:May|March))\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?P<part>上午|早上|早晨|凌晨|清晨|中午|下午|傍晚|晚上|夜间|晚)?\s?"
    r"(?:(?<![\d:.])(?P<h1>[01]?\d|2[0-4])[:：](?P<m1>[0-5]\d)(?![\d:])"
    r"|(?<![\d.])(?P<h2>[01]?\d|2[0-4])\s?(?:点|时(?!间|长|限))(?:\s?(?P<m2>[0-5]?\d)\s?分"
    r"|(?P<half>半)|(?P<quarter>一刻))?"
    r"|(?(part)(?P<han>十[一二]?|[一二两三四五六七八九])点(?:钟|整)?(?P<and_half>半)?|(?!))"
    r"|(?<![\d:.])(?P<h3>1[0-2]|0?\d)(?=\s?(?:[ap]\.?m\b|o'clock)))"
    r"\s?(?P<suffix>[ap]\.?\s?m\b\.?|o'clock)?|\b(?P<word>noon|midnight)\b|(?P<zh>正午|午夜|零点)",
    re.IGNORECASE,
)
_HAN_HOURS: Final = "零 一 两 三 四 五 六 七 八 九 十 十一 十二".split()  # noqa: SIM905 - a list of words reads as words
_AFTERNOON: Final = frozenset("下午 傍晚 晚上 夜间 晚".split())  # noqa: SIM905 - a list of words reads as words
_DOTTED: Final = re.compile(
    r"(?<![A-Za-z\d_.])[vV]?\.?(\d{1,6}(?:\.\d{1,6}){2,5}(?:-?[A-Za-z]{1,6}\d{0,3})?)(?![A-Za-z\d_]|\.\d)"
    r"|(?<![A-Za-z\d])[vV]\.?\s?(\d{1,4}(?:\.\d{1,4}){0,3})(?![\w.]\d|\w)"
    r"|\b(?:version|release|revision|section|clause|article|chapter|paragraph|rev\.?|sec\.?"
    r"|art\.?)\s?(\d{1,4}(?:\.\d{1,4}){0,4})(?!\.?\d)"
    r"|第\s?(\d{1,4}(?:\.\d{1,4}){0,4})\s?(?=条|节|款|项|章|版|号)"
    r"|版本\s?(\d{1,4}(?:\.\d{1,4}){0,4})(?!\.?\d)",
    re.IGNORECASE,
)
_IDENTIFIER: Final = re.compile(
    r"(?<![A-Za-z\d])(?=[A-Za-z\d._/#-]{0,40}\d)(?:[A-Za-z]++[._/#-]?\d[A-Za-z\d]*"
    r"|\d++[A-Za-z]{1,3}\d[A-Za-z\d]*|[A-Za-z]{2,}(?=[-_/#][A-Za-z\d-]{0,30}\d))"
    r"(?:[._/#-][A-Za-z\d]++){0,6}"
)
BLANK: Final = "¦"
"""Stands where something was taken out: a word of its own, so that its neighbours stay apart."""
FIRST_MARK: Final = 0xE000
"""Behind it stands the character that says which of the `Atoms.marks` it was, from this one on."""
MOST_MARKS: Final = 6_400
"""Characters of Unicode's private use area, of which no text is made."""
_LEFT: Final = re.compile(rf"{BLANK}(?![\ue000-\uf8ff])")


@dataclass(frozen=True, slots=True)
class Atoms:
    """What was found, and ``rest``, the text without it."""

    dates: tuple[Date, ...]
    times: tuple[Time, ...]
    dotted: tuple[str, ...]
    identifiers: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    rest: str
    periods: frozenset[str] = frozenset()
    """Units of time that it counts by in a word: "monthly", 每天."""
    marks: tuple[str, ...] = ()
    """What each `BLANK` of the rest stands for, in one spelling; for the first 6,399."""


def atoms_of(text: str, *, every_numeral: bool) -> Atoms:
    """Reads ``text``; ``every_numeral`` counts the ``one`` of "one of" too, as sources are read.

    What was read is kept for a while, since each draft is compared with the same statements.
    """
    read = _read if len(text) > LONGEST_KEPT else _read_before
    return read(text, every_numeral)


def _read(text: str, every_numeral: bool) -> Atoms:  # noqa: FBT001 - a key of the cache
    rest = _PRIVATE.sub(" ", in_simplified(text))
    dates: list[Date] = []
    times: list[Time] = []
    dotted: list[str] = []
    identifiers: list[str] = []
    marks: list[str] = []

    def take_date(match: re.Match[str]) -> str:
        dates.append(_date(match))
        return _marked(f"{DATE}{dates[-1]}", marks)

    def take_time(match: re.Match[str]) -> str:
        times.append(_time(match))
        return _marked(f"time {times[-1]}", marks)

    def take_dotted(match: re.Match[str]) -> str:
        number = next(group for group in match.groups() if group is not None)
        dotted.append(number.lower())
        mark = _marked(f"dotted {dotted[-1]}", marks)
        return match.group().replace(number, mark) if match.group()[:1].isalpha() else mark

    def take_identifier(match: re.Match[str]) -> str:
        if _MEASURE.fullmatch(match.group()):
            return match.group()
        identifiers.append(_plain(match.group()))
        return _marked(f"{IDENTIFIER}{identifiers[-1]}", marks)

    rest = _DATE.sub(take_date, rest)
    rest = _TIME.sub(take_time, rest)
    rest = _DOTTED.sub(take_dotted, rest)
    rest = _IDENTIFIER.sub(take_identifier, rest)
    quantities, rest = quantities_in(rest, every_numeral=every_numeral)
    values = iter(quantities)
    rest = _LEFT.sub(lambda _: _marked(written(next(values)), marks).strip(), rest)
    return Atoms(
        tuple(dates),
        tuple(times),
        tuple(dotted),
        tuple(identifiers),
        tuple(quantities),
        rest,
        periods_in(text),
        tuple(marks),
    )


_read_before = lru_cache(maxsize=1_024)(_read)

DATE: Final = "date "
IDENTIFIER: Final = "id "
_PRIVATE: Final = re.compile(rf"[\ue000-\uf8ff]|{BLANK}")


def written(quantity: Quantity) -> str:
    """Its number alone, as what is compared word by word knows it."""
    return f"{quantity.value:f}"


def _marked(what: str, marks: list[str]) -> str:
    """What stands in the text for ``what``; all that are too many to be told apart share a mark."""
    if len(marks) < MOST_MARKS:
        marks.append(what if len(marks) < MOST_MARKS - 1 else BLANK)
    return f" {BLANK}{chr(FIRST_MARK + len(marks) - 1)} "


_MEASURE: Final = re.compile(r"(?:m|cm|mm|km|dm|s|CO|H|O|N)[23]|co2|h2o", re.IGNORECASE)
"""``m2`` and ``CO2`` name nothing."""


def same_date(claimed: Date, known: Date) -> bool:
    """Whether ``known`` says all that ``claimed`` does."""
    return all(c is None or c == k for c, k in zip(claimed, known, strict=True))


def _date(match: re.Match[str]) -> Date:
    found = match.groupdict()
    for at in "1234568":
        year, day = found.get(f"y{at}"), found.get(f"d{at}")
        month, name = found.get(f"m{at}"), found.get(f"n{at}")
        if year or month or name or day:
            number = MONTHS[name.lower()] if name else int(month) if month else None
            return (int(year) if year else None, number, int(day) if day else None)
    first, second = int(found["a7"]), int(found["b7"])
    # 03/05/2024 may be either; what can't be a month is the day.
    month, day = (first, second) if first <= 12 < second else (second, first)  # noqa: PLR2004 - months
    return int(found["y7"]), month, day


def _time(match: re.Match[str]) -> Time:
    if word := match["word"] or match["zh"]:
        return (12, 0) if word.lower() in ("noon", "正午") else (0, 0)
    han = match["han"]
    hour = (
        _HAN_HOURS.index(han.replace("二", "两") if han == "二" else han)
        if han
        else int(match["h1"] or match["h2"] or match["h3"])
    )
    minute = int(match["m1"] or match["m2"] or 0)
    if match["half"] or match["and_half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15
    suffix = (match["suffix"] or "").lower()
    afternoon = suffix.startswith("p") or (match["part"] or "") in _AFTERNOON
    morning = suffix.startswith("a") or (match["part"] or "") in (
        "上午",
        "早上",
        "凌晨",
        "清晨",
        "早晨",
    )
    if afternoon and hour < 12:  # noqa: PLR2004 - hours of half a day
        hour += 12
    elif morning and hour == 12:  # noqa: PLR2004 - as above
        hour = 0
    return hour, minute


def _plain(identifier: str) -> str:
    """In one spelling: ``T-40`` and ``t40`` are one."""
    return re.sub(r"(?<=[a-z])[._/#-](?=\d)", "", identifier.lower())
