"""Passives told in the order of actives, so that both voices can be compared word by word.

"The plan was approved by the board" and "the board approved the plan" say one thing; "the board was
approved by the plan" another. Where one of two texts is passive and the other is not, the passive
one is put in the order of the active: who acts, what is done, to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from app.answering.verifying.words.tokens import Kind, Token

_BE: Final = frozenset("is are was were be been being am get gets got".split())  # noqa: SIM905 - a list of words reads as words
_MODALS: Final = frozenset("must may can will shall should would has have had do does did".split())  # noqa: SIM905 - as above
_IRREGULAR: Final = frozenset(
    "broken brought built bought caught chosen cut dealt done drawn driven eaten felt fought found "  # noqa: SIM905 - as above
    "forbidden forgotten frozen given grown hung heard hidden held kept known laid led left lent "
    "lost made meant met paid put read ridden rung run said seen sold sent set shaken shot shown "
    "shut sung sunk spent spoken spread stolen struck taken taught told thought thrown understood "
    "worn won written worn sworn torn bound fed hit hurt".split()
)
_EITHER_WAY: Final = frozenset(
    "open close start begin end finish stop halt change increas decreas break move turn shut "  # noqa: SIM905 - as above
    "chang improv grow locat situat base".split()
)
"""Stems of verbs that say the same of what suffers in both voices: the office (was) opened.

Not where it is said who acts.
"""
_BETWEEN: Final = 3
"""Words that may stand between "is" and its participle."""
_QUALITY: Final = 3
"""Characters of 是 and what it says of a thing."""
_WHERE: Final = frozenset("in on at".split())  # noqa: SIM905 - as above


def in_one_voice(
    claim: Sequence[Token], source: Sequence[Token]
) -> tuple[list[Token], list[Token]]:
    """Both, the one that is passive in the order of an active where the other is none."""
    of_claim, of_source = passive_verbs(claim), passive_verbs(source)
    held, said = {t.text for t in source}, {t.text for t in claim}
    turned_claim = (of_claim & held) - of_source - (_EITHER_WAY - _with_agents(claim))
    turned_source = (of_source & said) - of_claim - (_EITHER_WAY - _with_agents(source))
    one, other = list(claim), list(source)
    if turned_claim:
        one = _active(one, turned_claim, before=_before(source, turned_claim))
    if turned_source:
        other = _active(other, turned_source, before=_before(claim, turned_source))
    if _suffers(claim) != _suffers(source):
        one, other = _active_chinese(one), _active_chinese(other)
    return one, other


def passive_verbs(tokens: Sequence[Token]) -> frozenset[str]:
    """Stems of the verbs that are passive."""
    return frozenset(tokens[at].text for _, at in _passives(tokens))


def _with_agents(tokens: Sequence[Token]) -> frozenset[str]:
    """Stems of the passive verbs with "by" behind them, in their clause."""
    return frozenset(
        tokens[verb].text
        for _, verb in _passives(tokens)
        if any("by" in t.parts for t in takewhile(lambda t: not _bounds(t), tokens[verb + 1 :]))
    )


def _passives(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where each "is" stands, and its participle."""
    found = []
    for at, token in enumerate(tokens):
        if token.said not in _BE:
            continue
        for behind in range(at + 1, min(len(tokens), at + 1 + _BETWEEN)):
            word = tokens[behind]
            if word.kind is Kind.WORD and _is_participle(word.said):
                found.append((at, behind))
                break
            adverb = word.said in _BE or word.said.endswith("ly") or word.kind is Kind.TURN
            if not adverb and word.kind is not Kind.LIGHT:
                break
    return found


def _is_participle(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 4)  # noqa: PLR2004 - "need" is none


def _before(tokens: Sequence[Token], verbs: frozenset[str]) -> frozenset[str]:
    """What stands before the first of ``verbs``."""
    found = set()
    for token in tokens:
        if token.text in verbs:
            break
        found.add(token.text)
    return frozenset(found)


def _active(tokens: list[Token], verbs: frozenset[str], *, before: frozenset[str]) -> list[Token]:
    """Each clause whose passive verb is one of ``verbs``, with who acts first.

    Who acts stands behind "by", or behind "in" where the other text has it ``before`` its verb, as
    a chapter in which something is described.
    """
    for be, verb in _passives(tokens):
        if tokens[verb].text not in verbs:
            continue
        start = next((at + 1 for at in range(be - 1, -1, -1) if _bounds(tokens[at])), 0)
        end = next(
            (at for at in range(verb, len(tokens)) if tokens[at].kind is Kind.STOP), len(tokens)
        )
        stop = be
        while stop > start and (
            tokens[stop - 1].said in _MODALS or tokens[stop - 1].kind is Kind.TURN
        ):
            stop -= 1
        patient = tokens[start:stop]
        kept = [t for t in tokens[stop:verb] if t.said not in _BE]
        agent, rest = _agent(tokens[verb + 1 : end], before)
        return [
            *tokens[:start], *agent, *kept, tokens[verb], *patient, *rest, *tokens[end:],
        ]  # fmt: skip
    return tokens


def _bounds(token: Token) -> bool:
    return token.kind is Kind.STOP or not token.parts.isdisjoint(("if", "because", "except"))


def _agent(
    behind: Sequence[Token], before: frozenset[str]
) -> tuple[Sequence[Token], Sequence[Token]]:
    """Who acts, of what stands behind a verb, and the rest of it."""
    for at, token in enumerate(behind):
        acts = "by" in token.parts or (
            token.said in _WHERE
            and any(t.text in before for t in behind[at + 1 : at + 3] if t.kind is Kind.WORD)
        )
        if acts:
            stop = next(
                (
                    to
                    for to in range(at + 1, len(behind))
                    if behind[to].kind is Kind.MARKER and "of" not in behind[to].parts
                ),
                len(behind),
            )
            return behind[at + 1 : stop], [*behind[:at], *behind[stop:]]
    return (), behind


def _suffers(tokens: Sequence[Token]) -> bool:
    """Whether a Chinese text names who acts behind 被, 受, 由 or 是…的."""
    return any(_names_who_acts(tokens, at) for at in range(len(tokens)))


def _names_who_acts(tokens: Sequence[Token], at: int) -> bool:
    """Whether who acts stands behind the token ``at``; 由 may also say from where."""
    said = tokens[at].said
    if said in ("被", "受"):
        return True
    if said not in ("由", "是"):
        return False
    end = next((b for b in range(at, len(tokens)) if tokens[b].kind is Kind.STOP), len(tokens))
    if said == "由":
        return not any(t.said == "到" for t in tokens[at:end])
    first = next((t for t in tokens[at + 1 : end] if t.kind is Kind.WORD), None)
    dated = first is None or first.value
    # 是绿色的 names a quality, and 是2011年启用的 a time.
    return tokens[end - 1].said == "的" and end - at > _QUALITY and not dated


def _active_chinese(tokens: list[Token]) -> list[Token]:
    """The first clause with 被, 由 or 是…的, what stands before that moved to its end."""
    for at in range(len(tokens)):
        if not _names_who_acts(tokens, at):
            continue
        start = next((b + 1 for b in range(at - 1, -1, -1) if _bounds(tokens[b])), 0)
        end = next((b for b in range(at, len(tokens)) if tokens[b].kind is Kind.STOP), len(tokens))
        acts = tokens[at + 1 : end]
        if tokens[at].said == "是":
            acts = acts[:-1]
        return [*tokens[:start], *acts, *tokens[start:at], *tokens[end:]]
    return tokens
