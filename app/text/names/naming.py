"""What a question names precisely: identifiers, versions, years, numbers, names.

A statement that is about another identifier, another year or another country does not answer, how
ever many words it shares. So these are looked for one by one, in the statement and its setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from app.text.function_words import is_english_function_word
from app.text.identifiers import IDENTIFIER, identifiers
from app.text.names.named import Named, Sort
from app.text.names.numbered_parts import NUMBERED_PART
from app.text.normalise import fold_compatibility

_TITLE: Final = 0.6
"""Share of capitalised words beyond which a text is a title, whose capitals make no names."""
MOST_NAMES: Final = 50
"""Of one question: each is looked for in every statement, by a pattern of its own."""
_YEAR: Final = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?![\d.]\d|\d)")
_BARE: Final = re.compile(
    r"(?<![\w.,])\d{3,12}(?![\w.,%°]|\s?[A-Za-z%°€$£¥]"
    r"|\s?[元块天年月日周时分秒个人名位台件条项次米升克吨斤度伏瓦安页层平立公毫厘千万亿])"
)
"""A number by itself; one with a unit is an amount."""
_CAPITALISED: Final = re.compile(r"(?<![\w'’])[A-Z\u00c0-\u00de][\w'’]*(?:-\w+)*")
_LATIN: Final = re.compile(r"(?<![\w.-])[A-Za-z][A-Za-z.&+#-]*[A-Za-z+#]")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?。？！:：\n])[\s\"'“‘(（]{0,8}$")
_COMMON: Final = frozenset(
    "i ok please hi hello hey thanks thank dear sir madam yes no monday tuesday wednesday thursday "  # noqa: SIM905 - a list of words reads as words
    "friday saturday sunday english chinese internet web faq pdf url id".split()
)
"""Capitalised by rule or by habit."""


def named_in(question: str) -> tuple[Named, ...]:
    """What ``question`` names, each once, in reading order of the sorts; the first `MOST_NAMES`."""
    text = fold_compatibility(question)
    found = [Named(m, Sort.IDENTIFIER) for m in _identifiers(text)]
    rest = text
    for item in found:
        rest = rest.replace(item.text, " ")
    found += [Named(match.group(), Sort.NUMBER) for match in _YEAR.finditer(rest)]
    rest = _YEAR.sub(" ", rest)
    found += [Named(match.group(), Sort.NUMBER) for match in _BARE.finditer(rest)]
    found += [Named(name, Sort.NAME) for name in _names(rest)]
    return tuple(dict.fromkeys(found))[:MOST_NAMES]


def _identifiers(text: str) -> Iterator[str]:
    yield from identifiers(text)
    for match in NUMBERED_PART.finditer(text):
        if IDENTIFIER.search(match.group()) is None:
            yield match.group()


def _names(text: str) -> Iterator[str]:
    if _HAN.search(text):
        for match in _LATIN.finditer(text):
            if match.group().lower() not in _COMMON and len(match.group()) > 1:
                yield match.group()
        return
    words = re.findall(r"[A-Za-z]+", text)
    capitals = [word for word in words if word[0].isupper()]
    if len(words) > 3 and len(capitals) > _TITLE * len(words):  # noqa: PLR2004 - a title, or shouting
        return
    for match in _CAPITALISED.finditer(text):
        word = match.group().rstrip("'’")
        word = re.sub(r"['’]s$", "", word)
        if word.lower() in _COMMON or is_english_function_word(word, first=True):
            continue
        starts = _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()])
        if (not starts and len(word) > 1) or (len(word) > 1 and word.isupper()):
            yield word


def phrases(names: Sequence[str], piece: str) -> list[str]:
    """Names in the order of ``piece``; words of one name, such as United Kingdom, together."""
    found: list[str] = []
    for name in sorted(names, key=piece.index):
        if found and f"{found[-1]} {name}" in piece:
            found[-1] = f"{found[-1]} {name}"
        else:
            found.append(name)
    return found
