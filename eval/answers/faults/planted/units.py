"""Faults in units and currencies; the number stays the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from eval.answers.faults.numerals import is_bound
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_NUMBER: Final = r"(?P<number>\d[\d,.]{0,12})(?P<gap>[\s-]?)"

_PREFIXED_EN: Final[Mapping[str, tuple[str, ...]]] = {
    "mg": ("g", "µg", "kg"),
    "µg": ("mg", "g"),
    "μg": ("mg", "g"),
    "kg": ("g", "mg"),
    "km": ("m", "cm"),
    "cm": ("mm", "km"),
    "mm": ("cm", "m"),
    "nm": ("mm",),
    "μm": ("mm",),
    "µm": ("mm",),
    "ml": ("l",),
    "mL": ("L",),
    "μl": ("ml",),
    "kilometres": ("metres",),
    "kilometers": ("meters",),
    "meters": ("kilometers",),
    "metres": ("kilometres",),
    "milligrams": ("grams", "micrograms"),
    "micrograms": ("milligrams",),
    "grams": ("kilograms", "milligrams"),
    "nM": ("mM",),
    "μM": ("mM",),
    "µM": ("mM",),
    "mM": ("µM",),
    "kDa": ("Da",),
    "kb": ("Mb",),
    "bp": ("kb",),
    "million": ("billion", "thousand"),
    "billion": ("million",),
    "ms": ("s",),
    "kW": ("MW",),
    "MW": ("kW",),
    "GB": ("MB", "TB"),
    "MB": ("GB",),
    "kV": ("V",),
    "Hz": ("kHz",),
    "MHz": ("GHz",),
    "GHz": ("MHz",),
}
_REPLACED_EN: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("minutes", "days"),
    "minutes": ("hours", "seconds"),
    "days": ("weeks", "hours"),
    "weeks": ("months", "days"),
    "months": ("years", "weeks"),
    "years": ("months", "weeks"),
    "seconds": ("minutes",),
    "h": ("min",),
    "min": ("h", "s"),
    "miles": ("kilometers", "yards"),
    "feet": ("yards", "inches"),
    "inches": ("feet",),
    "acres": ("square miles",),
    "pounds": ("kilograms",),
    "percent": ("per mille",),
    "%": ("‰",),
    "°C": ("°F",),
    "° C": ("° F",),
    "rpm": ("rps",),
    "bar": ("kPa",),
}
_ZH_PREFIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "公里": ("米", "厘米"),
    "千米": ("米",),
    "米": ("公里", "厘米"),
    "厘米": ("毫米", "米"),
    "毫米": ("厘米",),
    "公斤": ("克", "吨"),
    "千克": ("克",),
    "克": ("千克", "毫克"),
    "吨": ("公斤", "克"),
    "平方公里": ("平方米",),
    "平方米": ("平方公里",),
    "毫克": ("克", "微克"),
    "微克": ("毫克",),
    "毫升": ("升",),
    "升": ("毫升",),
    "GB": ("MB", "TB"),
    "MB": ("GB",),
    "TB": ("GB",),
    "Hz": ("kHz",),
    "GHz": ("MHz",),
    "kW": ("MW",),
    "mAh": ("Ah",),
}
_ZH_MYRIADS: Final[Mapping[str, tuple[str, ...]]] = {
    "万亿": ("亿", "万"),
    "万": ("亿",),
    "亿": ("万",),
}
_ZH_REPLACED: Final[Mapping[str, tuple[str, ...]]] = {
    "小时": ("分钟", "天"),
    "分钟": ("小时", "秒"),
    "天": ("周", "小时"),
    "周": ("个月",),
    "个月": ("年", "周"),
    "秒": ("分钟",),
    "英寸": ("厘米",),
    "公顷": ("平方米",),
    "%": ("‰",),
    "％": ("‰",),
    "℃": ("℉",),
    "亩": ("公顷",),
    "英里": ("公里",),
    "海里": ("公里",),
    "岁": ("个月",),
}
_MONEY: Final = re.compile(r"(?P<sign>US\$|[$£€¥])(?=\s?\d)")
_MONEY_ZH: Final = re.compile(
    r"(?<=[\d万亿])(?P<unit>(?:美元|欧元|英镑|日元|港元|"
    r"元)(?:人民币)?)(?![\u4e00-\u9fff]{0,1}[旦素])"
)
_SIGNS: Final = ("$", "£", "€")
_MONEYS_ZH: Final = ("美元", "欧元", "英镑", "日元", "元")


def _swapped(table: Mapping[str, tuple[str, ...]], *, han: bool) -> Callable[[Scene], str | None]:
    units = "|".join(re.escape(unit) for unit in sorted(table, key=len, reverse=True))
    end = (
        r"(?![\u4e00-\u9fffA-Za-z]?[克瓦伏安])(?![A-Za-z/])"
        if han
        else r"(?![A-Za-z])(?!\s?/)(?![-–])(?! ?\()"
    )
    pattern = re.compile(_NUMBER + rf"(?P<unit>{units}){end}")

    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in pattern.finditer(scene.sentence):
                new = scene.chance.choice(table[found["unit"]])
                number = found["number"]
                # "2 weeks or younger" follows from "2 months or younger", so it would not be false.
                if is_bound(scene.sentence, found.start(), found.end()):
                    continue
                if re.search(
                    rf"(?<![\d.]){re.escape(number)}\s?{re.escape(new)}", scene.passage.text
                ):
                    continue
                yield Edit(found.start("unit"), found.end("unit"), new)

        return choose(scene, edits())

    return make


def _money(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(
                found.start(),
                found.end(),
                scene.chance.choice([sign for sign in _SIGNS if sign != found["sign"][-1]]),
            )
            for found in _MONEY.finditer(scene.sentence)
        ),
    )


def _money_zh(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _MONEY_ZH.finditer(scene.sentence):
            others = [
                unit
                for unit in _MONEYS_ZH
                if unit not in found["unit"] or (unit == "元" and len(found["unit"]) > 1)
            ]
            others = [
                unit
                for unit in others
                if unit not in scene.sentence and unit != found["unit"].removesuffix("人民币")
            ]
            if others:
                yield Edit(found.start(), found.end(), scene.chance.choice(others))

    return choose(scene, edits())


RULES: Final = (
    Rule("unit: prefix", "en", _swapped(_PREFIXED_EN, han=False)),
    Rule("unit: prefix", "zh", _swapped(_ZH_PREFIXED, han=True)),
    Rule("unit: myriads", "zh", _swapped(_ZH_MYRIADS, han=True)),
    Rule("unit: another", "en", _swapped(_REPLACED_EN, han=False)),
    Rule("unit: another", "zh", _swapped(_ZH_REPLACED, han=True)),
    Rule("unit: currency", "en", _money),
    Rule("unit: currency", "zh", _money_zh),
)
