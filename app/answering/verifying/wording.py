"""The words of a sentence that have to stand in its source, and those that may come from anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from app.text.normalise import normalise

_LIGHT_ENGLISH: Final = frozenset(
    "a an the this that these those it its itself they them their he him his she her i me my we us our you your "  # noqa: SIM905 - a list of words reads as words
    "is are was were be been being am do does did done doing have has had having will would shall "
    "of in on at to for from by with as and or also too which who whom whose what when where how why "
    "there here then than if so such both either one ones "
    "can could may might must should need needs needed ought "
    "s t re ve ll d m isn aren wasn weren don doesn didn hasn haven won wouldn shouldn couldn mustn cannot "
    "not no never none nor neither without "
    "yes please thus therefore hence however".split()
)
"""Articles, auxiliaries, pronouns and prepositions. What negates and what obliges is compared apart."""
_LIGHT_CHINESE: Final = frozenset(
    "的了是在和与及也为于以之其它他她这那一个有被把将对从到由给等都并且而且则即就该此所向按各某每着过得地吗呢吧啊可能会应须要必不没无未非否勿莫上下中里内外时候间者请您你我们共约并或如若但因"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?![^\W])")
_SAME: Final = (
    (re.compile(r"\b(?:not (?:allowed|permitted)|prohibited|banned|not be (?:allowed|permitted))\b"), "forbidden"),
    (re.compile(r"不得|严禁|不允许|不准|不许|不可(?=[^能靠或])|不能"), "禁止"),
    (re.compile(r"\bpurchas(?=e|ed|es|ing)"), "buy"),
    (re.compile(r"\b(?:phone|telephone)\b"), "telephone"),
    (re.compile(r"电话号码"), "电话"),
    (re.compile(r"\bcommenc(?=e|es|ed|ing)\b"), "begin"),
    (re.compile(r"\b(?:begins?|starts?)\b"), "begin"),
    (re.compile(r"\b(?:began|started)\b"), "began"),
    (re.compile(r"\b(?:colour)"), "color"),
    (re.compile(r"\bpermitted\b"), "allowed"),
)
"""Ways to say the same that no meaning hangs on; each is read as the last."""
_LEAST_PAIRS: Final = 0.6
"""Share of neighbouring Chinese characters that a source must hold side by side too."""


def alike(text: str) -> str:
    """``text`` folded, with one wording for what is the same."""
    folded = normalise(text).replace("’", "'")
    for pattern, one in _SAME:
        folded = pattern.sub(one, folded)
    return folded


class Words:
    """The words that carry the meaning of a text, as they are compared."""

    def __init__(self, text: str, stems: Callable[[str], list[str]]) -> None:
        """``stems`` gives the terms of a single English word."""
        folded = alike(text)
        self.latin: list[str] = []
        for match in _LATIN.finditer(folded):
            word = match.group()
            if word in _LIGHT_ENGLISH or word.partition("'")[0] in _LIGHT_ENGLISH or _HAN.match(word):
                continue
            self.latin += stems(word)[:1]
        self.han = ["".join(c for c in run if c not in _LIGHT_CHINESE) for run in _HAN.findall(folded)]
        self.han = [run for run in self.han if run]

    @property
    def characters(self) -> frozenset[str]:
        """Of its Chinese."""
        return frozenset("".join(self.han))

    @property
    def pairs(self) -> frozenset[str]:
        """Neighbouring characters of its Chinese, light ones left out."""
        return frozenset(run[at : at + 2] for run in self.han for at in range(len(run) - 1))

    def sequence(self) -> list[str]:
        """Words, and single characters of Chinese, in reading order within each script."""
        return [*self.latin, *"".join(self.han)]


def foreign_word(claim: Words, source: Words) -> str | None:
    """A word of ``claim`` that ``source`` does not have; ``None`` where it has them all."""
    known = frozenset(source.latin)
    for word in claim.latin:
        if word not in known:
            return word
    missing = claim.characters - source.characters
    if missing:
        return next(c for run in claim.han for c in run if c in missing)
    pairs = claim.pairs
    if pairs and len(pairs & source.pairs) < _LEAST_PAIRS * len(pairs):
        return next(pair for pair in sorted(pairs) if pair not in source.pairs)
    return None
