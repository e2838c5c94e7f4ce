"""True rewordings typical of language models: other units, voices, orders and openings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from eval.answers.faults.reworded.sentence_rewordings import lowered
from eval.answers.faults.rules import Edit, Rule, Scene, choose
from eval.answers.faults.word_swaps import one_way, swap

SMALLER: Final[Mapping[str, tuple[int, str]]] = {
    "km": (1_000, "m"),
    "kilometres": (1_000, "metres"),
    "kilometers": (1_000, "meters"),
    "kg": (1_000, "g"),
    "hours": (60, "minutes"),
    "minutes": (60, "seconds"),
    "years": (12, "months"),
    "weeks": (7, "days"),
    "GB": (1_024, "MB"),
}
SMALLER_ZH: Final[Mapping[str, tuple[int, str]]] = {
    "公里": (1_000, "米"),
    "千米": (1_000, "米"),
    "公斤": (1_000, "克"),
    "吨": (1_000, "公斤"),
    "小时": (60, "分钟"),
    "分钟": (60, "秒"),
    "年": (12, "个月"),
    "周": (7, "天"),
}
AMOUNT: Final = re.compile(
    rf"(?<![\d.,:/$€£–-])(?<!to )(?<!and )(?<!or )(?P<number>[2-9]|[1-9]\d) "
    rf"(?P<unit>{'|'.join(SMALLER)})"
    r"(?=[.,;]| (?:of|in|from|to|for|on|at|after|before|long|away)\b)(?! (?:of age|old|to \d))"
)
AMOUNT_ZH: Final = re.compile(
    rf"(?<![\d.,:：第至到~—-])(?P<number>[2-9]|[1-9]\d)(?P<unit>{'|'.join(SMALLER_ZH)})(?=[，。；的])"
)
_HALVES: Final = {
    "30 minutes": "half an hour", "six months": "half a year", "6 months": "half a year",
    "12 hours": "half a day", "30分钟": "半小时", "6个月": "半年", "三十分钟": "半个小时",
    "六个月": "半年",
}  # fmt: skip
_POLITE: Final = ("Sure, ", "Certainly, ", "Of course, ", "Please note that ")
_POLITE_ZH: Final = ("好的，", "当然，", "您好，", "请注意，")
_MONEY: Final = re.compile(
    r"(?<![A-Z])(?P<sign>[$£€])(?P<number>\d[\d,.]*\d|\d)(?P<scale> (?:million|billion))?"
    r"(?=[.,;]? |\.$)(?!\.?\d| (?:m|b|tr)illion|-)"
)
_MONEYS: Final = {"$": "dollars", "£": "pounds", "€": "euros"}
_LAST_YEAR: Final = re.compile(
    r"^(?P<main>(?:The|It|They|This) [^,;:()]{20,120}) in (?P<year>(?:1[6-9]|20)\d\d)\.$"
)
_YEAR_ZH: Final = re.compile(
    r"^(?P<who>[\u4e00-\u9fff]{2,12})(?:于|在)(?P<year>(?:1[6-9]|20)\d\d年)(?P<did>(?!.*[的眾众])[\u4e00-\u9fff]{4,30})。$"
)
CONDITION: Final = re.compile(
    r"^(?P<when>If|When|After|Before|Unless) (?P<cause>(?:the|a|an|it|they|you) [^,;:]{8,80}), "
    r"(?P<main>(?:the|a|an|it|they|you) [^,;:]{8,100})\.$"
)
_NAME: Final = r"[A-Z][a-z]{2,14}(?: [A-Z][a-z]{2,14}){0,2}"
_DID: Final = re.compile(
    rf"^(?P<who>(?:The )?{_NAME}) (?P<verb>founded|invaded|conquered|defeated|acquired|designed"
    rf"|directed|created|discovered|published|established|captured|produced|invented) "
    rf"(?P<what>(?:the )?(?:{_NAME}|[a-z]{{4,12}}))(?P<rest> in (?:1[6-9]|20)\d\d)?\.$"
)
_BY_ZH: Final = re.compile(
    r"^(?P<what>[\u4e00-\u9fff]{2,10})(?:是)?由(?P<who>[\u4e00-\u9fff]{2,8})"
    r"(?P<verb>创办|创立|建造|设计|执导|主演|出版|发行|制作|管理|经营|开发|主办|负责|建立)(?:的)?(?P<rest>[，。].*)$"
)


def _converted(
    table: Mapping[str, tuple[int, str]], pattern: re.Pattern[str], space: str
) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in pattern.finditer(scene.sentence):
                times, unit = table[found["unit"]]
                amount = int(found["number"]) * times
                written = f"{amount:,}" if space else str(amount)
                yield Edit(found.start(), found.end(), f"{written}{space}{unit}")

        return choose(scene, edits())

    return make


def _opened(scene: Scene) -> str | None:
    if scene.passage.lang == "zh":
        return scene.chance.choice(_POLITE_ZH) + scene.sentence
    low = lowered(scene.sentence)
    return None if low is None else scene.chance.choice(_POLITE) + low


def _money(scene: Scene) -> str | None:
    return choose(
        scene,
        (
            Edit(
                found.start(),
                found.end(),
                f"{found['number']}{found['scale'] or ''} {_MONEYS[found['sign']]}",
            )
            for found in _MONEY.finditer(scene.sentence)
        ),
    )


def _year_first(scene: Scene) -> str | None:
    if scene.passage.lang == "zh":
        found = _YEAR_ZH.match(scene.sentence)
        return f"{found['year']}，{found['who']}{found['did']}。" if found else None
    found = _LAST_YEAR.match(scene.sentence)
    if found is None:
        return None
    return f"In {found['year']}, {found['main'][0].lower()}{found['main'][1:]}."


def _condition_last(scene: Scene) -> str | None:
    found = CONDITION.match(scene.sentence)
    if found is None:
        return None
    main = found["main"][0].upper() + found["main"][1:]
    return f"{main} {found['when'].lower()} {found['cause']}."


def _in_passive(scene: Scene) -> str | None:
    found = _DID.match(scene.sentence)
    if found is None:
        return None
    what, who = found["what"], found["who"]
    if who.startswith("The "):
        who = "the" + who[3:]
    return f"{what[0].upper()}{what[1:]} was {found['verb']} by {who}{found['rest'] or ''}."


def _in_active_zh(scene: Scene) -> str | None:
    found = _BY_ZH.match(scene.sentence)
    if found is None or found["rest"] != "。":
        return None
    return f"{found['who']}{found['verb']}了{found['what']}。"


_EXACTLY: Final[Callable[[Scene], str | None]] = swap(
    _HALVES, before=r"(?<!to )(?<!or )(?<!and )(?<![–-])", free=True
)
_BOUND: Final = one_way("""
    more than > over
    at least > no fewer than
    at most > no more than
    less than > under
    no more than > at most
    up to > at most
