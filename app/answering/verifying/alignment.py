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
from dataclasses import dataclass
from typing import Final

from app.answering.verifying.atoms import DATE, IDENTIFIER
from app.answering.verifying.tokens import Kind, Token
from app.answering.verifying.voice import in_one_voice

LEAST_KEPT: Final = 0.34
"""Share of a condition's words that a sentence must have, or it leaves the condition out."""
_STRONG: Final = frozenset("than if because before after until except".split())  # noqa: SIM905 - a list of words reads as words
"""Parts that no word takes on or loses without a change of what is said."""
_WAY: Final = frozenset(("from", "to"))
"""Two more, where both texts say from where."""
_MAY: Final = frozenset("may can 可".split())  # noqa: SIM905 - as above
_MUST: Final = frozenset("must shall should 须".split())  # noqa: SIM905 - as above
_BOUNDS: Final = frozenset("least most 至少 至多".split())  # noqa: SIM905 - as above
_FREQUENCIES: Final = frozenset(
    "usual often sometim rare seldom occasion main 通常 经常 有时 偶尔".split()  # noqa: SIM905 - as above
)
"""Stems of what may stand before and behind what it is said of."""
_CONDITIONS: Final = frozenset(("if", "except"))
_REACH: Final = 8
"""Words, or characters of Chinese, over which a preposition reaches."""
_MOST_PLACES: Final = 12
"""Places of a word in a statement that are tried, the nearest ones."""
_MOST_BLOCKS: Final = 60
"""Stretches in which a sentence may lie on its statement; in more it is another text."""
_ATTRIBUTES: Final = frozenset(("of", "in"))
"""What 的 says; it joins a word to the next one, and moves with it."""
_ADVERBS: Final = frozenset("now still already again daily weekly monthly annually always".split())  # noqa: SIM905 - as above
_IN_TURN: Final = (("respect",), ("分", "别"), ("依", "次"), ("先", "后"))
"""Stems, and characters, that tell each of several things its own."""
_MEASURES: Final = frozenset(("weigh", "price", "last"))
"""Stems of what a thing has and does alike: it weighs 25 kg, and that is its weight."""
_PRONOUNS: Final = frozenset("it they he she this these its their 它 他 她 该 其 本 此 这".split())  # noqa: SIM905 - as above
_FREE_TURNS: Final = frozenset("may some few several 可能".split())  # noqa: SIM905 - as above
"""They may come where they weaken; `poles` looks after what they stand against."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A text as its words, each with what stands around it."""

    tokens: Sequence[Token]
    at: Sequence[int]
    """Where in ``tokens`` each word stands."""
    words: Sequence[str]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> _Line:
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
class _Block:
    """So many words of a sentence, from ``own`` on, that stand in the source from ``its`` on."""

    own: int
    its: int
    size: int


def misplaced(
    claim: Sequence[Token], source: Sequence[Token], *, known: frozenset[str]
) -> str | None:
    """Why the words of ``claim`` do not play their parts in ``source``; ``None`` if they do.

    ``known`` are the words of the setting, which may stand for a pronoun.
    """
    one, other = in_one_voice(claim, source)
    own, its = _Line.of(one), _Line.of(other)
    blocks = _blocks(own.words, its.words)
    if len(blocks) > _MOST_BLOCKS:
        return "its words stand in another order than in the statement"
    return (
        _put_in(own, blocks, known)
        or _in_other_parts(own, its, blocks)
        or _out_of_order(own, its, blocks, known)
        or _of_another_count(own, its)
        or _turned(own, its, blocks)
        or _obliged(own, its, blocks)
        or _bound_otherwise(own, its, blocks)
        or _freed(its, blocks)
    )


def _put_in(own: _Line, blocks: Sequence[_Block], known: frozenset[str]) -> str | None:
    """Whether a word stands once more than in the statement, or only in a light place of it."""
    lying = {block.own + step for block in blocks for step in range(block.size)}
    for at, word in enumerate(own.words):
        if at not in lying and word not in known and not own.tokens[own.at[at]].value:
            return f"it puts in “{word}”"
    return None


def _blocks(own: Sequence[str], its: Sequence[str]) -> list[_Block]:
    """The longest stretches in common, in the order of ``own``; what is nowhere is left out."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(its):
        places.setdefault(word, []).append(at)
    found: list[_Block] = []
    used: set[int] = set()
    at, last = 0, -1
    while at < len(own):
        best = _Block(at, -1, 0)
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
                best, best_score = _Block(at, place, size), score
        if best.size:
            found.append(best)
            used.update(range(best.its, best.its + best.size))
            last = best.its + best.size - 1
        at += max(1, best.size)
    return found


def _in_other_parts(own: _Line, its: _Line, blocks: Sequence[_Block]) -> str | None:
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


def _out_of_order(
    own: _Line, its: _Line, blocks: Sequence[_Block], known: frozenset[str]
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


def _longest_in_order(blocks: Sequence[_Block]) -> frozenset[_Block]:
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


def _moves_by(own: _Line, its: _Line, block: _Block) -> frozenset[str]:
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


def _joined(own: _Line, its: _Line, one: _Block, other: _Block) -> bool:
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


def _of_another_count(own: _Line, its: _Line) -> str | None:
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


def _turned(own: _Line, its: _Line, blocks: Sequence[_Block]) -> str | None:
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


def _without_lent(own: _Line, blocks: Sequence[_Block]) -> tuple[_Line, dict[int, int]]:
    """The line without the words that the setting lent it, and where each other word is now."""
    lying = sorted(b.own + step for b in blocks for step in range(b.size))
    kept = {own.at[word] for word in lying}
    tokens = [t for at, t in enumerate(own.tokens) if t.kind is not Kind.WORD or at in kept]
    return _Line.of(tokens), {word: at for at, word in enumerate(lying)}


def _beside(line: _Line, place: int) -> Sequence[int]:
    """The word that what stands at ``place`` turns: the next, or the last one of a clause."""
    word = bisect_right(line.at, place)
    end = line.at[word] if word < len(line.at) else len(line.tokens)
    ends = word >= len(line.at) or any(t.kind is Kind.STOP for t in line.tokens[place:end])
    return (word - 1,) if ends and word else (word,)


def _obliged(own: _Line, its: _Line, blocks: Sequence[_Block]) -> str | None:
    """Whether what must be done may be done, or the other way round."""
    for block in blocks:
        for step in range(block.size):
            said = {t.said for t in own.before(block.own + step)}
            held = {t.said for t in its.before(block.its + step)}
            for one, other in ((_MAY, _MUST), (_MUST, _MAY)):
                if said & one and held & other and not held & one:
                    return "it turns the modality of the statement around"
    return None


def _freed(its: _Line, blocks: Sequence[_Block]) -> str | None:
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


def _turns(line: _Line) -> list[tuple[int, str]]:
    """Each word that turns, and where it stands."""
    return [
        (place, token.text) for place, token in enumerate(line.tokens) if token.kind is Kind.TURN
    ]


def _turns_near(line: _Line, words: Sequence[int]) -> frozenset[str]:
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


def _bound_otherwise(own: _Line, its: _Line, blocks: Sequence[_Block]) -> str | None:
    """Whether "at least" or "at most" came before another value."""
    one, other = _bounds(own), _bounds(its)
    for block in blocks:
        for step in range(block.size):
            mine, theirs = one.get(block.own + step), other.get(block.its + step)
            if mine != theirs and own.tokens[own.at[block.own + step]].value:
                return "it turns the bound of the statement around"
    return None


def _bounds(line: _Line) -> dict[int, str]:
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
