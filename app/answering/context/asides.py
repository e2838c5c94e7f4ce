"""Lines that do not answer by themselves: questions, announcements, prefixes, orders to a model."""

from __future__ import annotations

import re
from typing import Final

QUESTION_END: Final = re.compile(r"[?？][\"'”’」』）)\]*_\s]*$")
_QUESTION_MARK: Final = re.compile(
    r"^[*_\s]{0,4}(?:Q|Question|问题|问)\s?\d{0,3}[*_]{0,2}\s?[:：.)、][*_]{0,2}\s?", re.IGNORECASE
)
_ANSWER_MARK: Final = re.compile(
    r"[*_\s]{0,4}(?:A|Answer|答案|答复|答|回答)\s?\d{0,3}[*_]{0,2}\s?[:：][*_]{0,2}\s?(?=\S)"
)
_ANNOUNCES: Final = re.compile(r"[:：][\"'”’」』）)\]*_\s]*$")
_FOLLOWS: Final = re.compile(
    r"\b(?:following|below|these|as follows|listed)\b|如下|以下|下列|下面|包括|包含|分别",
    re.IGNORECASE,
)
_LEANS: Final = re.compile(
    r"(?:it|its|they|them|their|this|these|those|that|he|she|his|her|him|such|both|either|neither"
    r"|the (?:latter|former|same|device|unit|product|machine|model|system|tool|service))\b"
    r"|(?:它|他|她|其(?!他|它|余|中|次|实)|该|此(?!外)|这|那|本(?:产品|设备|机|品|系统|合同"
    r"|制度|规定))",
    re.IGNORECASE,
)

_CURT_CHARACTERS: Final = 40
"""Characters of a sentence that may be too short to say what it is about."""
_CURT_WORDS: Final = 4
"""Words of it, a pair of Chinese characters counting as one."""
_WORD: Final = re.compile(r"[\u3400-\u9fff]{1,2}|[^\W\u3400-\u9fff]+")
_LABELLED: Final = re.compile(r"[:：|=]")