""")
_BOUND_ZH: Final = one_way("""
    不超过 > 不得超过
    至少 > 不少于
    最多 > 至多
    不少于 > 至少
    不低于 > 至少
""")
_DUTY_ZH: Final = one_way("""
    必须 > 须
    需要 > 需
    应当 > 应
    可以 > 可
    不得 > 不能
    无需 > 不需要
""")
_COPULA_ZH: Final = {"为": "是"}
_TOGETHER_ZH: Final = {"共有": "一共有", "总共": "一共", "合计": "共计"}
_LIGHT_ZH: Final = one_way("""
    以及 > 和
    并且 > 并
    之后 > 以后
    之前 > 以前
""")

RULES: Final = (
    Rule("unit converted", "en", _converted(SMALLER, AMOUNT, " "), true=True),
    Rule("unit converted", "zh", _converted(SMALLER_ZH, AMOUNT_ZH, ""), true=True),
    Rule("half said in words", "en", _EXACTLY, true=True),
    Rule(
        "half said in words",
        "zh",
        swap(_HALVES, han=True, before=r"(?<![\d.至到前后近第])", free=True),
        true=True,
    ),
    *(Rule("polite before it", lang, _opened, true=True) for lang in ("en", "zh")),
    Rule("currency written otherwise", "en", _money, true=True),
    *(Rule("year first", lang, _year_first, true=True) for lang in ("en", "zh")),
    Rule("condition last", "en", _condition_last, true=True),
    Rule("active and passive", "en", _in_passive, true=True),
    Rule("active and passive", "zh", _in_active_zh, true=True),
    Rule(
        "bound written otherwise",
        "en",
        swap(_BOUND, behind=r"(?= \d{1,3}(?:,\d{3})* [a-z]{3,12})", free=True),
        true=True,
    ),
    Rule(
        "bound written otherwise",
        "zh",
        swap(_BOUND_ZH, han=True, behind=r"(?=\d)", free=True),
        true=True,
    ),
    Rule(
        "duty written otherwise",
        "zh",
        swap(_DUTY_ZH, han=True, before=r"(?<![不无])", free=True),
        true=True,
    ),
    Rule(
        "is said otherwise",
        "zh",
        swap(
            _COPULA_ZH,
            han=True,
            before=r"(?<=[积口度长高名数速压重期额])",
            behind=r"(?=\d)",
            free=True,
        ),
        true=True,
    ),
    Rule(
        "together said otherwise",
        "zh",
        swap(_TOGETHER_ZH, han=True, before=r"(?<!一)", free=True),
        true=True,
    ),
    Rule("joined otherwise", "zh", swap(_LIGHT_ZH, han=True, free=True), true=True),
)
"""Rules whose drafts are true whatever the passage says."""
