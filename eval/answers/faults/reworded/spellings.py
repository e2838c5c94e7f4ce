"""True rewordings that write a number, a unit or a date differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eval.answers.faults.numerals import in_han, in_words, of_han, of_words
from eval.answers.faults.planted.dates import MONTHS
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_COUNT: Final = re.compile(r"(?<=[a-z] )(?P<digits>[1-9]\d?)(?= [a-z]{4,14}s\b)")
_WORD: Final = re.compile(
    r"(?<=[a-z] )(?P<word>(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen)(?= [a-z]{4,14}s\b)"
)
_NO_COUNT: Final = re.compile(
    r"\b(?:type|grade|stage|phase|level|class|chapter|section|version|day|week|month|"
    r"year|age|aged|no|number|figure|table|step|on|and|or|to|about|around|over|"
    r"hundred|thousand|million|or)\s$",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(r"(?<![\d.,])\d{1,3},\d{3}(?![\d,])")
_UNGROUPED: Final = re.compile(
    r"(?<![\d.,:/#-])(?!(?:1[5-9]|20)\d\d\b)[1-9]\d{3,4}(?=\s[a-z]{4,12}s\b)"
)
_PERCENT: Final = re.compile(r"(?<=\d)%(?=[\s.,;)])")
_PERCENT_WORD: Final = re.compile(r"(?<=\d) percent\b")
_UNITS: Final = {
    "km": "kilometres",
    "kg": "kilograms",
    "mg": "milligrams",
    "cm": "centimetres",
    "mm": "millimetres",
    "ml": "millilitres",
    "mL": "millilitres",
    "kilometers": "km",
    "kilometres": "km",
    "GB": "gigabytes",
    "MB": "megabytes",
}
_UNIT: Final = re.compile(
    r"(?<=\d\s)(?:km|kg|mg|cm|mm|ml|mL|kilometers|kilometres|GB|"
    r"MB)(?=[\s.,;)])(?!\s?[/·(]|\sHg)(?!\s[a-z]*-)"
)
_UNITS_ZH: Final = {
    "公斤": "千克",
    "千克": "公斤",
    "公里": "千米",
    "平方公里": "平方千米",
    "千米": "公里",
    "℃": "摄氏度",
    "％": "%",
}
_UNIT_ZH: Final = re.compile(r"(?<=[\d.万])(?:公斤|千克|平方公里|公里|千米|℃|％)(?![/每])")
_LONG: Final = re.compile(
    rf"(?<!to )(?<!and )(?<!-)(?<!– )\b(?P<month>{'|'.join(MONTHS)}) "
    rf"(?P<day>\d{{1,2}}), (?P<year>\d{{4}})\b"
)
_SHORT: Final = re.compile(
    rf"(?<!to )(?<!and )(?<!– )(?<![\d–-])(?P<day>\d{{1,2}}) "
    rf"(?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})\b"
)
_DATE_ZH: Final = re.compile(
    r"(?<![\d至到—－-])(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?![至到本电])"
)
_COUNTED_ZH: Final = re.compile(
    r"(?<![\d.第年月,，百千万约近余:：至-])(?P<digits>[1-9]\d?)(?=(?:个(?!别)|名|位|"
    r"人|次|座|种|条|项|部|家|集|岁|张|天|所|站|支)(?!以))"
)
_HAN_ZH: Final = re.compile(
    r"(?<![一二两三四五六七八九十百千万第零〇年月星期数几多近约之])(?P<han>[二三四五六"
    r"七八九]?十[一二三四五六七八九]?|[三四五六七八九])"
    r"(?=(?:个(?!别)|名|位|次|座|种|条|项|部|家|岁|天|所|张)(?!以))"
)
_PERCENT_ZH: Final = re.compile(r"(?<![\d.\-–~至到])(?P<digits>[1-9]\d?)[%％](?![-~至到])")


def _numbers(scene: Scene) -> str | None:
    text = scene.sentence

    def edits() -> Iterator[Edit]:
        for found in _COUNT.finditer(text):
            words = in_words(int(found["digits"]))
            if words is not None and not _NO_COUNT.search(text[: found.start()]):
                yield Edit(found.start(), found.end(), words)
        for found in _WORD.finditer(text):
            if not _NO_COUNT.search(text[: found.start()]):
                yield Edit(found.start(), found.end(), str(of_words(found["word"])))
        for found in _GROUPED.finditer(text):
            yield Edit(found.start(), found.end(), found.group().replace(",", ""))
        for found in _UNGROUPED.finditer(text):
            yield Edit(found.start(), found.end(), f"{int(found.group()):,}")

    return choose(scene, edits())


def _numbers_zh(scene: Scene) -> str | None:
    text = scene.sentence

    def edits() -> Iterator[Edit]:
        for found in _COUNTED_ZH.finditer(text):
            value = int(found["digits"])
            if value not in {1, 2} and (han := in_han(value)):
                yield Edit(found.start(), found.end(), han)
        for found in _HAN_ZH.finditer(text):
            if (number := of_han(found["han"])) is not None:
                yield Edit(found.start(), found.end(), str(number))
        for found in _PERCENT_ZH.finditer(text):
            if han := in_han(int(found["digits"])):
                yield Edit(found.start(), found.end(), f"百分之{han}")

    return choose(scene, edits())


def _percent(scene: Scene) -> str | None:
    text = scene.sentence
    return choose(
        scene,
        [
            *(
                Edit(
                    found.start(), found.end(), scene.chance.choice((" percent", " %", " per cent"))
                )
                for found in _PERCENT.finditer(text)
            ),
            *(Edit(found.start(), found.end(), "%") for found in _PERCENT_WORD.finditer(text)),
        ],
    )


def _unit(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(found.start(), found.end(), _UNITS[found.group()])
            for found in _UNIT.finditer(scene.sentence)
            if not re.search(r"\b1\s$", scene.sentence[: found.start()])
        ),
    )


def _unit_zh(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(found.start(), found.end(), _UNITS_ZH[found.group()])
            for found in _UNIT_ZH.finditer(scene.sentence)
        ),
    )


def _date(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for pattern in (_LONG, _SHORT):
            for found in pattern.finditer(scene.sentence):
                day, month, year = found["day"], found["month"], found["year"]
                number = MONTHS.index(month) + 1
                others = [f"{year}-{number:02}-{int(day):02}"]
                others += (
                    [f"{int(day)} {month} {year}"]
                    if pattern is _LONG
                    else [f"{month} {int(day)}, {year}"]
                )
                yield Edit(found.start(), found.end(), scene.chance.choice(others))

    return choose(scene, edits())


def _date_zh(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(
                found.start(),
                found.end(),
                f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}",
            )
            for found in _DATE_ZH.finditer(scene.sentence)
        ),
    )


RULES: Final = (
    Rule("number written otherwise", "en", _numbers, true=True),
    Rule("number written otherwise", "zh", _numbers_zh, true=True),
    Rule("percent written otherwise", "en", _percent, true=True),
    Rule("unit written otherwise", "en", _unit, true=True),
    Rule("unit written otherwise", "zh", _unit_zh, true=True),
    Rule("date written otherwise", "en", _date, true=True),
    Rule("date written otherwise", "zh", _date_zh, true=True),
)
