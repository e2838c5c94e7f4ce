"""Values of office statements, each in English and in Chinese, and subjects that have them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from train.bundled import office_words as words

Both = tuple[str, str]
"""The same in English and in Chinese."""


def pairs(text: str) -> list[Both]:
    """``english:中文; …`` as a list."""
    parts = [part.strip().partition(":") for part in text.split(";")]
    return [(english, chinese) for english, _, chinese in parts]


COLOURS: Final = pairs(words.COLOURS)
MATERIALS: Final = pairs(words.MATERIALS)
PLACES: Final = pairs(words.PLACES)
LANGUAGES: Final = pairs(words.LANGUAGES)
CITIES: Final = pairs(words.CITIES)
COUNTRIES: Final = pairs(words.COUNTRIES)
UNITS: Final = pairs(words.UNITS)
PLANS: Final = pairs(words.PLANS)
CONTRACTS: Final = pairs(words.CONTRACTS)
BEASTS: Final = pairs(words.BEASTS)
THINGS: Final = pairs(words.THINGS)
COMPANIES: Final = pairs(words.COMPANIES)
WEEKDAYS: Final = pairs(words.WEEKDAYS)
_NUMERALS: Final = "zero one two three four five six seven eight nine ten eleven twelve".split()
_HAN: Final = "零一两三四五六七八九十"


def _counted(n: int, one: str, many: str, han: str, rng: random.Random) -> Both:
    english = _NUMERALS[n] if n < len(_NUMERALS) and rng.random() < 0.4 else str(n)
    chinese = _HAN[n] if n < len(_HAN) and rng.random() < 0.4 else str(n)
    return f"{english} {one if n == 1 else many}", f"{chinese}{han}"


def _unit(low: float, high: float, unit: str, han: str, digits: int = 0) -> Callable[[random.Random], Both]:
    def make(rng: random.Random) -> Both:
        number = rng.uniform(low, high)
        shown = f"{number:.{digits}f}" if digits else f"{int(number):,}"
        return f"{shown} {unit}", shown + rng.choice([han, f" {unit}"])

    return make


def person(rng: random.Random) -> Both:
    """A person; the Chinese one has another name, or the same in Latin letters."""
    if rng.random() < 0.5:
        name = rng.choice(words.HAN_LAST) + rng.choice(words.HAN_FIRST)
        return name, name
    name = f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"
    return name, name


def company(rng: random.Random) -> Both:
    """A company's name."""
    name = rng.choice(COMPANIES)
    kind = rng.choice([(" GmbH", "有限公司"), (" Ltd", "公司"), (" Inc.", "科技"), (" AG", "集团")])
    return name[0] + kind[0], name[1] + kind[1]


