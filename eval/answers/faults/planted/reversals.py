"""Faults that keep most words: reversed conditions, voices, amounts and duties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from eval.answers.faults.reworded.model_rewordings import (
    AMOUNT,
    AMOUNT_ZH,
    CONDITION,
    SMALLER,
    SMALLER_ZH,
)
from eval.answers.faults.rules import Edit, Rule, Scene, choose
from eval.answers.faults.word_swaps import one_way, swap

_NAME: Final = r"[A-Z][a-z]{2,14}(?: [A-Z][a-z]{2,14}){0,2}"
_DID: Final = re.compile(
    rf"^(?P<who>(?:The )?{_NAME}) (?P<verb>founded|invaded|conquered|defeated|acquired|captured"
    rf"|replaced|succeeded|controls|regulates|activated|inhibited) "
    rf"(?P<rest>(?:the )?{_NAME}[^,;:]{{0,60}})\.$"
)
_PAST: Final = {"controls": "controlled", "regulates": "regulated"}
_NUMBERS: Final = re.compile(
    r"(?<![\d.,:/$€£-])[1-9]\d{1,3}(?![\d.,:/%-])(?= (?!and\b|or\b|to\b|when\b)[a-z]{3,12})"
)
_NUMBERS_ZH: Final = re.compile(
    r"(?<![\d.,:：第/-])[1-9]\d{0,3}(?=[个名位人次座种条项部家台公分小天][^\d]{2})"
)
_RATES: Final = one_way("""
    per hour > per minute
    per minute > per hour
    per second > per minute
    per day > per week
    per year > per month
    per month > per year
    a year > a month
    a day > a week
""")
_RATES_ZH: Final = one_way("""
    每小时 > 每分钟
    每分钟 > 每小时
    每秒 > 每分钟
    每年 > 每月
    每月 > 每年
    每周 > 每天
    每天 > 每周
""")
_DUTIES: Final = one_way("""
    must not > need not
    may not > need not
    cannot > need not
    do not have to > must not
    need not > must not
""")
_DUTIES_ZH: Final = one_way("""
    不得 > 不必
    禁止 > 无需
    不能 > 不必
    无需 > 不得
    不必 > 不得
    不需要 > 不得
""")
_HEDGES: Final = re.compile(
    r"(?<=[a-z] )(?:usually|often|sometimes|probably|generally|typically|rarely) (?=[a-z])"
)
_HEDGES_ZH: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:可能|通常|有时|往往|也许)(?=[\u4e00-\u9fff])(?![性])"
)


def _condition_turned(scene: Scene) -> str | None:
    found = CONDITION.match(scene.sentence)
    if found is None:
        return None
    return f"{found['when']} {found['main']}, {found['cause']}."


def _condition_dropped(scene: Scene) -> str | None:
    found = CONDITION.match(scene.sentence)
    if found is None or found["when"] in ("After", "Before"):
        return None
    return f"{found['main'][0].upper()}{found['main'][1:]}."


def _voice_turned(scene: Scene) -> str | None:
    found = _DID.match(scene.sentence)
    if found is None:
        return None
    verb = _PAST.get(found["verb"], found["verb"])
    return f"{found['who']} was {verb} by {found['rest']}."


def _numbers_exchanged(pattern: re.Pattern[str]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        places = list(pattern.finditer(scene.sentence))
        if len(places) != 2 or places[0].group() == places[1].group():  # noqa: PLR2004 - two are exchanged
            return None
        one, other = places
        text = scene.sentence
        if text[one.end() : one.end() + 4] == text[other.end() : other.end() + 4]:
            return None
        between = text[one.end() : other.start()]
        return f"{text[: one.start()]}{other.group()}{between}{one.group()}{text[other.end() :]}"

    return make


def _wrongly_converted(scene: Scene) -> str | None:
    han = scene.passage.lang == "zh"
    table, pattern = (SMALLER_ZH, AMOUNT_ZH) if han else (SMALLER, AMOUNT)

    def edits() -> Iterator[Edit]:
        for found in pattern.finditer(scene.sentence):
            times, unit = table[found["unit"]]
            wrong = int(found["number"]) * (times * 10 if times > 99 else 100)  # noqa: PLR2004 - a slip of tens
            yield Edit(found.start(), found.end(), f"{wrong}{'' if han else ' '}{unit}")

    return choose(scene, edits())


def _hedge_dropped(pattern: re.Pattern[str]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        return choose(
            scene,
            (Edit(found.start(), found.end(), "") for found in pattern.finditer(scene.sentence)),
        )

    return make


RULES: Final = (
    Rule("condition turned", "en", _condition_turned),
    Rule("wider: condition dropped", "en", _condition_dropped),
    Rule("roles exchanged by voice", "en", _voice_turned),
    Rule("number: two exchanged", "en", _numbers_exchanged(_NUMBERS)),
    Rule("number: two exchanged", "zh", _numbers_exchanged(_NUMBERS_ZH)),
    Rule("unit: rate", "en", swap(_RATES)),
    Rule("unit: rate", "zh", swap(_RATES_ZH, han=True)),
    *(Rule("unit: converted wrongly", lang, _wrongly_converted) for lang in ("en", "zh")),
    Rule("duty turned", "en", swap(_DUTIES)),
    Rule("duty turned", "zh", swap(_DUTIES_ZH, han=True)),
    Rule("surer: hedge dropped", "en", _hedge_dropped(_HEDGES)),
    Rule("surer: hedge dropped", "zh", _hedge_dropped(_HEDGES_ZH)),
)
