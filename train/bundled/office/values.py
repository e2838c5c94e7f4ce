"""Values of office statements, each in English and in Chinese."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

from train.bundled.office import numerals, vocabulary
from train.bundled.office.vocabulary import Bilingual

Maker: TypeAlias = Callable[[random.Random], Bilingual]

_IN_WORDS: Final = 0.4
"""Share of numbers that are written as words."""
_LETTERS: Final = "ABCDEFGHKLMNPQRSTUVWXZ"


def _count(low: int, high: int, one: str, many: str, han: str) -> Maker:
    def make(rng: random.Random) -> Bilingual:
        n = rng.randint(low, high)
        shown = shown_zh = str(n)
        if n <= numerals.MOST_ENGLISH and rng.random() < _IN_WORDS:
            shown = numerals.english(n)
        if rng.random() < _IN_WORDS:
            shown_zh = "两" if n == 2 else numerals.chinese(n)  # noqa: PLR2004 - before a measure
        return f"{shown} {one if n == 1 else many}".strip(), f"{shown_zh}{han}"

    return make


def _unit(low: float, high: float, unit: str, han: str, digits: int = 0) -> Maker:
    def make(rng: random.Random) -> Bilingual:
        number = rng.uniform(low, high)
        shown = f"{number:.{digits}f}" if digits else f"{int(number):,}"
        return f"{shown} {unit}", shown + rng.choice([han, f" {unit}"])

    return make


def _among(numbers: list[float], english: str, chinese: str) -> Maker:
    def make(rng: random.Random) -> Bilingual:
        n = rng.choice(numbers)
        return english.format(n), chinese.format(n)

    return make


def _same(make: Callable[[random.Random], str]) -> Maker:
    def both(rng: random.Random) -> Bilingual:
        made = make(rng)
        return made, made

    return both


def _one_of(both: tuple[Bilingual, ...]) -> Maker:
    return lambda rng: rng.choice(both)


def code(rng: random.Random) -> str:
    """An identifier such as PPR-1044."""
    letters = "".join(rng.choices(_LETTERS, k=rng.randint(1, 3)))
    return f"{letters}{rng.choice(['', '-', '-'])}{rng.randint(10, 9999)}"


def person(rng: random.Random) -> Bilingual:
    """Somebody's name, in Latin letters or in Han characters, the same in both languages."""
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        name = rng.choice(vocabulary.HAN_LAST) + rng.choice(vocabulary.HAN_FIRST)
    else:
        name = f"{rng.choice(vocabulary.FIRST)} {rng.choice(vocabulary.LAST)}"
    return name, name


def company(rng: random.Random) -> Bilingual:
    """A company's name."""
    english, chinese = rng.choice(vocabulary.COMPANIES)
    kind = rng.choice([(" GmbH", "有限公司"), (" Ltd", "公司"), (" Inc.", "科技"), (" AG", "集团")])
    return english + kind[0], chinese + kind[1]


def date(rng: random.Random) -> Bilingual:
    """A day."""
    year, month, day = rng.randint(2012, 2027), rng.randint(1, 12), rng.randint(1, 28)
    name, plain = vocabulary.MONTHS[month - 1], f"{year}-{month:02}-{day:02}"
    english = rng.choice([f"{day} {name} {year}", f"{name} {day}, {year}", plain])
    return english, rng.choice([f"{year}年{month}月{day}日", plain])


def _money(rng: random.Random) -> Bilingual:
    n = rng.choice([rng.randint(2, 99) * 1_000, rng.randint(1, 40) * 50_000])
    english, chinese = rng.choice(
        [
            ("€{}", "{}欧元"),
            ("${}", "{}美元"),
            ("{} euros", "{}欧元"),
            ("RMB {}", "{}元"),
            ("£{}", "{}英镑"),
        ]
    )
    written = numerals.chinese(n) if n % 1_000 == 0 else str(n)
    short = f"{n // 10_000}万" if n % 10_000 == 0 else str(n)
    return english.format(f"{n:,}"), chinese.format(rng.choice([f"{n:,}", str(n), written, short]))


def _price(rng: random.Random) -> Bilingual:
    n = rng.choice([str(rng.randint(5, 990)), f"{rng.randint(1, 199)}.{rng.choice(['90', '50'])}"])
    english, chinese = rng.choice(
        [
            ("€{}", "{}欧元"),
            ("${}", "{}美元"),
            ("EUR {}", "{}欧元"),
            ("CNY {}", "{}元"),
            ("{} yuan", "￥{}"),
        ]
    )
    return english.format(n), chinese.format(n)


def _clock(rng: random.Random) -> Bilingual:
    begin, end, half = rng.randint(6, 10), rng.randint(14, 22), rng.choice(["00", "30"])
    first, last = (vocabulary.WEEKDAYS[i] for i in rng.choice([(0, 4), (0, 5), (1, 6), (0, 6)]))
    english = rng.choice(
        [
            f"{first[0]} to {last[0]}, {begin}:{half}–{end}:00",
            f"{begin} am to {end - 12} pm",
        ]
    )
    return english, f"{first[1]}至{last[1]} {begin}:{half}—{end}:00"


def _phone(rng: random.Random) -> Bilingual:
    extension = rng.randint(100, 9999)
    number = f"0{rng.randint(10, 99)}-{rng.randint(10_000_000, 99_999_999)}"
    abroad = f"+{rng.randint(30, 99)} {rng.randint(10, 999)} {rng.randint(1000, 9999)}"
    return rng.choice(
        [(f"ext. {extension}", f"分机{extension}"), (number, number), (abroad, abroad)]
    )


