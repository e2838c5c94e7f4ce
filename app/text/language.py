"""The dominant language of a text, by its script and, for Latin letters, its function words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

SAMPLE_CHARACTERS: Final = 20_000
"""How much of a text is looked at."""

_SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "zh": re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
_LATIN_WORD: Final = re.compile(r"[a-zà-öø-ÿ]+")
_FUNCTION_WORDS: Final[Mapping[str, str]] = {
    "en": "the of and to in is that for with are was how what why which does do did when where who "
    "can be by on not they this from at it an than",
    "de": "der die das und ist nicht ein eine mit den von zu auf für wie",
    "fr": "le la les et est des une dans que pour pas sur du au qui",
    "es": "el los las y es una en que por con para del se como",
    "pt": "o os as e uma em que por com para do da não se como",
    "it": "il gli le e una di che per con non del della sono nel",
}
_WORD_SIGNS: Final = frozenset({"ja", "ko", "zh", "th"})
"""Scripts with about as much to a character as Latin script has to a word; others spell letters."""
PROSE_SHARE: Final = 0.15
"""Share of function words from which Latin words are prose; names, terms and code have fewer."""

KANA_SHARE: Final = 0.1
"""Kana for each ideograph, beyond which a text is Japanese, which writes its words in Han and its
grammar in kana."""


def detect_language(text: str) -> str:
    """An ISO 639-1 code, or ``und`` where nothing can be told (numbers, symbols, no text).

    Where scripts are mixed, ideographs and kana are counted against the words of Latin prose:
    Chinese about ``proxy_read_timeout`` is Chinese. Letters are counted against letters: English
    about interferon-γ is English. Latin text without a function word of a known
    language is taken for English, as code and titles are most often read.
    """
    sample = text[:SAMPLE_CHARACTERS].lower()
    words = _LATIN_WORD.findall(sample)
    weights = {code: len(found.findall(sample)) for code, found in _SCRIPTS.items()}
    if weights["ja"] > KANA_SHARE * weights["zh"]:
        weights["ja"] += weights["zh"]
    code = max(weights, key=lambda name: weights[name])
    if weights[code] == 0:
        return _latin_language(words) if words else "und"
    latin = _prose_words(words) if code in _WORD_SIGNS else sum(map(len, words))
    return code if weights[code] >= latin else _latin_language(words)


def _prose_words(words: list[str]) -> int:
    """How many words of Latin prose there are: none, if nothing holds them together."""
    hits = max(_hits(words).values())
    return len(words) if hits >= PROSE_SHARE * len(words) else 0


def _latin_language(words: list[str]) -> str:
    hits = _hits(words)
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] > hits["en"] else "en"


def _hits(words: list[str]) -> dict[str, int]:
    """Function words of each language among ``words``."""
    return {
        code: sum(map(frozenset(known.split()).__contains__, words))
        for code, known in _FUNCTION_WORDS.items()
    }
