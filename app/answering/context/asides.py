"""Lines that do not answer by themselves: questions, announcements, prefixes of an answer."""

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
