"""A sentence as it is compared word by word: its words, and what says how they hang together.

Words are compared by their stems, Chinese by its characters. What joins them is kept apart:
prepositions and conjunctions mark the part that a word plays ("from" Oslo, "when" it rains, 被),
light words claim nothing, and a few turn what stands beside them ("not", "only", "usually").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from app.answering.verifying.atoms import BLANK, FIRST_MARK, Atoms
from app.answering.verifying.words.sayings import alike
from app.answering.verifying.words.wording import LIGHT_ENGLISH


class Kind(Enum):
    """What a token is for."""

    WORD = auto()
    MARKER = auto()
    """It says which part the words behind it play; in Chinese, or those before it."""
    JOIN = auto()
    LIGHT = auto()
    TURN = auto()
    """It turns, narrows or weakens what stands beside it."""
    STOP = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is compared; ``said`` is the word as it stands. ``parts`` are those a marker marks.

    ``behind`` is whether it marks what stands before it, as 时 does. ``value`` is whether it is a
    date, a number or a name with digits, all of which are compared as such elsewhere.
    """

    text: str
    kind: Kind
    said: str
    parts: frozenset[str] = frozenset()
    behind: bool = False
    value: bool = False


_MARKERS: Final = {
    "from": "from", "to": "to", "into": "to", "onto": "to", "than": "than", "by": "by",
    "in": "in", "at": "in", "on": "in", "during": "in", "within": "in", "of": "of", "for": "for",
    "with": "with", "when": "if", "while": "if", "because": "because",
    "before": "before",
    "after": "after", "following": "after", "until": "until", "till": "until", "except": "except",
    "unless": "except", "without": "without", "against": "against", "between": "between",
    "under": "under", "below": "under", "beneath": "under", "over": "over", "above": "over",
    "near": "near", "behind": "behind", "through": "through", "via": "through", "per": "per",
    "provided": "if", "although": "although", "though": "although",
    "从": "from", "由": "from by", "到": "to", "向": "to", "给": "to", "比": "than", "被": "by",
    "在": "in", "于": "in", "对": "against", "若": "if", "因": "because", "把": "object",
    "将": "object",
    "受": "by",
    "除": "except",
}  # fmt: skip
_MARKERS_BEHIND: Final = {
    "时": "if", "前": "before", "后": "after", "外": "except", "的": "of in", "'s": "of",
}  # fmt: skip
_LIGHT: Final = LIGHT_ENGLISH | frozenset(
    "also just own such then so "  # noqa: SIM905 - a list of words reads as words
    "的 了 是 和 与 及 也 为 以 之 其 它 他 她 这 那 一 个 有 等 都 并 且 而 则 即 就 该 此 "
    "所 着 过 得 地 吗 呢 吧 啊 会 可 "
    "须 中 里 内 者 请 您 你 我 们 共 或 但 便 已 使 当 又 再".split()
)
"""What only they say is compared by `poles`, or claims nothing."""
_TURNS: Final = frozenset(
    "not no never none nor neither hardly only nearly almost about least most minus may usually "  # noqa: SIM905 - as above
    "often sometimes rarely seldom occasionally mainly mostly partly possibly perhaps probably "
    "likely generally typically normally commonly frequently primarily chiefly some few several "
    "out 不 没 未 无 勿 莫 仅 只 约 近 负 可能 通常 经常 有时 偶尔 大部分 部分 少数 一些 有些 至少 "
    "至多 几乎".split()
)
_JOINS: Final = frozenset("and or as well nor 和 或 、 并 &".split())  # noqa: SIM905 - a list of words reads as words
_TOKEN: Final = re.compile(
    rf"{BLANK}[\ue000-\uf8ff]?|[^\W\d_\u3400-\u9fff]++|'s\b|\d+"
    r"|可能|通常|经常|有时|偶尔|大部分|部分|少数|一些|有些|至少|至多|几乎"
    r"|(?P<word>时[间限长期段刻代常光]|前[台言往面提景身任途]|后[台面者勤备续果退悔]|到[期货场达位]"
    r"|对[象应比手方]|外[部面国形观出衣]|比[例赛较如重]|向导|在[线职场]|若干|因[此素果]|把[手握]"
    r"|将[来军近]|给[予付]|从[事而业属]|自由|不[同断仅但管论]|未来|无[论线数锡]|近[年代来]|只[要是]"
    r"|约[定束会]|没有|负[责荷担载债]|没收|受[伤益害理])"
    r"|[\u3400-\u9fff]|[,，;；:：.。!！?？()（）、&]"
)
_STOPS: Final = frozenset(",，;；:：.。!！?？()（）")


def tokens_of(
    atoms: Atoms, stem: Callable[[str], str], *, marks: Sequence[str] | None = None
) -> list[Token]:
    """The tokens of a text; ``marks`` stand for those of ``atoms`` where they are given."""
    known = atoms.marks if marks is None else marks
    found: list[Token] = []
    for match in _TOKEN.finditer(alike(atoms.rest)):
        said = match.group()
        if match["word"]:
            found += [_han_word(said, c) for c in said]
        else:
            found.append(_token(said, known, stem))
    return _leave_first(found)


def _leave_first(tokens: list[Token]) -> list[Token]:
    """With "may" and "must not" before what they are said of: "smoking is forbidden"."""
    for at, token in enumerate(tokens):
        if token.said not in ("may", "must"):
            continue
        end = at + 2 if tokens[at + 1 : at + 2] and tokens[at + 1].said == "not" else at + 1
        last = end >= len(tokens) or tokens[end].kind is Kind.STOP
        if last and at and (token.said == "may" or end == at + 2):
            start = next((b + 1 for b in range(at - 1, -1, -1) if tokens[b].kind is Kind.STOP), 0)
            return [*tokens[:start], *tokens[at:end], *tokens[start:at], *tokens[end:]]
    return tokens


def _han_word(word: str, character: str) -> Token:
    """A character of a word in which it marks and turns nothing."""
    if word == "没有":
        return Token(character, Kind.TURN if character == "没" else Kind.LIGHT, character)
    return Token(character, Kind.WORD, character)


def _token(said: str, marks: Sequence[str], stem: Callable[[str], str]) -> Token:
    if said[0] == BLANK:
        at = ord(said[1]) - FIRST_MARK if len(said) > 1 else len(marks)
        return Token(marks[at] if at < len(marks) else BLANK, Kind.WORD, said, value=True)
    if said in _STOPS:
        return Token(said, Kind.STOP, said)
    if said in _MARKERS:
        return Token(said, Kind.MARKER, said, frozenset(_MARKERS[said].split()))
    if said in _MARKERS_BEHIND:
        return Token(said, Kind.MARKER, said, frozenset(_MARKERS_BEHIND[said].split()), behind=True)
    plain = stem(said) if said.isascii() and said.isalpha() else said
    for words, kind in ((_JOINS, Kind.JOIN), (_TURNS, Kind.TURN), (_LIGHT, Kind.LIGHT)):
        if said in words:
            return Token(plain, kind, said)
    return Token(plain, Kind.WORD, said)