_CLAUSE: Final = (
    r"(?:^\W{0,8}|[.!?:;,，。！？；：–—]\s{0,3}|\b(?:please|now|must|should|then)\s"
    r"|请|现在|必须|应该|应当)"
)
"""Where an order begins. What stands further inside a sentence, or is quoted there, is told of."""
_MODEL: Final = (
    r"(?:AI|A\.I\.|LLMs?|(?:large )?language models?|chatbots?|ChatGPT|GPT-?\d{0,2})"
    r"(?:\s(?:assistants?|agents?|models?|systems?))?"
)
_MODEL_ZH: Final = r"(?:AI|人工智能|大?语言模型|大模型|聊天机器人)(?:助手|模型|系统)?"
_PERSON: Final = r"(?:developer|engineer|provider|deployer|user|researcher|expert|specialist)"
_PERSON_ZH: Final = r"(?:开发|工程|研究|用户|专家|提供)"
_SAY: Final = r"(?:say|answer|reply|respond|output)"
_WORDS: Final = r"(?:\w{1,12}\s){0,3}"
_IN_A_CLAUSE: Final = (
    # to forget other orders
    (
        r"(?:ignore|disregard|forget|(?:do not|don't|never) (?:follow|obey))"
        rf"\s{_WORDS}(?:all|previous|prior|above|earlier|preceding|foregoing|system|your|original"
        rf"|initial)\s{_WORDS}(?:instructions?|prompts?|rules|directives?|guidelines|programming)\b"
    ),
    (
        r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|不必遵守|抛开|覆盖)掉?[^，。；！？\n]{0,8}?"
        r"(?:之前|以前|前面|先前|上述|以上|上面|此前|所有|一切|全部|原有|系统|你)[^，。；！？\n]{0,8}?"
        r"(?:指令|指示|提示词?|命令|规则|设定|要求|约束|限制)(?![的者将会可或导])"
    ),
    # to be something else
    (
        r"(?:you are|act as|behave as|pretend (?:to be|that you are))\s(?:now\s)?"
        rf"(?:an?\s|the\s)?(?:\w{{1,12}}\s)?{_MODEL}\b(?!\s{_PERSON})"
    ),
    rf"你(?:现在)?(?:是|要?扮演)(?:一[个名款位])?[^，。；！？\n]{{0,8}}?{_MODEL_ZH}(?!{_PERSON_ZH})",
    # to show what it was told
    (
        r"(?:reveal|print|repeat|output|show|display|leak)\s(?:me\s)?(?:your|the)\s"
        r"(?:system|hidden|initial)\s(?:prompt|instructions|message)\b"
    ),
    r"(?:泄露|输出|显示|打印|重复|透露)(?:你的)?系统提示词",
)
_AT_THE_BEGINNING: Final = (
    # to whom it is; an entry of a glossary, "AI: …", is for nobody
    (
        r"(?:(?:attention|dear|hey)\W{1,3}|(?:attention|note|message)\s(?:to|for)\s)"
        rf"(?:all\s|any\s)?{_MODEL}\b"
    ),
    rf"{_MODEL}\s?[:,!，：！]\s{{0,3}}(?:you|please|{_SAY}|ignore|disregard|forget|do not)\b",
    rf"(?:致|注意)?\W{{0,2}}(?:所有|各位)?{_MODEL_ZH}[:：,，!！](?:请|你|必须|务必|不要|忽略|只)",
    # to say something
    (
        r"(?:please\s|instead,?\s|simply\s|always\s|only\s){0,2}"
        r"(?:answer|reply|respond|output)\s(?:only\s|always\s)?that\s(?!questions?\b|ones?\b)"
    ),
    r"(?:请|你?必须|你?只能|直接|一律){1,3}(?:回答|回复|答复|输出)(?:说|称|道)",
    # what only a prompt holds
    r"system prompt\s?[:：]",
)
_BEHIND_ITS_NAME: Final = (
    r"(?:reading|processing|summari[sz]ing)\sthis\b",
    rf"must\s(?:now\s|only\s|always\s)?{_SAY}\s(?:only\s)?(?:that|with)\b",
)
_ORDERS: Final = tuple(
    re.compile(f"{where}(?:{'|'.join(orders)})", re.IGNORECASE)
    for where, orders in (
        (_CLAUSE, _IN_A_CLAUSE),
        (r"^\W{0,8}", _AT_THE_BEGINNING),
        (rf"\b{_MODEL}\s", _BEHIND_ITS_NAME),
    )
)
"""What is said to whatever model may read it, not to a person who asks."""


def is_question(text: str) -> bool:
    """Whether it asks: by its mark at the end, or by ``Q:`` at its beginning."""
    return QUESTION_END.search(text[-40:]) is not None or _QUESTION_MARK.match(text) is not None


def without_question_mark(text: str) -> str:
    """A question without its ``Q:``."""
    return _QUESTION_MARK.sub("", text).strip(" *_")


def answer_offset(text: str) -> int:
    """How many characters an ``A:`` at the beginning takes."""
    found = _ANSWER_MARK.match(text)
    return found.end() if found else 0


def announces(text: str) -> bool:
    """Whether what matters comes behind it: it ends with a colon."""
    return _ANNOUNCES.search(text[-40:]) is not None


def leads_in(text: str) -> bool:
    """Whether it announces the list or the table that follows it."""
    return announces(text) or (len(text) < 200 and _FOLLOWS.search(text) is not None)  # noqa: PLR2004 - longer ones say something themselves


def leans(text: str) -> bool:
    """Whether its subject is a pronoun, or named by what stands before it."""
    return _LEANS.match(text) is not None


def is_curt(text: str) -> bool:
    """Whether it has too few words to say what it is about, and no label: "Only two are left."."""
    if len(text) > _CURT_CHARACTERS or _LABELLED.search(text):
        return False
    return len(_WORD.findall(text)) <= _CURT_WORDS


def orders_a_model(text: str) -> bool:
    """Whether it tells a model what to do or to say: that is no answer, whoever wrote it.

    A sentence that speaks of such orders, or quotes one, is like any other.
    """
    plain = text.replace("*", "").replace("_", "")  # emphasis
    return any(order.search(plain) for order in _ORDERS)
