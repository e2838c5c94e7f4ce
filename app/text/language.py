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
    "en": "the of and to in is that for with are was how what why which does",
    "de": "der die das und ist nicht ein eine mit den von zu auf für wie",
    "fr": "le la les et est des une dans que pour pas sur du au qui",
    "es": "el los las y es una en que por con para del se como",
    "pt": "o os as e uma em que por com para do da não se como",
    "it": "il gli le e una di che per con non del della sono nel",
}
_LATIN_PER_IDEOGRAPH: Final = 3.0
"""Latin letters that weigh as much as one ideograph: about what a word has more of them."""


def detect_language(text: str) -> str:
    """An ISO 639-1 code, or ``und`` where nothing can be told (numbers, symbols, no text).

    A text that mixes Chinese with Latin terms is Chinese unless the Latin part carries more words.
    Latin text without a function word of a known language is taken for English, as code and titles
    are most often read.
    """
    sample = text[:SAMPLE_CHARACTERS].lower()
    words = _LATIN_WORD.findall(sample)
    weights = {code: float(len(found.findall(sample))) for code, found in _SCRIPTS.items()}
    if weights["ja"] > 0.1 * weights["zh"]:  # Japanese writes its words in Han, its grammar in kana
        weights["ja"] += weights["zh"]
    latin = sum(map(len, words)) / _LATIN_PER_IDEOGRAPH
    code = max(weights, key=lambda name: weights[name])
    if weights[code] == latin == 0:
        return "und"
    return code if weights[code] >= latin else _latin_language(words)


def _latin_language(words: list[str]) -> str:
    hits = {code: sum(word in known for word in words) for code, known in _FUNCTION_WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] > hits["en"] else "en"
