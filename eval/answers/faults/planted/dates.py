"""Faults in dates and times: another day, month, year or half of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eval.answers.faults.numerals import values_of
from eval.answers.faults.rules import Edit, Rule, Scene, choose
from eval.answers.faults.word_swaps import listed

MONTHS: Final = listed("""
    January February March April May June July August September October November December
""")
_MONTH: Final = re.compile(
    rf"\b(?:{'|'.join(MONTHS)})\b(?=\s\d|,)|(?<=\bin )(?:{'|'.join(MONTHS)})\b|(?<=\d "
    rf")(?:{'|'.join(MONTHS)})\b"
)
_DAY: Final = re.compile(
    rf"\b(?:{'|'.join(MONTHS)}) (?P<after>\d{{1,2}})(?![\d–-])|"
    rf"(?<![\d–-])(?P<before>\d{{1,2}}) (?:{'|'.join(MONTHS)})\b"
)
YEAR: Final = re.compile(
    r"(?:(?<=\b[Ii]n )|(?<=\bsince )|(?<=\buntil )|(?<=[a-z] \d, )|(?<=[a-z] \d\d, )|"
    r"(?<=ber )|(?<=ary )|(?<=ril )|(?<=May )|(?<=uly )|(?<=une ))"
    r"(?:1[5-9]\d\d|20[0-3]\d)\b(?![–-]|s\b|/)"
)
_HALVES: Final = (("morning", "evening"), ("afternoon", "morning"), ("evening", "morning"))
_HALF: Final = re.compile(r"\b(?:morning|afternoon|evening|a\.m\.|p\.m\.)")
YEAR_ZH: Final = re.compile(r"(?<!\d)(?:1[5-9]\d\d|20[0-3]\d)(?=年(?![代级]))")
_MONTH_ZH: Final = re.compile(r"(?<=年)\d{1,2}(?=月)|(?<![\d年至到-])\d{1,2}(?=月\d{1,2}日)")
_DAY_ZH: Final = re.compile(r"(?<=月)\d{1,2}(?=日(?!本|至|电))")
_PAIR_ZH: Final = re.compile(r"(?<=年)(\d{1,2})月(\d{1,2})(?=日)")
_HALF_ZH: Final = re.compile(r"上午|下午|早上|晚上|凌晨|清晨|傍晚")
_OPPOSITE_ZH: Final = {
    "上午": "下午",
    "下午": "上午",
    "早上": "晚上",
    "晚上": "早上",
    "凌晨": "下午",
    "清晨": "晚上",
    "傍晚": "早上",
}


def _month(scene: Scene) -> str | None:
    others = [month for month in MONTHS if month not in scene.passage.text]
    return choose(
        scene,
        (
            Edit(found.start(), found.end(), scene.chance.choice(others))
            for found in _MONTH.finditer(scene.sentence)
            if others
        ),
    )


def _numbers(pattern: re.Pattern[str], least: int, most: int) -> Rule:
    def make(scene: Scene) -> str | None:
        held = values_of(scene.passage.text)

        def edits() -> Iterator[Edit]:
            for found in pattern.finditer(scene.sentence):
                group = next((name for name, text in found.groupdict().items() if text), 0)
                near = int(found[group])
                span = range(max(least, near - 9), min(most, near + 9) + 1)
                others = [value for value in span if str(value) not in held]
                if others:
                    yield Edit(*found.span(group), str(scene.chance.choice(others)))

        return choose(scene, edits())

    return Rule("", "en", make)


def _swapped_zh(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(found.start(), found.end(), f"{found[2]}月{found[1]}")
            for found in _PAIR_ZH.finditer(scene.sentence)
            if found[1] != found[2]
            and int(found[2]) <= len(MONTHS)
            and f"{found[2]}月{found[1]}日" not in scene.passage.text
        ),
    )


def _half(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _HALF.finditer(scene.sentence):
            new = (
                dict(_HALVES).get(found.group()) or {"a.m.": "p.m.", "p.m.": "a.m."}[found.group()]
            )
            if new not in scene.passage.text:
                yield Edit(found.start(), found.end(), new)

    return choose(scene, edits())


def _half_zh(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(found.start(), found.end(), _OPPOSITE_ZH[found.group()])
            for found in _HALF_ZH.finditer(scene.sentence)
            if _OPPOSITE_ZH[found.group()] not in scene.passage.text
        ),
    )


RULES: Final = (
    Rule("date: month", "en", _month),
    Rule("date: day", "en", _numbers(_DAY, 1, 28).make),
    Rule("date: year", "en", _numbers(YEAR, 1500, 2026).make),
    Rule("date: half of the day", "en", _half),
    Rule("date: month", "zh", _numbers(_MONTH_ZH, 1, 12).make),
    Rule("date: day", "zh", _numbers(_DAY_ZH, 1, 28).make),
    Rule("date: year", "zh", _numbers(YEAR_ZH, 1500, 2026).make),
    Rule("date: parts exchanged", "zh", _swapped_zh),
    Rule("date: half of the day", "zh", _half_zh),
)