def _email(rng: random.Random) -> str:
    who = rng.choice(["info", "office", "support", "team", "hello", "service"])
    host = rng.choice(vocabulary.COMPANIES)[0].lower()
    return f"{who}@{host}.{rng.choice(['com', 'cn', 'eu', 'org'])}"


def _address(rng: random.Random) -> Bilingual:
    n, city = rng.randint(1, 180), rng.choice(vocabulary.CITIES)
    street = rng.choice(
        [
            ("Mill Lane", "磨坊路"),
            ("Station Road", "车站路"),
            ("Park Street", "公园街"),
            ("Lindenweg", "菩提路"),
            ("Harbour Square", "港口广场"),
            ("Zhongshan Road", "中山路"),
            ("Renmin Street", "人民街"),
        ]
    )
    return f"{n} {street[0]}, {city[0]}", f"{city[1]}市{street[1]}{n}号"


def _percent(rng: random.Random) -> Bilingual:
    n = rng.choice([2, 5, 8, 10, 15, 20, 25, 30, 40, 50, 80, 95])
    exact = rng.choice(["99.5", "99.9", "2.5", "0.5"])
    words_ = (f"{numerals.english(n)} percent", f"百分之{numerals.chinese(n)}")
    return rng.choice(
        [(f"{n} %", f"{n}%"), words_, (f"{n}%", f"{n}%"), (f"{exact} %", f"{exact}%")]
    )


def _floor(rng: random.Random) -> Bilingual:
    n = rng.randint(1, 12)
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(n, "th")
    return rng.choice([f"{n}{suffix} floor", f"floor {n}"]), rng.choice([f"{n}楼", f"{n}层"])


def _temps(rng: random.Random) -> Bilingual:
    low, high = rng.randint(-30, 10), rng.randint(25, 60)
    return f"{low} to {high} °C", f"{low}℃至{high}℃"


def _dims(rng: random.Random) -> Bilingual:
    a, b, c = (rng.randint(20, 2500) for _ in range(3))
    return f"{a} × {b} × {c} mm", f"{a}×{b}×{c}毫米"


_MONTHS: Final = _count(2, 24, "month", "months", "个月")
_HOURS: Final = _count(50, 3000, "operating hour", "operating hours", "个工作小时")


def _interval(rng: random.Random) -> Bilingual:
    english, chinese = rng.choice([_MONTHS, _HOURS])(rng)
    return f"every {english}", f"每{chinese}"


VALUES: Final[dict[str, Maker]] = {
    "address": _address,
    "age": _among([14, 16, 18, 21, 25], "{} years", "{}岁"),
    "bar": _unit(1, 9, "bar", "巴", 1),
    "clock": _clock,
    "colour": _one_of(vocabulary.COLOURS),
    "company": company,
    "count": _count(2, 400, "", "", "个"),
    "date": date,
    "dayofmonth": _among([5, 10, 15, 20, 25, 28], "on the {}th of the month", "每月{}日"),
    "days": _count(2, 45, "day", "days", "天"),
    "dayweek": _among([2, 3, 4], "{} days a week", "每周{}天"),
    "decibels": _unit(30, 99, "dB", "分贝"),
    "dims": _dims,
    "email": _same(_email),
    "floor": _floor,
    "gb": _among([2, 4, 8, 16, 32, 64, 100, 128, 256, 500], "{} GB", "{}GB"),
    "hours": _count(1, 48, "hour", "hours", "小时"),
    "hoursweek": _among([35, 36, 37.5, 38, 38.5, 40, 42, 44], "{} hours a week", "每周{}小时"),
    "inches": _unit(4, 32, "inches", "英寸", 1),
    "interval": _interval,
    "ip": _same(lambda rng: f"IP{rng.randint(2, 6)}{rng.randint(0, 8)}"),
    "ipaddr": _same(lambda rng: ".".join(str(rng.randint(1, 254)) for _ in range(4))),
    "kg": _unit(2, 3000, "kg", "公斤"),
    "language": _one_of(vocabulary.LANGUAGES),
    "litres": _unit(1, 200, "litres", "升"),
    "material": _one_of(vocabulary.MATERIALS),
    "metres": _unit(1, 40, "m", "米", 1),
    "mm": _unit(0.1, 9, "mm", "毫米", 1),
    "money": _money,
    "months": _count(1, 12, "month", "months", "个月"),
    "oil": _same(lambda rng: rng.choice(["SAE 5W-30", "SAE 10W-40", "ISO VG 46", "HLP 32"])),
    "partno": _same(code),
    "people": _count(4, 900, "person", "people", "人"),
    "percent": _percent,
    "person": person,
    "phone": _phone,
    "pin": _same(lambda rng: rng.choice([f"{rng.randint(0, 9999):04}", f"{code(rng)}!", "admin"])),
    "place": _one_of(vocabulary.PLACES),
    "price": _price,
    "rate": _among([20, 25, 30, 38, 42, 45, 50, 55], "€0.{} per km", "每公里0.{}欧元"),
    "room": _same(lambda rng: f"{rng.choice(['', 'A', 'B', 'C-', 'R'])}{rng.randint(101, 940)}"),
    "speed": _unit(2, 140, "km/h", "公里/小时"),
    "temps": _temps,
    "version": _same(lambda rng: f"{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"),
    "volts": _among([12, 24, 48, 110, 220, 230, 380, 400], "{} V", "{}伏"),
    "watts": _unit(20, 4000, "W", "瓦"),
    "weeks": _count(1, 30, "week", "weeks", "周"),
    "year": _same(lambda rng: str(rng.randint(1985, 2027))),
    "years": _count(1, 15, "year", "years", "年"),
}
"""Functions that make a value, by its sort in the vocabulary."""
