"""The words of a sentence that have to stand in its source, and those that need not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from app.answering.verifying.words.sayings import alike

LIGHT_ENGLISH: Final = frozenset(
    "a an the this that these those it its itself they them their he him his she her i me my "  # noqa: SIM905 - a list of words reads as words
    "we us our you your "
    "get gets got gotten "
    "is are was were be been being am do does did done doing have has had having will would shall "
    "of in on at to for from by with as and or also too which who whom whose what when where "
    "how why "
    "there here then than if so such both either one ones "
    "can could may might must should need needs needed ought "
    "s t re ve ll d m isn aren wasn weren don doesn didn hasn haven won wouldn shouldn couldn "
    "mustn cannot "
    "not no never none nor neither without "
    "yes please thus therefore hence however".split()
)
"""Articles, auxiliaries, pronouns, prepositions. What negates and obliges is compared apart."""
_LIGHT_CHINESE: Final = frozenset(
    "的了是在和与及也为于以之其它他她这那一个有被受把将对从到由给等都并且而且则即就该此所向按各某"
    "每着过得地吗呢吧啊可能会应须要必不没无未非否勿莫上下中里内外时候间者请您你我们共约并或如若"
    "但因"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:['’][^\W\d_]++)?(?!\w)")
_LEAST_PAIRS: Final = 0.4
"""Share of neighbouring Chinese characters that a source must hold side by side too; no setting, as
no number of a check is (`app.answering.verifying.verifier`)."""


class Words:
    """The words that carry the meaning of a text, as they are compared."""

    def __init__(self, text: str, stems: Callable[[str], Sequence[str]]) -> None:
        """``stems`` gives the one stem of an English word, and the words of a Chinese run."""
        folded = alike(text)
        self.latin: list[str] = []
        for match in _LATIN.finditer(folded):
            word = match.group()
            if word in LIGHT_ENGLISH or word.partition("'")[0] in LIGHT_ENGLISH or _HAN.match(word):
                continue
            self.latin += stems(word)[:1]
        self.han = [
            "".join(c for c in run if c not in _LIGHT_CHINESE) for run in _HAN.findall(folded)
        ]
        self.han = [run for run in self.han if run]
        self._runs = _HAN.findall(folded)
        self._stems = stems
        self._folded = folded

    @property
    def characters(self) -> frozenset[str]:
        """Of its Chinese."""
        return frozenset("".join(self.han))

    @property
    def pairs(self) -> frozenset[str]:
        """Neighbouring characters of its Chinese, light ones left out."""
        return frozenset(run[at : at + 2] for run in self.han for at in range(len(run) - 1))

    def chinese_words(self) -> list[str]:
        """Words of two characters and more, as the analyzer cuts them."""
        found: list[str] = []
        for run in self._runs:
            cut = self._stems(run)
            # Behind its words, the analyzer gives every pair of neighbours.
            found += [w for w in cut[: max(0, len(cut) - len(run) + 1)] if len(w) > 1]
        return found

    def holds(self, word: str) -> bool:
        """Whether a Chinese word stands in it, light characters left out where it must be."""
        if word in self._folded:
            return True
        core = "".join(c for c in word if c not in _LIGHT_CHINESE)
        return core in self._folded or core in "".join(self.han)

    def sequence(self) -> list[str]:
        """Words, and single characters of Chinese, in reading order within each script."""
        return [*self.latin, *"".join(self.han)]


def _made_of(word: str, source: Words) -> bool:
    """Whether an analyzer glued it of two words of ``source``, as it does with unknown names."""
    return any(
        source.holds(word[:at]) and source.holds(word[at:])
        for at in range(2, len(word))
        if len(word) - at != 1 or at > 2  # noqa: PLR2004 - three characters hold one word and a half
    )


def foreign_word(claim: Words, source: Words) -> str | None:
    """A word of ``claim`` that ``source`` does not have; ``None`` where it has them all."""
    known = frozenset(source.latin)
    for word in claim.latin:
        if word not in known:
            return word
    missing = claim.characters - source.characters
    if missing:
        return next(c for run in claim.han for c in run if c in missing)
    for word in claim.chinese_words():
        if not source.holds(word) and not _made_of(word, source):
            return word
    pairs = claim.pairs
    if pairs and len(pairs & source.pairs) < _LEAST_PAIRS * len(pairs):
        return next(pair for pair in sorted(pairs) if pair not in source.pairs)
    return None
