"""Rules that replace a word by another from a table and keep the grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from eval.answers.faults.rules import Edit, Scene, choose

_ARTICLE: Final = re.compile(r"\b([Aa])n?\s$")
_VOWEL: Final = re.compile(r"[aeioAEIO]|u(?!ni|se)")


def swap(
    table: Mapping[str, str],
    *,
    han: bool = False,
    behind: str = "",
    before: str = "",
    free: bool = False,
) -> Callable[[Scene], str | None]:
    """Makes a rule that replaces one word of a sentence, and its article if needed.

    Args:
        table: What each word becomes.
        han: Whether the words are Chinese, which have no bounds.
        behind: A pattern that must be met right after the word.
        before: A pattern of fixed width that must be met right before it.
        free: Whether the new word may already stand in the sentence; else "more or less" stays.
    """
    words = "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))
    edge = "" if han else r"\b"
    pattern = re.compile(
        rf"{before}{edge}(?:{words}){edge}{behind}",
        0 if han else re.IGNORECASE,
    )

    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in pattern.finditer(scene.sentence):
                old = found.group()
                new = table.get(old) or table.get(old.lower())
                if new is None:
                    continue
                if not free and new.lower() in scene.sentence.lower():
                    continue
                yield with_article(
                    scene.sentence, found.start(), found.end(), _cased(old, new), han=han
                )

        return choose(scene, edits())

    return make


def _cased(old: str, new: str) -> str:
    return new[0].upper() + new[1:] if old[0].isupper() and not new[0].isupper() else new


def with_article(sentence: str, start: int, end: int, new: str, *, han: bool = False) -> Edit:
    """Makes the edit with the right form of "a" or "an" before the new word."""
    if not han and (found := _ARTICLE.search(sentence[:start])):
        article = found[1] + ("n" if _VOWEL.match(new) else "")
        return Edit(found.start(), end, f"{article} {new}")
    return Edit(start, end, new)


def listed(text: str) -> tuple[str, ...]:
    """Splits a text into words."""
    return tuple(text.split())


def both_ways(pairs: str) -> dict[str, str]:
    """Parses lines ``one = other`` into a table of both directions."""
    table: dict[str, str] = {}
    for line in pairs.split("\n"):
        one, sign, other = (part.strip() for part in line.partition("="))
        if sign:
            table.setdefault(one, other)
            table.setdefault(other, one)
    return table


def one_way(pairs: str) -> dict[str, str]:
    """Parses lines ``old > new`` into a table."""
    table: dict[str, str] = {}
    for line in pairs.split("\n"):
        old, sign, new = (part.strip() for part in line.partition(">"))
        if sign:
            table[old] = new
    return table
