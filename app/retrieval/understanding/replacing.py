"""What a follow-up names, put into the question before it in the place of its like."""

from __future__ import annotations

import re
from typing import Final

from app.retrieval.understanding.passages import HoldBoth
from app.retrieval.understanding.referring import mentions, referent

_SHORT: Final = 60
"""Characters up to which a question may be no more than what it changes in the one before."""
_CHINESE_TOPIC: Final = re.compile(
    r"^(?:那么?|还有|至于|换成)?(?!其他|其它|其余|别的)(?P<topic>[\u3400-\u9fff\w]{2,10}?)的?呢[？?]?$"
)
_HAN_ONLY: Final = re.compile(r"[\u3400-\u9fff]+")
_CONTRASTS: Final = tuple(
    re.compile(rf"\b(?:{words})\b" if words[0].isascii() else f"(?:{words})", re.IGNORECASE)
    for words in (
        "small|medium|large|big|little",
        "short|long",
        "old|new",
        "first|second|third|fourth|fifth|last",
        "monthly|quarterly|yearly|weekly|daily|annual",
        "domestic|international|national|foreign",
        "standard|express|economy|premium",
        "summer|winter|spring|autumn",
        "full-time|part-time",
        "indoor|outdoor",
        "cheap|cheaper|cheapest|expensive",
        "第[一二三四五六七八九十]",
        "国内|国外|国际|海外",
        "全职|兼职",
        "白天|夜间|晚上|早上|上午|下午",
        "成人|儿童",
        "工作日|周末",
    )
)
"""Words of which one is asked about instead of another."""


def put_into(question: str, before: str, answered: str, hold_both: HoldBoth) -> str | None:
    """The question before, with what the follow-up names in the place of its like.

    ``None`` where it names nothing, or nothing that the question before has something like.
    """
    if len(question) > _SHORT:
        return None
    old, new = mentions(before), mentions(question)
    if len(new) == 1 and old:
        alike = [name for name in old if _sort_of(name) == _sort_of(new[0])]
        if len(alike) == 1:
            return _replaced(before, alike[0], new[0])
    if found := _CHINESE_TOPIC.match(question):
        return _chinese(found["topic"], before, answered, hold_both)
    for contrast in _CONTRASTS:
        was, now = set(contrast.findall(before)), set(contrast.findall(question))
        if len(was) == len(now) == 1 and was != now:
            return _replaced(before, was.pop(), now.pop())
    return None


def _chinese(topic: str, before: str, answered: str, hold_both: HoldBoth) -> str | None:
    """The topic of 那…呢 in the place of what has as many characters and the same last one.

    Else in the place of the subject, or asked of the subject: as the passages hold it.
    """
    if _HAN_ONLY.fullmatch(topic):
        for start in range(len(before) - len(topic) + 1):
            was = before[start : start + len(topic)]
            if was[-1] == topic[-1] and was != topic and _HAN_ONLY.fullmatch(was):
                return _replaced(before, was, topic)
    subject = referent("", before, answered)
    if not subject:
        return None
    if subject not in before or hold_both(subject, topic):
        return f"{subject}的{topic}是什么？"
    return _replaced(before, subject, topic)


def _replaced(before: str, was: str, now: str) -> str:
    """``before`` with ``now`` for ``was``, where that is no part of a longer word."""
    word = rf"(?<![^\W\u3400-\u9fff]){re.escape(was)}(?![^\W\u3400-\u9fff])"
    return re.sub(word, lambda _: now, before)


def _sort_of(name: str) -> str:
    """What a name looks like: a code, a year, a word."""
    return (
        "code"
        if any(map(str.isdigit, name)) and not name.isdigit()
        else "year"
        if name.isdigit()
        else "word"
    )
