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
    "rpm": "rpm 转/分",
    "rps": "rps 转/秒",
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
        "MJ Wh kWh MWh mAh Ah K lx lm cd px dpi ppm ppb rpm rps °C °F ° m² m³ cm² cm³ mm² km² "
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
_UNITS: Final = {
    spelling: unit for unit, spellings in _WORDS_OF_UNITS.items() for spelling in spellings.split()
}
_CURRENCIES: Final = {"$": "$", "€": "€", "£": "£", "¥": "¥", "￥": "¥", "US$": "$", "HK$": "HKD"}
_SCALES: Final = {
    "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8,
}  # fmt: skip
_CHINESE_UNIT: Final = "|".join(
    sorted((unit for unit in _UNITS if unit and unit[0] > "\u4e00"), key=len, reverse=True)
)
_NUMBER: Final = re.compile(
    r"(?P<currency>US\$|HK\$|[$€£¥￥])?\s?"
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z]-)"
    r"(?P<minus>(?<![A-Za-z0-9)\]])[-−–](?=\d)|(?:\b(?:minus|negative) |零下|(?<![抱胜担])负)\s?)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d++)(?P<fraction>\.\d++)?(?![\d.]*\.\d)"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion)\b|(?:[百万亿萬億]"
    r"|千(?![米克瓦帕赫伏焦卡])){1,4})?"
    rf"(?:(?P<gap>[ -]?)(?P<unit>[%‰]|°[CF]?|{_CHINESE_UNIT}"
    rf"|[A-Za-zµμΩ][A-Za-z²³µμΩ/]{{0,14}}(?P<more>[0-9_])?))?",
)
_RANGE: Final = re.compile(r"\s?(?:-|–|—|~|～|to|至|到|and|和)\s?(?:[$€£¥￥]\s?)?", re.IGNORECASE)

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
    found: list[Quantity] = []
    rest: list[str] = []
    at = 0
    for match in _NUMBER.finditer(digits):
        quantity = _quantity(match)
        if quantity is None:
            continue
        if found and not found[-1].unit and _RANGE.fullmatch(digits, at, match.start()):
            found[-1] = Quantity(found[-1].value, quantity.unit)  # 10 to 20 kg
        found.append(quantity)
        known = match["unit"] and _unit(match["unit"]) is not None
        rest.append(digits[at : match.start()])
        rest.append(" ¦ ")
        at = match.end() if known or not match["unit"] else match.start("gap")
    rest.append(digits[at:])
    return found, "".join(rest)


def _quantities(text: str, *, every_numeral: bool) -> list[Quantity]:
    return quantities_in(text, every_numeral=every_numeral)[0]


def _unit(spelling: str) -> str | None:
    """Its canonical name; ``None`` for a word that is none."""
    plain = spelling.replace("μ", "µ")
    return _SYMBOLS.get(plain, _UNITS.get(plain.lower()))


def _quantity(match: re.Match[str]) -> Quantity | None:
    whole, fraction, scale, gap, unit, more = match.group(
        "whole", "fraction", "scale", "gap", "unit", "more"
    )
    name = _unit(unit) if unit else None
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