def date(rng: random.Random) -> Both:
    """A day."""
    year, month, day = rng.randint(2012, 2027), rng.randint(1, 12), rng.randint(1, 28)
    name = words.MONTHS[month - 1]
    english = rng.choice([f"{day} {name} {year}", f"{name} {day}, {year}", f"{year}-{month:02}-{day:02}"])
    return english, rng.choice([f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}"])


def code(rng: random.Random) -> str:
    """An identifier such as PPR-1044."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPQRSTUVWXZ") for _ in range(rng.choice([1, 2, 3])))
    return f"{letters}{rng.choice(['', '-', '-'])}{rng.randint(10, 9999)}"


def _money(rng: random.Random) -> Both:
    n = rng.choice([rng.randint(2, 99) * 1_000, rng.randint(1, 40) * 50_000, rng.randint(11, 99) * 100])
    unit = rng.choice([("€{}", "{}欧元"), ("${}", "{}美元"), ("{} euros", "{}欧元"), ("RMB {}", "{}元"), ("£{}", "{}英镑")])
    return unit[0].format(f"{n:,}"), unit[1].format(f"{n:,}" if rng.random() < 0.5 else n)


def _price(rng: random.Random) -> Both:
    n = rng.choice([str(rng.randint(5, 990)), f"{rng.randint(1, 199)}.{rng.choice(['90', '99', '50', '00'])}"])
    unit = rng.choice([("€{}", "{}欧元"), ("${}", "{}美元"), ("EUR {}", "{}欧元"), ("CNY {}", "{}元"), ("{} yuan", "￥{}")])
    return unit[0].format(n), unit[1].format(n)


def _clock(rng: random.Random) -> Both:
    a, b = rng.randint(6, 10), rng.randint(14, 22)
    half = rng.choice(["00", "30"])
    first, last = rng.choice([(0, 4), (0, 5), (1, 6), (0, 6)])
    days = WEEKDAYS[first], WEEKDAYS[last]
    english = f"{days[0][0]} to {days[1][0]}, {a}:{half}–{b}:00" if rng.random() < 0.6 else f"{a} am to {b - 12} pm"
    return english, f"{days[0][1]}至{days[1][1]} {a}:{half}—{b}:00"


def _phone(rng: random.Random) -> Both:
    n = rng.choice([
        f"+{rng.randint(30, 99)} {rng.randint(10, 999)} {rng.randint(1000, 9999)} {rng.randint(100, 999)}",
        f"0{rng.randint(10, 99)}-{rng.randint(10_000_000, 99_999_999)}",
        f"ext. {rng.randint(100, 9999)}",
    ])
    return n, n.replace("ext. ", "分机")


def _temps(rng: random.Random) -> Both:
    a, b = rng.randint(-30, 10), rng.randint(25, 60)
    return f"{a} to {b} °C", f"{a}℃至{b}℃"


def _same(make: Callable[[random.Random], str]) -> Callable[[random.Random], Both]:
    def both(rng: random.Random) -> Both:
        made = make(rng)
        return made, made

    return both


def _count(low: int, high: int, one: str, many: str, han: str) -> Callable[[random.Random], Both]:
    return lambda rng: _counted(rng.randint(low, high), one, many, han, rng)


def _address(rng: random.Random) -> Both:
    n, city = rng.randint(1, 180), rng.choice(CITIES)
    street = rng.choice([("Mill Lane", "磨坊路"), ("Station Road", "车站路"), ("Park Street", "公园街"), ("Lindenweg", "菩提路"), ("Harbour Square", "港口广场"), ("Zhongshan Road", "中山路"), ("Renmin Street", "人民街")])
    return f"{n} {street[0]}, {city[0]}", f"{city[1]}市{street[1]}{n}号"


def _floor(rng: random.Random) -> Both:
    n = rng.randint(1, 12)
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(n, "th")
    return rng.choice([f"{n}{suffix} floor", f"floor {n}"]), rng.choice([f"{n}楼", f"{n}层"])


VALUES: Final[dict[str, Callable[[random.Random], Both]]] = {
    "kg": _unit(2, 3000, "kg", "公斤"), "speed": _unit(2, 140, "km/h", "公里/小时"),
    "hours": _count(1, 48, "hour", "hours", "小时"), "years": _count(1, 15, "year", "years", "年"),
    "temps": _temps, "colour": lambda rng: rng.choice(COLOURS), "material": lambda rng: rng.choice(MATERIALS),
    "watts": _unit(20, 4000, "W", "瓦"), "decibels": _unit(30, 99, "dB", "分贝"),
    "ip": _same(lambda rng: f"IP{rng.randint(2, 6)}{rng.randint(0, 8)}"), "bar": _unit(1, 9, "bar", "巴", 1),
    "partno": _same(code), "price": _price, "weeks": _count(1, 30, "week", "weeks", "周"),
    "interval": lambda rng: (lambda v: (f"every {v[0]}", f"每{v[1]}"))(rng.choice([_count(2, 24, "month", "months", "个月"), _count(50, 3000, "operating hour", "operating hours", "个工作小时"), _count(2, 12, "week", "weeks", "周")])(rng)),
    "version": _same(lambda rng: f"{rng.randint(1, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"),
    "pin": _same(lambda rng: rng.choice([f"{rng.randint(0, 9999):04}", f"{code(rng)}!", "admin", "guest" + str(rng.randint(10, 99))])),
    "ipaddr": _same(lambda rng: ".".join(str(rng.randint(1, 254)) for _ in range(4))),
    "mm": _unit(0.1, 9, "mm", "毫米", 1), "company": company, "year": _same(lambda rng: str(rng.randint(1985, 2027))),
    "dims": lambda rng: (lambda a, b, c: (f"{a} × {b} × {c} mm", f"{a}×{b}×{c}毫米"))(rng.randint(50, 2500), rng.randint(50, 2500), rng.randint(20, 2200)),
    "inches": _unit(4, 32, "inches", "英寸", 1), "gb": lambda rng: (lambda n: (f"{n} GB", f"{n}GB"))(rng.choice([2, 4, 8, 16, 32, 64, 100, 128, 256, 500])),
    "place": lambda rng: rng.choice(PLACES), "oil": _same(lambda rng: rng.choice(["SAE 5W-30", "SAE 10W-40", "ISO VG 46", "ISO VG 68", "HLP 32", "ATF Dexron III"])),
    "litres": _unit(1, 200, "litres", "升"), "metres": _unit(1, 40, "m", "米", 1), "volts": lambda rng: (lambda n: (f"{n} V", f"{n}伏"))(rng.choice([12, 24, 48, 110, 220, 230, 380, 400])),
    "clock": _clock, "address": _address, "phone": _phone, "email": _same(lambda rng: f"{rng.choice(['info', 'office', 'support', 'team', 'hello', 'service'])}{rng.choice(['', '.' + rng.choice(CITIES)[0].split()[0].lower()])}@{rng.choice(COMPANIES)[0].lower()}.{rng.choice(['com', 'cn', 'eu', 'org'])}"),
    "person": person, "people": _count(4, 900, "person", "people", "人"), "floor": _floor, "money": _money, "date": date,
    "count": _count(2, 400, "", "", "个"), "room": _same(lambda rng: f"{rng.choice(['', 'A', 'B', 'C-', 'R'])}{rng.randint(101, 940)}"),
    "language": lambda rng: rng.choice(LANGUAGES), "days": _count(2, 45, "day", "days", "天"), "months": _count(1, 12, "month", "months", "个月"),
    "hoursweek": lambda rng: (lambda n: (f"{n} hours a week", f"每周{n}小时"))(rng.choice([35, 36, 37.5, 38, 38.5, 39, 40, 42, 44, 48])),
    "rate": lambda rng: (lambda n: (f"€0.{n} per km", f"每公里0.{n}欧元"))(rng.randint(20, 60)),
    "dayweek": lambda rng: (lambda n: (f"{n} days a week", f"每周{n}天"))(rng.randint(2, 4)),
    "dayofmonth": lambda rng: (lambda n: (f"on the {n}th of the month", f"每月{n}日"))(rng.choice([5, 10, 15, 20, 25, 28])),
    "percent": lambda rng: (lambda n: (rng.choice([f"{n} %", f"{n}%", f"{n} percent"]), rng.choice([f"{n}%", f"百分之{n}"])))(rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 99.5, 99.9, 150])),
    "age": lambda rng: (lambda n: (f"{n} years", f"{n}岁"))(rng.choice([14, 16, 18, 21, 25])),
}


def product(rng: random.Random) -> Both:
    """A machine's name: T40, Heron drill, forklift LX-200."""
    thing, beast = rng.choice(THINGS), rng.choice(BEASTS)
    kind = rng.random()
    model = f"{rng.choice('ABCDEGHKLMPQRSTVX')}{rng.choice(['', rng.choice('ACMTX')])}{rng.choice(['', '-', ' '])}{rng.randint(2, 99) * rng.choice([1, 10])}"
    if kind < 0.35:
        return model, model
    if kind < 0.6:
        return f"{beast[0]} {thing[0]}", f"{beast[1]}{thing[1]}" if rng.random() < 0.6 else f"{beast[0]}{thing[1]}"
    if kind < 0.8:
        return f"{thing[0]} {model}", f"{thing[1]}{model}" if rng.random() < 0.5 else f"{model}{thing[1]}"
    name = f"{beast[0]} {rng.randint(2, 900)}"
    return name, name if rng.random() < 0.7 else f"{beast[1]}{name.split()[-1]}"


def place(rng: random.Random) -> Both:
    """A site or a part of one."""
    city, unit = rng.choice(CITIES), rng.choice(UNITS)
    kind = rng.choice([("the {} office", "{}办事处"), ("the {} branch", "{}分公司"), ("the {} plant", "{}工厂"), ("the {} site", "{}基地"), ("the {} store", "{}门店"), ("the {} clinic", "{}诊所")])
    if rng.random() < 0.5:
        return kind[0].format(city[0]), kind[1].format(city[1])
    if rng.random() < 0.4:
        return f"the {unit[0]} in {city[0]}", f"{city[1]}{unit[1]}"
    return f"the {unit[0]}", unit[1]


def regime(rng: random.Random) -> Both:
    """What a rule holds for: a country, a plan, a contract."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(COUNTRIES)
    if kind < 0.75:
        plan = rng.choice(PLANS)
        return f"the {plan[0]}", plan[1]
    contract, other = rng.choice(CONTRACTS), company(rng)
    return f"the {contract[0]} with {other[0]}", f"与{other[1]}的{contract[1]}"
