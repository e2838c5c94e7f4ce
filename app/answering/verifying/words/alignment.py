"""Whether the words of a sentence play the parts that they play in its statement.

A sentence can be made of nothing but words of its source and be false: who acts and who suffers
exchanged, "from" and "to", the condition and what follows from it, a "not" put beside another word.
So its words are laid on those of the statement. What keeps its order needs no reason. What was
moved must show that it plays the same part: it stands behind the same preposition or conjunction,
changed places with what it is joined to by "and", or is a time or an adverb. No word may come under
another conjunction than in the statement, and what turns a word must stand beside it in both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from app.answering.verifying.atoms import DATE, IDENTIFIER
from app.answering.verifying.words.lines import Block, Line, common_blocks
from app.answering.verifying.words.modifiers import bound_otherwise, obliged, turned
from app.answering.verifying.words.order import in_other_parts, out_of_order
from app.answering.verifying.words.tokens import Kind, Token
from app.answering.verifying.words.voice import in_one_voice

LEAST_KEPT: Final = 0.34
"""Share of a condition's words that a sentence must have, or it leaves the condition out; no
setting, as no number of a check is (`app.answering.verifying.verifier`)."""
_CONDITIONS: Final = frozenset(("if", "except"))
_MOST_BLOCKS: Final = 60
"""Stretches in which a sentence may lie on its statement; in more it is another text."""


def misplaced(
    claim: Sequence[Token], source: Sequence[Token], *, known: frozenset[str]
) -> str | None:
    """Why the words of ``claim`` do not play their parts in ``source``; ``None`` if they do.

    ``known`` are the words of the setting, which may stand for a pronoun.
    """
    one, other = in_one_voice(claim, source)
    own, its = Line.of(one), Line.of(other)
    blocks = common_blocks(own.words, its.words)
    if len(blocks) > _MOST_BLOCKS:
        return "its words stand in another order than in the statement"
    return (
        _put_in(own, blocks, known)
        or in_other_parts(own, its, blocks)
        or out_of_order(own, its, blocks, known)
        or _of_another_count(own, its)
        or turned(own, its, blocks)
        or obliged(own, its, blocks)
        or bound_otherwise(own, its, blocks)
        or _freed(its, blocks)
    )


def _put_in(own: Line, blocks: Sequence[Block], known: frozenset[str]) -> str | None:
    """Whether a word stands once more than in the statement, or only in a light place of it."""
    lying = {block.own + step for block in blocks for step in range(block.size)}
    for at, word in enumerate(own.words):
        if at not in lying and word not in known and not own.tokens[own.at[at]].value:
            return f"it puts in “{word}”"
    return None


def _of_another_count(own: Line, its: Line) -> str | None:
    """Whether a bare number counts something else: "two hammers" of "a hammer, two clamps"."""
    held = frozenset(its.words)
    for at, word in enumerate(own.words[:-1]):
        token = own.tokens[own.at[at]]
        counted = own.words[at + 1]
        if not token.value or word.startswith((DATE, "time ", IDENTIFIER, "dotted ")):
            continue
        if own.behind(at) or counted not in held or own.tokens[own.at[at + 1]].value:
            continue
        places = [p for p, other in enumerate(its.words) if other == word]
        if places and not any(
            its.words[p + 1 : p + 2] == [counted]
            or (p and at and its.words[p - 1] == own.words[at - 1])
            for p in places
        ):
            return f"it counts “{counted}” with the number of something else"
    return None


def _freed(its: Line, blocks: Sequence[Block]) -> str | None:
    """Whether a condition of what is said is left out with all of its words."""
    kept = {b.its + step for b in blocks for step in range(b.size)}
    for at, token in enumerate(its.tokens):
        if token.parts.isdisjoint(_CONDITIONS):
            continue
        stops = [p for p, t in enumerate(its.tokens) if t.kind is Kind.STOP]
        cut = bisect_right(stops, at)
        start = stops[cut - 1] + 1 if cut else 0
        end = stops[cut] if cut < len(stops) else len(its.tokens)
        span = (start, at) if token.behind else (at, end)
        inside = [w for w, place in enumerate(its.at) if span[0] <= place < span[1]]
        if inside and kept and len(kept.intersection(inside)) < LEAST_KEPT * len(inside):
            return "it leaves out a condition"
    return None
