"""Texts as lines of words, with what stands around each word, and the stretches two texts share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.verifying.words.tokens import Kind, Token

_REACH: Final = 8
"""Words, or characters of Chinese, over which a preposition reaches."""
_MOST_PLACES: Final = 12
"""Places of a word in a statement that are tried, the nearest ones."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text as its words, each with what stands around it."""

    tokens: Sequence[Token]
    at: Sequence[int]
    """Where in ``tokens`` each word stands."""
    words: Sequence[str]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Line:
        """The line that ``tokens`` are."""
        at = [place for place, token in enumerate(tokens) if token.kind is Kind.WORD]
        return cls(tokens, at, [tokens[place].text for place in at])

    def before(self, word: int) -> Sequence[Token]:
        """What stands between a word and the one before it."""
        return self.tokens[self.at[word - 1] + 1 if word else 0 : self.at[word]]

    def behind(self, word: int) -> Sequence[Token]:
        """What stands between a word and the next."""
        end = self.at[word + 1] if word + 1 < len(self.at) else len(self.tokens)
        return self.tokens[self.at[word] + 1 : end]

    def parts_before(self, word: int) -> frozenset[str]:
        """The parts that a word is marked with by what stands before it in its clause."""
        found: set[str] = set()
        for token in reversed(self.before(word)):
            if token.kind is Kind.STOP:
                break
            if not token.behind:
                found |= token.parts
        return frozenset(found)

    def parts_behind(self, word: int) -> frozenset[str]:
        """The parts that a word is marked with by what stands behind it in its clause."""
        found: set[str] = set()
        for token in self.behind(word):
            if token.kind is Kind.STOP:
                break
            if token.behind:
                found |= token.parts
        return frozenset(found)

    def parts(self, word: int) -> frozenset[str]:
        """Both."""
        return self.parts_before(word) | self.parts_behind(word)

    def phrase_parts(self, word: int) -> frozenset[str]:
        """The parts that may be a word's: those marked near it in its clause, on both sides."""
        found: set[str] = set()
        for place in range(word, max(-1, word - _REACH), -1):
            before = self.before(place)
            found |= self.parts_before(place)
            if any(t.kind in (Kind.STOP, Kind.JOIN) for t in before):
                break
        for place in range(word, min(len(self.at), word + _REACH)):
            found |= self.parts_behind(place)
            if any(t.kind is Kind.STOP for t in self.behind(place)):
                break
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Block:
    """So many words of a sentence, from ``own`` on, that stand in the source from ``its`` on."""

    own: int
    its: int
    size: int


def common_blocks(own: Sequence[str], its: Sequence[str]) -> list[Block]:
    """The longest stretches in common, in the order of ``own``; what is nowhere is left out."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(its):
        places.setdefault(word, []).append(at)
    found: list[Block] = []
    used: set[int] = set()
    at, last = 0, -1
    while at < len(own):
        best = Block(at, -1, 0)
        best_score: tuple[int, bool, int] = (0, False, 0)
        known = places.get(own[at], ())
        nearest = bisect_right(known, last) if known else 0
        for place in known[max(0, nearest - _MOST_PLACES // 2) : nearest + _MOST_PLACES // 2]:
            if place in used:
                continue
            size = 1
            while (
                at + size < len(own)
                and place + size < len(its)
                and place + size not in used
                and own[at + size] == its[place + size]
            ):
                size += 1
            score = (size, place > last, -abs(place - last - 1))
            if score > best_score:
                best, best_score = Block(at, place, size), score
        if best.size:
            found.append(best)
            used.update(range(best.its, best.its + best.size))
            last = best.its + best.size - 1
        at += max(1, best.size)
    return found
