"""Whether what turns, obliges or bounds a word stands beside the same word in both texts.

A "not", an "only" or a "usually" belongs to the word beside it, a "may" or a "must" to what is
done, and an "at least" to a value.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from app.answering.verifying.words.lines import Block, Line
from app.answering.verifying.words.tokens import Kind

_MAY: Final = frozenset("may can 可".split())  # noqa: SIM905 - a list of words reads as words
_MUST: Final = frozenset("must shall should 须".split())  # noqa: SIM905 - as above
_BOUNDS: Final = frozenset("least most 至少 至多".split())  # noqa: SIM905 - as above
_FREQUENCIES: Final = frozenset(
    "usual often sometim rare seldom occasion main 通常 经常 有时 偶尔".split()  # noqa: SIM905 - as above
)
"""Stems of what may stand before and behind what it is said of."""
_FREE_TURNS: Final = frozenset("may some few several 可能".split())  # noqa: SIM905 - as above
"""They may come where they weaken; `poles` looks after what they stand against."""


def turned(own: Line, its: Line, blocks: Sequence[Block]) -> str | None:
    """Whether "not", "only", "usually" came beside another word, or was left out."""
    own, place_of = _without_lent(own, blocks)
    lies = {b.its + step: place_of[b.own + step] for b in blocks for step in range(b.size)}
    often = {t.text for t in own.tokens if t.text in _FREQUENCIES}
    for place, turn in _turns(its):
        if turn in _BOUNDS or turn in often:
            continue
        beside = [lies[p] for p in _beside(its, place) if p in lies]
        if beside and turn not in _turns_near(own, beside):
            return f"it leaves out “{turn}”"
    stands = {own_place: p for p, own_place in lies.items()}
    often = {t.text for t in its.tokens if t.text in _FREQUENCIES}
    for place, turn in _turns(own):
        if turn in _BOUNDS or turn in often:
            continue
        beside = [stands[p] for p in _beside(own, place) if p in stands]
        if beside and turn not in _FREE_TURNS and turn not in _turns_near(its, beside):
            return f"it puts in “{turn}”"
    return None


def _without_lent(own: Line, blocks: Sequence[Block]) -> tuple[Line, dict[int, int]]:
    """The line without the words that the setting lent it, and where each other word is now."""
    lying = sorted(b.own + step for b in blocks for step in range(b.size))
    kept = {own.at[word] for word in lying}
    tokens = [t for at, t in enumerate(own.tokens) if t.kind is not Kind.WORD or at in kept]
    return Line.of(tokens), {word: at for at, word in enumerate(lying)}


def _beside(line: Line, place: int) -> Sequence[int]:
    """The word that what stands at ``place`` turns: the next, or the last one of a clause."""
    word = bisect_right(line.at, place)
    end = line.at[word] if word < len(line.at) else len(line.tokens)
    ends = word >= len(line.at) or any(t.kind is Kind.STOP for t in line.tokens[place:end])
    return (word - 1,) if ends and word else (word,)


def _turns(line: Line) -> list[tuple[int, str]]:
    """Each word that turns, and where it stands."""
    return [
        (place, token.text) for place, token in enumerate(line.tokens) if token.kind is Kind.TURN
    ]


def _turns_near(line: Line, words: Sequence[int]) -> frozenset[str]:
    """What turns any of ``words`` in ``line``, from either side, within its clause."""
    found: set[str] = set()
    for word in words:
        for tokens in (line.before(word)[::-1], line.behind(word)):
            for token in tokens:
                if token.kind is Kind.STOP:
                    break
                if token.kind is Kind.TURN:
                    found.add(token.text)
                elif token.said == "can":
                    found.add("may")
    return frozenset(found)


def obliged(own: Line, its: Line, blocks: Sequence[Block]) -> str | None:
    """Whether what must be done may be done, or the other way round."""
    for block in blocks:
        for step in range(block.size):
            said = {t.said for t in own.before(block.own + step)}
            held = {t.said for t in its.before(block.its + step)}
            for one, other in ((_MAY, _MUST), (_MUST, _MAY)):
                if said & one and held & other and not held & one:
                    return "it turns the modality of the statement around"
    return None


def bound_otherwise(own: Line, its: Line, blocks: Sequence[Block]) -> str | None:
    """Whether "at least" or "at most" came before another value."""
    one, other = _bounds(own), _bounds(its)
    for block in blocks:
        for step in range(block.size):
            mine, theirs = one.get(block.own + step), other.get(block.its + step)
            if mine != theirs and own.tokens[own.at[block.own + step]].value:
                return "it turns the bound of the statement around"
    return None


def _bounds(line: Line) -> dict[int, str]:
    """The bound that stands before each value, in its clause and behind the value before."""
    found: dict[int, str] = {}
    bound = ""
    for place, token in enumerate(line.tokens):
        if token.kind is Kind.STOP:
            bound = ""
        elif token.text in _BOUNDS:
            bound = token.text
        elif token.value and bound:
            found[bisect_right(line.at, place) - 1] = bound
            bound = ""
    return found
