"""Sentence splitting with its own rules, independent of the service that is evaluated.

It is stricter than that of the service: doubtful sentences are not used.
"""

from __future__ import annotations

import re
from typing import Final

from eval.answers.faults.cases import Lang
from eval.answers.faults.word_swaps import listed

_END_EN: Final = re.compile(r"[.!?][\"”’)\]]?(?=\s|$)")
_NEXT_EN: Final = re.compile(r"\s{1,4}[\"“(]?[A-Z0-9]")
_END_ZH: Final = re.compile(r"[。！？][”」』）]?")
_LAST_WORD: Final = re.compile(r"([\w.&-]{1,20})$")
_ABBREVIATIONS: Final = frozenset(
    listed("""
    dr mr mrs ms st vs etc fig figs al e.g i.e no jr sr approx ca cf u.s u.k inc ltd co
    corp prof gen col lt sgt mt ft vol pp p ed eds sp spp subsp b.c a.d a.m p.m eq ref
    refs resp var jan feb mar apr jun jul aug sep sept oct nov dec ph.d d.c viz est
""")
)
_PAIRS: Final = ("()", "[]", "“”", "（）", "《》", "「」", "『』", "【】", "‘’")
_ODD: Final = re.compile(
    r"https?:|www\.|[{}|\\`~^*_]|\.\.|…|\bdoi\b|(?<![\w.])\d{1,5} \d{1,5} \d|\s#|::|"
    r"\(\s*\)|[\u4e00-\u9fff] [\u4e00-\u9fff]|（\s*）|\s\.|@|IT之家|本文|来源|记者|"
    r"责编|编辑：",
    re.IGNORECASE,
)
_OPENING_EN: Final = re.compile(r"[A-Z][A-Za-z0-9'’-]*[ ,]")
_OPENING_ZH: Final = re.compile(r"[\u4e00-\u9fffA-Z《“「]|\d{1,4}[年月日号名岁位]")
_LABEL: Final = re.compile(r"^[A-Z][A-Z &/]{5,40}(?::|\s[A-Z])|^[A-Z][A-Za-z ]{2,30}:")
_CAMEL: Final = re.compile(r"[a-z][.?!][A-Z][a-z]|[a-z]{3}[A-Z][a-z]{3}")
_TWO: Final = re.compile(r"\. (?:The|This|It|In|A|An|These|They|However|There)\b")
_LEAST_WORDS: Final = 6
_LENGTHS: Final[dict[Lang, tuple[int, int]]] = {"en": (38, 260), "zh": (11, 110)}


def split(text: str, lang: Lang) -> list[tuple[int, int]]:
    """Splits a paragraph into spans of sentences without surrounding white space."""
    ends: list[int] = []
    for found in (_END_EN if lang == "en" else _END_ZH).finditer(text):
        if lang == "en" and not _ends_here(text, found.start(), found.end()):
            continue
        ends.append(found.end())
    spans = []
    start = 0
    for end in ends:
        spans.append((start, end))
        start = end
    return [
        (start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip()))
        for start, end in spans
        if (part := text[start:end]).strip()
    ]


def _ends_here(text: str, dot: int, end: int) -> bool:
    if text[dot] == "." and (word := _LAST_WORD.search(text[max(0, dot - 20) : dot])):
        last = word[1].lower().strip(".")
        degrees = text[:dot].endswith(("°C", "°F"))
        if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and not degrees):
            return False
    return end == len(text) or _NEXT_EN.match(text, end) is not None


def clean(sentence: str, lang: Lang) -> bool:
    """Whether a sentence is complete, of usual length and free of markup."""
    least, most = _LENGTHS[lang]
    if not least <= len(sentence) <= most or _ODD.search(sentence):
        return False
    if any(sentence.count(pair[0]) != sentence.count(pair[1]) for pair in _PAIRS):
        return sentence.count("’") > 0 and _balanced_but_apostrophes(sentence)
    if sentence.count('"') % 2:
        return False
    if lang == "zh":
        return sentence[-1] == "。" and _OPENING_ZH.match(sentence) is not None
    return (
        sentence[-1] == "."
        and len(sentence.split()) >= _LEAST_WORDS
        and _OPENING_EN.match(sentence) is not None
        and _LABEL.match(sentence) is None
        and _CAMEL.search(sentence) is None
        and _TWO.search(sentence) is None
    )


def _balanced_but_apostrophes(sentence: str) -> bool:
    return clean(sentence.replace("’", "'").replace("‘", "'"), "en")
