"""Names in a text by sort (identifiers, years, numbers, names), and replacements for them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Sort = Literal["year", "number", "identifier", "name", "han"]
_YEAR: Final = re.compile(r"(?<![\w.,])(?:1[5-9]\d\d|20[0-4]\d)(?![\d.,]\d|\w(?<!年))")
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{1,3})?(?![\w.,]{0,20}\d|[A-Za-z])")
_IDENTIFIER: Final = re.compile(
    r"(?<![\w-])(?=[A-Za-z-]{0,12}\d)[A-Za-z]{1,6}-?\d{1,5}[A-Za-z]{0,3}(?![\w-])"
)
_NAME: Final = re.compile(
    r"(?<![\w.])(?:[A-Z][a-zA-Z'’]{2,20}|[A-Z]{2,6})(?: (?:of|the|de|von|van|del|la) (?=[A-Z]))?"
    r"(?: ?[A-Z][a-zA-Z'’]{1,20}){0,3}(?![\w-])"
)
_CAPITALISED_ANYWAY: Final = frozenset(
    re.findall(
        r"\w+",
        "The This That These Those What Who When Where Which Why How Whose Whom Is Are "
        "Was Were Did Does Do Can Could Will Would Should Has Have Had In On At Of For "
        "From With And But Or If It He She They There Their His Her Its An As By To After "
        "Before During Name Many Much List Give Tell According Under Please May Might "
        "Must Not",
    )
)
_TRIES: Final = 12
_DIGIT_FIRST: Final = 0.8
"""Share of replaced identifiers that differ in a digit and not in their first letter."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names that can replace each other, by sort and language."""

    pools: Mapping[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[tuple[str, str]], han: Iterable[str] = ()) -> Names:
        """Collects names from texts with their languages; ``han`` are names in Han characters."""
        found: dict[tuple[str, str], set[str]] = {}
        for text, lang in texts:
            for sort, word in mentions(text):
                found.setdefault((sort, lang), set()).add(word)
        pools = {key: sorted(words) for key, words in found.items()}
        return cls({**pools, ("han", "zh"): sorted(set(han))})

    def other(self, sort: Sort, lang: str, word: str, rng: random.Random) -> str | None:
        """Picks another name of the same sort and shape, or ``None`` if none is known."""
        if sort == "year":
            return str(int(word) + rng.choice([-7, -3, -2, -1, 1, 2, 3, 5, 10]))
        if sort == "number":
            return other_digit(word, rng)
        if sort == "identifier":
            return _other_identifier(word, rng)
        pool = self.pools.get((sort, lang), [])
        for _ in range(_TRIES if pool else 0):
            made = rng.choice(pool)
            if made in word or word in made:
                continue
            alike = len(made) == len(word) if sort == "han" else (" " in made) == (" " in word)
            if alike:
                return made
        return None


def mentions(text: str) -> list[tuple[Sort, str]]:
    """Finds the names in ``text`` with their sorts; Han names have no form to be found by."""
    found: list[tuple[Sort, str]] = [("identifier", m.group()) for m in _IDENTIFIER.finditer(text)]
    found += [("year", m.group()) for m in _YEAR.finditer(text)]
    found += [("number", m.group()) for m in _NUMBER.finditer(text)]
    for match in _NAME.finditer(text):
        words = match.group().split(" ")
        while words and words[0] in _CAPITALISED_ANYWAY:
            words = words[1:]
        if words:
            found.append(("name", " ".join(words)))
    return found


def other_digit(word: str, rng: random.Random) -> str:
    """Replaces one digit of ``word``."""
    at = rng.choice([i for i, character in enumerate(word) if character.isdigit()])
    return word[:at] + rng.choice([d for d in "123456789" if d != word[at]]) + word[at + 1 :]


def _other_identifier(word: str, rng: random.Random) -> str:
    if rng.random() < _DIGIT_FIRST:
        return other_digit(word, rng)
    letters = "ABCDEFGHKMNPQRSTXZ" if word[0].isupper() else "abcdefghkmnpqrstxz"
    return rng.choice([letter for letter in letters if letter != word[0]]) + word[1:]
