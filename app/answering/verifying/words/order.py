"""Whether the words of a sentence stand in the order of its statement, or play the same parts.

What keeps its order needs no reason. What was moved stands behind the same preposition or
conjunction, changed places with what it is joined to by "and", or is a time or an adverb. No word
may come under another conjunction than in the statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.answering.verifying.atoms import DATE
from app.answering.verifying.words.lines import Block, Line
from app.answering.verifying.words.tokens import Kind

_STRONG: Final = frozenset("than if because before after until except".split())  # noqa: SIM905 - a list of words reads as words
"""Parts that no word takes on or loses without a change of what is said."""
_WAY: Final = frozenset(("from", "to"))
"""Two more, where both texts say from where."""
_ATTRIBUTES: Final = frozenset(("of", "in"))
"""What 的 says; it joins a word to the next one, and moves with it."""
_ADVERBS: Final = frozenset("now still already again daily weekly monthly annually always".split())  # noqa: SIM905 - as above
_IN_TURN: Final = (("respect",), ("分", "别"), ("依", "次"), ("先", "后"))
"""Stems, and characters, that tell each of several things its own."""
_MEASURES: Final = frozenset(("weigh", "price", "last"))
"""Stems of what a thing has and does alike: it weighs 25 kg, and that is its weight."""
_PRONOUNS: Final = frozenset("it they he she this these its their 它 他 她 该 其 本 此 这".split())  # noqa: SIM905 - as above


def in_other_parts(own: Line, its: Line, blocks: Sequence[Block]) -> str | None:
    """Whether a word came under another conjunction, as "when the alarm rings" did."""
    strong = _STRONG
    if all(any("from" in t.parts for t in line.tokens) for line in (own, its)):
        strong |= _WAY
    for block in blocks:
        for step in range(block.size):
            mine, theirs = block.own + step, block.its + step
            claimed = own.parts(mine) & strong
            held = its.parts(theirs) & strong
            if claimed == held:
                continue
            if claimed and claimed.isdisjoint(its.phrase_parts(theirs)):
                return f"“{own.words[mine]}” plays another part than in the statement"
            if held and held.isdisjoint(own.phrase_parts(mine)):
                return f"“{own.words[mine]}” plays another part than in the statement"
    return None


def out_of_order(
    own: Line, its: Line, blocks: Sequence[Block], known: frozenset[str]
) -> str | None:
    """Whether what was moved does not show that it plays the same part."""
    kept = _longest_in_order(blocks)
    free = {block: _moves_by(own, its, block) for block in blocks}
    pronoun = any(token.said in _PRONOUNS for token in its.tokens)
    for block in blocks:
        named = pronoun and known.issuperset(own.words[block.own : block.own + block.size])
        if block in kept or named:
            continue
        for other in blocks:
            crossed = (block.own < other.own) != (block.its < other.its)
            if not crossed or _joined(own, its, block, other):
                continue
            # Two that move by the same word may have taken each other's place.
            if not (free[block] or free[other]) or free[block] & free[other]:
                return "its words stand in another order than in the statement"
    return None


def _longest_in_order(blocks: Sequence[Block]) -> frozenset[Block]:
    """The blocks of most words that keep their order."""
    best: list[tuple[int, int]] = []
    for at, block in enumerate(blocks):
        before = [(best[b][0], b) for b in range(at) if blocks[b].its + blocks[b].size <= block.its]
        size, place = max(before, default=(0, -1))
        best.append((size + block.size, place))
    kept = set()
    at = max(range(len(blocks)), key=lambda place: best[place][0], default=-1)
    while at >= 0:
        kept.add(blocks[at])
        at = best[at][1]
    return frozenset(kept)


def _moves_by(own: Line, its: Line, block: Block) -> frozenset[str]:
    """The parts that a block plays in both texts wherever it stands; none where nothing says so."""
    before = own.parts_before(block.own), its.parts_before(block.its)
    behind = (
        own.parts_behind(block.own + block.size - 1),
        its.parts_behind(block.its + block.size - 1),
    )
    shared = before[0] & before[1] | (behind[0] & behind[1]) - _ATTRIBUTES
    shared |= before[0] & behind[1] | behind[0] & before[1]
    shared |= (before[0] | before[1]) & {"object"}  # 把 says what it is wherever it stands
    shared -= {"than"}  # what is compared with has one place
    words = own.words[block.own : block.own + block.size]
    if all(word.startswith((DATE, "time ")) for word in words):
        shared |= {DATE}
    said = own.tokens[own.at[block.own]].said
    if block.size == 1 and words[0] in _MEASURES:
        shared |= {words[0]}
    if block.size == 1 and (said.endswith("ly") or said in _ADVERBS):
        shared |= {said}
    return shared


def _in_turn(words: Sequence[str]) -> bool:
    return any(
        tuple(words[at : at + len(phrase)]) == phrase
        for phrase in _IN_TURN
        for at, word in enumerate(words)
        if word == phrase[0]
    )


def _joined(own: Line, its: Line, one: Block, other: Block) -> bool:
    """Whether two blocks stand side by side in both texts, with an "and" between them."""
    if _in_turn(own.words) or _in_turn(its.words):
        return False
    first, second = sorted((one, other), key=lambda block: block.own)
    if first.own + first.size != second.own or second.its + second.size != first.its:
        return False
    return all(
        any(t.kind is Kind.JOIN for t in between)
        and all(t.kind in (Kind.JOIN, Kind.LIGHT, Kind.STOP) for t in between)
        for between in (own.before(second.own), its.before(first.its))
    )
