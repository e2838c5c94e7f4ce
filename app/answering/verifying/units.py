"""Units: their spellings, each with one canonical name, and how many of one make another.

``km`` and 公里 are one unit; 1.5 km are 1,500 m, 30 min are half an hour, 2 GB are 2,048 MB and
2,000 MB. Nothing is converted that is not exact: a month is no 30 days, and an inch no centimetres.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

_WORDS_OF_UNITS: Final = {
    "%": "percent 百分点",
    "km": "kilometer kilometers kilometre kilometres 公里 千米",
    "m": "meter meters metre metres 米",
    "cm": "centimeter centimeters centimetre centimetres 厘米 公分",
    "mm": "millimeter millimeters millimetre millimetres 毫米",
    "µm": "micrometer micrometers micrometre micrometres micron microns 微米",
    "nm": "nanometer nanometers nanometre nanometres 纳米",
    "mile": "mi mile miles 英里",
    "yard": "yd yard yards 码",
    "foot": "ft foot feet 英尺",
    "inch": "inch inches 英寸",
    "m²": "sqm 平方米 平米",
    "km²": "平方公里 平方千米",
    "ha": "hectare hectares 公顷",
    "亩": "亩",
    "岁": "岁",
    "m³": "立方米",
    "kg": "kilo kilos kilogram kilograms 公斤 千克",
    "g": "gram grams 克",
    "mg": "milligram milligrams 毫克",
    "µg": "mcg microgram micrograms 微克",
    "ng": "nanogram nanograms 纳克",
    "t": "ton tons tonne tonnes 吨",
    "pound": "lb lbs pound pounds 磅",
    "ounce": "oz ounce ounces 盎司",
    "斤": "斤",
    "l": "liter liters litre litres 升",
    "ml": "milliliter milliliters millilitre millilitres 毫升",
    "gallon": "gallon gallons 加仑",
    "ns": "nanosecond nanoseconds 纳秒",
    "µs": "microsecond microseconds 微秒",
    "ms": "millisecond milliseconds 毫秒",
    "s": "sec secs second seconds 秒 秒钟",
    "min": "mins minute minutes 分钟",
    "h": "hr hrs hour hours 小时 钟头",
    "day": "day days 天",
    "week": "week weeks 周 星期",
    "month": "month months 个月",
    "year": "yr yrs year years 年",
    "quarter": "quarter quarters 季度",
    "月": "月",
    "日": "日 号",
    "kB": "kilobyte kilobytes",
    "MB": "megabyte megabytes",
    "GB": "gigabyte gigabytes",
    "TB": "terabyte terabytes",
    "°C": "摄氏度 degc",
    "°F": "华氏度 degf",
    "°": "degree degrees 度",
    "W": "watt watts 瓦",
    "kW": "kilowatt kilowatts 千瓦",
    "MW": "megawatt megawatts 兆瓦",
    "V": "volt volts 伏",
    "A": "amp amps ampere amperes 安",
    "Hz": "hertz 赫兹",
    "dB": "decibel decibels 分贝",
    "bar": "bar bars",
    "Pa": "pascal pascals 帕",
    "N": "newton newtons 牛",
    "rev": "revolution revolutions 转",
    "rev/min": "rpm",
    "rev/s": "rps",
    "$": "dollar dollars usd 美元 美金",
    "€": "euro euros eur 欧元",
    "£": "gbp sterling 英镑",
    "¥": "yuan cny rmb 元 块 人民币",
    "JPY": "jpy yen 日元",
    "CHF": "chf franc francs 瑞士法郎",
    "HKD": "hkd 港元 港币",
    "cent": "cent cents",
    "person": "person persons people 人",
    "": "st nd rd th x",
}
"""Read in any case."""
_SYMBOLS: Final = {
    **{symbol: symbol for symbol in (  # noqa: SIM905 - a list of words reads as words
        "% ‰ km m cm mm nm kg g mg ng t l L ml mL cl dl ns ms s min h d kB KB MB GB TB Kb Mb "
        "Gb kbit Mbit Gbit kbps "
        "Mbps Gbps W kW MW GW mW V kV mV A mA kA Hz kHz MHz GHz dB dBA Pa kPa MPa hPa bar mbar "
        "N kN Nm J kJ "
        "MJ Wh kWh MWh mAh Ah K lx lm cd px dpi ppm ppb mM nM µM pM kDa Da bp rpm rps "
        "°C °F ° m² m³ cm² cm³ mm² km² "
        "m/s km/h "
        "m/min mph l/min m³/h kg/m³ mol mmol µmol U IU"
    ).split()},
    "µm": "µm", "µg": "µg", "µs": "µs", "µl": "µl", "L": "l", "mL": "ml", "KB": "kB", "d": "day",
    "kib": "kB", "KiB": "kB", "MiB": "MB", "GiB": "GB", "TiB": "TB", "Kb": "kb",
    "m2": "m²", "m3": "m³",
    "in": "inch", "ft": "foot", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "℃": "°C", "Ω": "Ω", "kΩ": "kΩ",
}  # fmt: skip
"""Read as they are written: ``mW`` is no ``MW``."""
_PHRASES: Final = {
    "degree celsius": "°C", "degrees celsius": "°C", "degree centigrade": "°C",
    "degrees centigrade": "°C", "degree fahrenheit": "°F", "degrees fahrenheit": "°F",
    "pound sterling": "£", "pounds sterling": "£",
}  # fmt: skip
_WORDS: Final = _PHRASES | {
    spelling: unit for unit, spellings in _WORDS_OF_UNITS.items() for spelling in spellings.split()
}

PER: Final = "/"
"""Stands between what is measured and what it is measured by: ``l/min``."""
_RATES: Final = {
    "rpm": "rev/min", "rps": "rev/s", "mph": "mile/h", "kbps": "kbit/s", "Mbps": "Mbit/s",
    "Gbps": "Gbit/s",
}  # fmt: skip
"""Symbols that hide what they are measured by."""


def unit_named(spelling: str) -> str | None:
    """Its canonical name; ``None`` for a word that is none. ``m/min`` is made of its two parts."""
    plain = spelling.replace("μ", "µ")
    alone = _SYMBOLS.get(plain, _WORDS.get(plain.lower()))
    if alone is not None:
        return _RATES.get(alone, alone)
    measured, per, by = plain.partition(PER)
    by = {"分": "分钟", "时": "小时", "月": "个月", "日": "天"}.get(by, by)
    one, other = (_SYMBOLS.get(part, _WORDS.get(part.lower())) for part in (measured, by))
    return f"{one}{PER}{other}" if per and one and other else None


def chinese_units() -> list[str]:
    """Expressions for the spellings in Chinese characters, the longest first."""
    spelled = sorted((word for word in _WORDS if word[:1] > "\u4e00"), key=len, reverse=True)
    return [f"{word}(?!{_NO_TURNS})" if word == "转" else word for word in spelled]


_NO_TURNS: Final = "[让移换入出账运发交院学业职机向身播]"
"""What makes a word of 转 that counts no turns."""


def parts_of_scale() -> Mapping[str, Mapping[str, Fraction]]:
    """For each thing that can be measured, its units and how much of the smallest each is."""
    return {
        scale: {
            unit: Fraction(amount)
            for unit, _, amount in (item.partition("=") for item in units.split())
        }
        for scale, units in _SCALES_OF_UNITS.items()
    }


_SCALES_OF_UNITS: Final = {
    "length": "nm=1 µm=1000 mm=1000000 cm=10000000 m=1000000000 km=1000000000000",
    "feet": "inch=1 foot=12 yard=36 mile=63360",
    "area": "mm²=1 cm²=100 m²=1000000 ha=10000000000 km²=1000000000000",
    "volume": "µl=1 ml=1000 cm³=1000 cl=10000 dl=100000 l=1000000 m³=1000000000",
    "mass": "ng=1 µg=1000 mg=1000000 g=1000000000 斤=500000000000 kg=1000000000000 "
    "t=1000000000000000",
    "pounds": "ounce=1 pound=16",
    "time": "ns=1 µs=1000 ms=1000000 s=1000000000 min=60000000000 h=3600000000000 "
    "day=86400000000000 week=604800000000000",
    "calendar": "month=1 quarter=3 year=12",
    "frequency": "Hz=1 kHz=1000 MHz=1000000 GHz=1000000000",
    "power": "mW=1 W=1000 kW=1000000 MW=1000000000 GW=1000000000000",
    "work": "Wh=1 kWh=1000 MWh=1000000",
    "heat": "J=1 kJ=1000 MJ=1000000",
    "voltage": "mV=1 V=1000 kV=1000000",
    "current": "mA=1 A=1000 kA=1000000",
    "charge": "mAh=1 Ah=1000",
    "pressure": "Pa=1 hPa=100 mbar=100 kPa=1000 bar=100000 MPa=1000000",
    "force": "N=1 kN=1000",
    "share": "‰=1 %=10",
    "speed of data": "kbit=1 Mbit=1000 Gbit=1000000",
}
_SCALE_OF: Final = {
    unit: (scale, amount)
    for scale, units in parts_of_scale().items()
    for unit, amount in units.items()
}
_BYTES: Final = ("kB", "MB", "GB", "TB")


@lru_cache(maxsize=4_096)
def same_amount(value: Decimal, unit: str, other: Decimal, its: str) -> bool:
    """Whether so many of ``unit`` are exactly so many of ``its``, another unit of its scale."""
    if unit == its:
        return value == other
    return any(Fraction(value) * factor == Fraction(other) for factor in _factors(unit, its))


@lru_cache(maxsize=4_096)
def _factors(unit: str, its: str) -> tuple[Fraction, ...]:
    """How many of ``its`` one ``unit`` may be; none where they measure something else."""
    if PER in unit or PER in its:
        one, other = unit.split(PER), its.split(PER)
        if len(one) != len(other):
            return ()
        over, under = (
            (Fraction(1),) if a == b else _factors(a, b) for a, b in zip(one, other, strict=True)
        )
        return tuple(a / b for a in over for b in under)
    if unit in _BYTES and its in _BYTES:
        steps = _BYTES.index(unit) - _BYTES.index(its)
        return Fraction(1_000) ** steps, Fraction(1_024) ** steps
    scale, amount = _SCALE_OF.get(unit, ("", Fraction(1)))
    its_scale, its_amount = _SCALE_OF.get(its, ("", Fraction(1)))
    return (amount / its_amount,) if scale and scale == its_scale else ()
