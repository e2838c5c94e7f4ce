"""Names and numbers that fill slots; all are distinct, and none is part of another."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from eval.answers.faults.numerals import in_han, in_words
from eval.answers.faults.planted.dates import MONTHS

_PERSONS: Final = (
    "Mara Lindqvist",
    "Tomas Okafor",
    "Ines Castellan",
    "Paul Drummond",
    "Ruth Ellsworth",
    "Karl Brandvold",
    "Nadia Kowalczyk",
    "Owen Hollis",
)
_PERSONS_ZH: Final = ("张伟", "李娜", "周文涛", "沈佳怡", "贺明远", "秦晓峰", "陆思敏", "范志强")
_CITIES: Final = ("Graz", "Oslo", "Leeds", "Porto", "Turin", "Lyon", "Gdansk")
_CITIES_ZH: Final = ("广州", "深圳", "长沙", "厦门", "昆明", "大连", "合肥")
_FIRMS: Final = ("Aldus", "Brenner", "Corvin", "Delmont", "Esker", "Falkirk")
_FIRMS_ZH: Final = ("恒达公司", "博睿公司", "科文公司", "德蒙公司", "远航公司", "华兴公司")
_DEVICES: Final = ("T20", "T40", "T60", "X35", "K7", "M15")
_COUNTRIES: Final = ("Austria", "Norway", "Portugal", "Poland", "Greece", "Finland")
_COUNTRIES_ZH: Final = ("奥地利", "挪威", "葡萄牙", "波兰", "希腊", "芬兰")
_SERIES: Final = ("PPR", "XQ", "BLM", "KTV", "RDS")
_COUNT: Final = 6


def _numbers(chance: Random) -> list[int]:
    chosen: list[int] = []
    for value in chance.sample(range(12, 90), 78):
        tens, ones = divmod(value, 10)
        if ones in {0, tens} or ones * 10 + tens in chosen:
            continue
        chosen.append(value)
        if len(chosen) == _COUNT:
            break
    return chosen


def _common(chance: Random) -> dict[str, str]:
    slots: dict[str, str] = {}
    for at, value in enumerate(_numbers(chance)):
        tens, ones = divmod(value, 10)
        slots |= {
            f"n{at}": str(value),
            f"w{at}": in_words(value) or "",
            f"h{at}": in_han(value) or "",
            f"x{at}": f"{ones}{tens}",
        }
        slots[f"W{at}"] = slots[f"w{at}"].capitalize()
    years = chance.sample(range(1985, 2024), 3)
    slots |= {f"y{at}": str(year) for at, year in enumerate(years)}
    months = chance.sample(range(1, 13), 2)
    for at, month in enumerate(months):
        day = chance.choice([day for day in range(1, 13) if day != month and day not in months])
        year = years[at]
        slots |= {
            f"iso{at}": f"{year}-{month:02}-{day:02}",
            f"iso{at}s": f"{year}-{day:02}-{month:02}",
            f"long{at}": f"{day} {MONTHS[month - 1]} {year}",
            f"us{at}": f"{MONTHS[month - 1]} {day}, {year}",
            f"long{at}s": f"{month} {MONTHS[day - 1]} {year}",
            f"long{at}y": f"{day} {MONTHS[month - 1]} {year + 1}",
            f"zhd{at}": f"{year}年{month}月{day}日",
            f"zhd{at}s": f"{year}年{day}月{month}日",
            f"zhd{at}y": f"{year + 1}年{month}月{day}日",
        }
    for at in range(2):
        a, b, c = chance.sample(range(1, 8), 3)
        slots |= {
            f"v{at}": f"{a + 10 * at}.{b}.{c}",
            f"v{at}x": f"{a + 10 * at}.{b}.{c + 1}",
            f"v{at}t": f"{a + 10 * at}.{c}.{b}",
        }
        slots |= {f"s{at}": f"{a + 1}.{b}.{c}", f"s{at}x": f"{a + 1}.{c}.{b}"}
    a, b = chance.sample(range(21, 99), 2)
    slots |= {"ip": f"10.{a}.{b}.14", "ipx": f"10.{b}.{a}.14", "ipy": f"10.{a}.{b}.41"}
    series = chance.sample(_SERIES, 3)
    codes = chance.sample(range(1011, 9988), 3)
    for at in range(3):
        slots[f"id{at}"] = f"{series[at]}-{codes[at]}"
    slots |= {
        "id01": f"{series[0]}-{codes[1]}",
        "id12": f"{series[1]}-{codes[2]}",
        "id0x": f"{series[0]}-{codes[0] + 3}",
    }
    return slots


def _listed(chance: Random, **names: tuple[str, ...]) -> dict[str, str]:
    return {
        f"{name}{at}": one
        for name, every in names.items()
        for at, one in enumerate(chance.sample(every, len(every)))
    }


def slots_en(chance: Random) -> Mapping[str, str]:
    """Values for the slots of an English text.

    Persons ``p0``…, cities ``c0``…, firms ``f0``…, devices ``g0``…, countries ``k0``…, and the
    numbers, dates and identifiers of `_common`.
    """
    return _common(chance) | _listed(
        chance, p=_PERSONS, c=_CITIES, f=_FIRMS, g=_DEVICES, k=_COUNTRIES
    )


def slots_zh(chance: Random) -> Mapping[str, str]:
    """Values for the slots of a Chinese text, with the same slot names."""
    return _common(chance) | _listed(
        chance, p=_PERSONS_ZH, c=_CITIES_ZH, f=_FIRMS_ZH, g=_DEVICES, k=_COUNTRIES_ZH
    )
