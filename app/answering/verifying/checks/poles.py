"""Opposites that small words decide: at least, at most; before, after; may, must; all, some.

A sentence that keeps every word of its source but one of these says the opposite. Words that name
things are compared elsewhere; here are the ones that a comparison of words passes over, or that
stand in a source beside their own opposite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_POLES: Final[Mapping[str, Mapping[str, str]]] = {
    "bound": {
        "upper": r"\bat (?:the )?most\b|\bno(?:t)? (?:more|greater|later|longer|higher|larger"
        r"|heavier) than\b|\bup to\b|\bmaximum\b|\bmax\b|\b(?:not|never|may not|must not"
        r"|cannot) exceed\b"
        r"|\bless than\b|\bfewer than\b|\bunder (?=¦|\d)|\bbelow (?=¦|\d)|\bor (?:less|fewer"
        r"|lower)\b|\blower than\b|\bshorter than\b|\bwithin (?=¦|\d)"
        r"|至多|最多|不得?超过|不高于|不大于|不多于|不得高于|最高|最大|最长|最晚|以内|之内|以下"
        r"|低于|小于|少于|不足|不到|上限",
        "lower": r"\bat (?:the )?least\b|\bno(?:t)? (?:less|fewer|lower|shorter|smaller"
        r"|earlier) than\b|\bminimum\b|\bmin\b"
        r"|\bmore than\b|\bgreater than\b|\bhigher than\b|\blonger than\b|\bover (?=¦|\d)"
        r"|\babove (?=¦|\d)|\bexceed(?:s|ing|ed)?\b|\bor (?:more|above|higher|longer|over)\b"
        r"|\bupwards\b"
        r"|至少|最少|不少于|不低于|不小于|不得少于|不得低于|最低|最小|最短|最早|以上|超过|大于"
        r"|高于|多于|逾|下限",
    },
    "exact": {
        "about": r"\b(?:about|around|approximately|approx|roughly|nearly|almost|circa)\b|大约|约"
        r"|左右|大概|近|将近",
    },
    "order": {
        "before": r"\b(?:before|prior to|ahead of|earlier than|until|till|by (?=¦))\b|之前|以前"
        r"|前(?![台往言面提后身景])|事先|提前|截至",
        "after": r"\b(?:after|following|later than|since|once|from (?=¦))\b|之后|以后"
        r"|后(?![台面者勤备续果退悔])"
        r"|自.{0,12}?起",
    },
    "place": {
        "above": r"\b(?:above|over|on top of|upper)\b|上方|上面|之上",
        "below": r"\b(?:below|under|beneath|underneath|lower)\b|下方|下面|之下",
    },
    "inside": {
        "in": r"\b(?:inside|indoors?|within|including|included?|includes|with)\b|以内|之内|内部"
        r"|室内|包括"
        r"|包含|含(?!义)",
        "out": r"\b(?:outside|outdoors?|excluding|excluded?|excludes|without|except)\b|以外|之外"
        r"|外部|室外"
        r"|户外|除外|不包括|不包含|不含",
    },
    "switch": {
        "on": r"\b(?:on|enable[ds]?|activate[ds]?|open(?:s|ed)?|start(?:s|ed)?|lock(?:s|ed)?)\b"
        r"|开启|打开|启用|启动|开通|激活|开放",
        "off": r"\b(?:off|disable[ds]?|deactivate[ds]?|close[ds]?|shut|stop(?:s|ped)?|unlock(?:s"
        r"|ed)?)\b|关闭|关掉|禁用|停用|停止|关停|注销",
    },
    "modality": {
        "may": r"\b(?:may|might|can|could|optional(?:ly)?|allowed|permitted|recommended"
        r"|possibl[ey]|perhaps|likely|probably)\b|可以|可能|可(?=[^能以靠是见])|允许|建议|也许"
        r"|或许|能够",
        "must": r"\b(?:must|shall|should|required?|requires|obliged|mandatory|compulsory|obligatory"
        r"|ha(?:s|ve) to|needs? to|certain(?:ly)?|definitely|always|guaranteed?)\b|必须|应当|应该"
        r"|应(?=[^用急聘])|须|务必|需要|一定|肯定|必然|强制",
    },
    "duty": {
        "forbidden": r"\bmust not\b|不得",
        "free": r"\bneed not\b|不必",
    },
    "extent": {
        "all": r"\b(?:all|every|each|any|entire(?:ly)?|whole|always|everyone|everything"
        r"|complete(?:ly)?|fully)\b|所有|全部|每(?=[^天日周月年次个])|任何|一律|均|都|全体|始终"
        r"|总是|完全",
        "most": r"\b(?:most|usually|generally|mainly|mostly|majority|primarily|chiefly|largely"
        r"|predominantly|typically)\b|大多|大部分|多数|通常|一般",
        "some": r"\b(?:some|several|sometimes|partly|partially|certain|occasionally|few|rarely"
        r"|part of)\b|部分|一些|有些|有的|有时|少数|个别|偶尔|某些",
    },
    "half": {
        "first": r"\b(?:first|earliest|start|beginning|initial)\b|第一|首次|最初|开始|首个",
        "last": r"\b(?:last|latest|final|end)\b|最后|末次|最终|结束|末尾",
    },
    "growth": {
        "up": r"\b(?:increas\w{0,4}|ris(?:e|es|ing|en)|rose|grew|grow(?:s|n|th)?|raise[ds]?"
        r"|higher|more|gain(?:s|ed)?|up)\b|增加|上升|上涨|提高|增长|升高|上调|增至",
        "down": r"\b(?:decreas\w{0,4}|reduc\w{0,5}|fall(?:s|en)?|fell|drop(?:s|ped)?|declin\w{0,3}"
        r"|lower(?:s|ed)?|less|fewer|los(?:s|es|t)|down)\b|减少|下降|下跌|降低|下滑|下调|降至",
    },
}
_COMPILED: Final = {
    pole: {side: re.compile(pattern, re.IGNORECASE) for side, pattern in sides.items()}
    for pole, sides in _POLES.items()
}
_KEPT: Final = ("bound",)
"""What a sentence may not leave out either: "at least thirty" is not "thirty"."""
_UNLESS: Final = re.compile(
    r"\b(?:unless|except(?:ing)?|only if|only when|provided that|but not|other than)\b|除非"
    r"|除了?.{0,20}?(?:以外|之外|外)|仅当|只有.{0,20}?才",
    re.IGNORECASE,
)
_WILL: Final = re.compile(r"\b(?:will|always|certainly|definitely)\b|一定|肯定|必定", re.IGNORECASE)
_MIGHT: Final = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|probably|likely)\b|可能|也许|或许", re.IGNORECASE
)


def sides(text: str) -> dict[str, frozenset[str]]:
    """For each pole that ``text`` speaks of, on which sides it does."""
    found: dict[str, frozenset[str]] = {}
    for pole, patterns in _COMPILED.items():
        rest, here = text, set()
        # The one that comes first in the table is the longer: "no more than" holds "more than".
        for side, pattern in patterns.items():
            if pattern.search(rest):
                here.add(side)
                rest = pattern.sub(" ", rest)
        if here:
            found[pole] = frozenset(here)
    return found


def turned(claim: str, source: str, around: str) -> str | None:
    """The pole on which ``claim`` stands where its source does not; ``None`` if there is none.

    ``around`` is the setting of ``source``, where a word may stand that the claim has.
    """
    said, known, beside = sides(claim), sides(source), sides(around)
    if "extent" in said and not _scope(claim):
        said["extent"] -= {"all"}  # 都 and "complete" alone say little
    for pole, here in said.items():
        allowed = known.get(pole, frozenset()) | beside.get(pole, frozenset())
        if not here <= allowed and (allowed or pole in ("modality", "extent", "bound", "exact")):
            if pole == "modality" and here == {"may"} and not allowed:
                continue  # "it can be used" says no more than "it is used"
            return pole
    for pole in _KEPT:
        if pole in known and pole not in said:
            return pole
    if (
        _MIGHT.search(source)
        and not _MIGHT.search(claim)
        and ("must" in said.get("modality", ()) or _WILL.search(claim))
    ):
        return "modality"
    if _UNLESS.search(source) and not _UNLESS.search(claim):
        return "exception"
    return None


def _scope(claim: str) -> bool:
    """Whether "all" is said of things, and not as in "in all"."""
    return (
        re.search(
            r"\b(?:all|every|each|any|always|everyone)\b|所有|全部|任何|一律|总是|每(?=[^天日周月年次个])",
            claim,
            re.IGNORECASE,
        )
        is not None
    )
