"""Numbers in sentences, and which of them can be changed without making a true sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eval.answers.faults.word_swaps import listed

_ONES: Final = listed("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
""")
_TENS: Final = listed("""
    twenty thirty forty fifty sixty seventy eighty ninety
""")
_FIRST_LONG: Final = 100
"""Numbers from here on are not written in words."""
_DIGITS_ZH: Final = "零一二三四五六七八九"

DIGITS: Final = re.compile(r"\d{1,3}(?:[,，]\d{3}){1,4}(?!\d)|\d{1,12}(?:\.\d{1,6})?")
_WORDS_EN: Final = re.compile(
    rf"\b(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES[1:])})\b",
    re.IGNORECASE,
)
_WORDS_ZH: Final = re.compile(r"[一二两三四五六七八九十百]{1,5}")

_LOOSE_BEFORE: Final = re.compile(
    r"(?:[<>≤≥~±≈=]|about|around|approximately|nearly|almost|over|than|up to|at least|"
    r"at most|under|below|"
    r"above|least|most|minimum|maximum|exceed\w*|roughly|some|circa|within|超过|约|"
    r"大约|近|至少|最多|不到|"
    r"多达|高达|逾|达|低于|高于|以上|不足|最高|最低|不超过|少于|多于|大于|小于|接近|"
    r"将近|超|仅|只)\s{0,2}[$£€¥]?$",
    re.IGNORECASE,
)
_LOOSE_BEHIND: Final = re.compile(
    r"\s?(?:or (?:more|less|fewer|older|younger)|and (?:over|above|older)|余|多|来|几|"
    r"以上|以下|以内|之内|\+)"
)
_PART_BEFORE: Final = re.compile(
    r"[A-Za-z0-9_.,:/\-–—~+^()\[［·至到、]$|第$|(?:^|[^A-Za-z])[B-Zb-z]\s?$"
)
_NOT_BEHIND: Final = re.compile(
    r"[\w.:/\-–—~^)\]·\[（(]?[A-Za-z0-9\]]|[-–—:：/~、]|(?:至|到)\d|st\b|nd\b|rd\b|th\b|\)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a sentence, with its span."""

    start: int
    end: int
    text: str

    @property
    def value(self) -> str:
        """The number without separators, so that 1,200 and 1200 are one."""
        return re.sub(r"[,，]", "", self.text)


def exact_numbers(sentence: str) -> Iterator[Number]:
    """Yields numbers that are exact and stand alone: no bounds, ranges, names or dates.

    "More than 400" is left out, because "more than 300" would follow from it.
    """
    for found in DIGITS.finditer(sentence):
        start, end = found.span()
        if _LOOSE_BEFORE.search(sentence[max(0, start - 14) : start]):
            continue
        if _PART_BEFORE.search(sentence[max(0, start - 3) : start]):
            continue
        if _LOOSE_BEHIND.match(sentence, end) or _NOT_BEHIND.match(sentence, end):
            continue
        yield Number(start, end, found.group())


def is_bound(sentence: str, start: int, end: int) -> bool:
    """Whether the span is the bound of a range, so that other values may follow from it."""
    before = sentence[max(0, start - 14) : start]
    return bool(_LOOSE_BEFORE.search(before) or _LOOSE_BEHIND.match(sentence, end))


def values_of(text: str) -> set[str]:
    """All numbers of a text, digits and words, as digits without separators."""
    values = {re.sub(r"[,，]", "", found.group()) for found in DIGITS.finditer(text)}
    values |= set(re.findall(r"\d{1,30}", text))
    values |= {str(of_words(found.group())) for found in _WORDS_EN.finditer(text)}
    for found in _WORDS_ZH.finditer(text):
        value = of_han(found.group())
        if value is not None:
            values.add(str(value))
    return values


def in_words(value: int) -> str | None:
    """The English number word of 1–99, else ``None``."""
    if 0 < value < len(_ONES):
        return _ONES[value]
    if len(_ONES) <= value < _FIRST_LONG:
        tens, ones = divmod(value, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    return None


def of_words(words: str) -> int:
    """The value of an English number word of 1–99."""
    tens, _, ones = words.lower().partition("-")
    if tens in _ONES:
        return _ONES.index(tens)
    return (_TENS.index(tens) + 2) * 10 + (_ONES.index(ones) if ones else 0)


def in_han(value: int) -> str | None:
    """The Chinese numeral of 1–99, else ``None``."""
    if not 0 < value < _FIRST_LONG:
        return None
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS_ZH[tens] + "十"
    return head + (_DIGITS_ZH[ones] if ones else "")


def of_han(text: str) -> int | None:
    """The value of a Chinese numeral of 1–99, else ``None``."""
    text = text.replace("两", "二")
    if text in {in_han(value) for value in range(1, 100)}:
        tens, found, ones = text.partition("十")
        if not found:
            return _DIGITS_ZH.index(text)
        return (_DIGITS_ZH.index(tens) if tens else 1) * 10 + (
            _DIGITS_ZH.index(ones) if ones else 0
        )
    return None


def number_words(sentence: str, words: re.Pattern[str] = _WORDS_EN) -> Iterator[Number]:
    """Yields the exact number words of an English sentence."""
    for found in words.finditer(sentence):
        if not _LOOSE_BEFORE.search(sentence[max(0, found.start() - 14) : found.start()]):
            yield Number(found.start(), found.end(), found.group())
