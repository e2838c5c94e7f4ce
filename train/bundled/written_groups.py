"""Groups that a reader learns from, drawn from the documents that were written for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.answering.evidence.names.named import Sort
from app.answering.evidence.names.naming import named_in
from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.written import LANGS, Asked, Family, Line, lines_of, read_families
from train.reader.groups import Group, Said
from train.reader.mentions import Names, mentions

SOURCE: Final = "written"
LANGUAGES_OF_STATEMENTS: Final = ("own", "own", "own", "other", "other", "mixed")
"""Whether a group's statements are in the question's language: drawn from these."""
_STATEMENTS: Final = 9
_RIGHT: Final = 4
"""Statements that answer of one group at most."""
_FOREIGN: Final = 3
"""Statements of other families at most: as many that lie near, and that share most words."""
_LOOKED_AT: Final = 200
_LOST: Final = 0.08
"""Share of the answered questions whose answer is left out."""
_ELSEWHERE: Final = 0.08
"""Share that ask, instead, for something of the same sort that the family does not know."""
_CJK: Final = "\u2e80"


Near = Callable[[Sequence[Family]], list[list[list[Line]]]]
"""Of each question of each family, statements of other families that are near it."""


def written_groups(
    files: Sequence[Path], rounds: int, *, seed: int, near: Near | None = None
) -> list[Group]:
    """Each wording of each question in ``files``, ``rounds`` times with statements drawn anew.

    With ``near``, half of the statements of other families are some that are near the question.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    families = [family for file in files for family in read_families(file)]
    lines = [list(lines_of(family)) for family in families]
    everything = [line for part in lines for line in part]
    names = Names.of(
        (question, lang)
        for family in families
        for asked in family.asked
        for lang, questions in zip(LANGS, asked.q, strict=True)
        for question in questions
    )
    nearest = near(families) if near else [[[] for _ in family.asked] for family in families]
    groups = []
    for family, own, near_it in zip(families, lines, nearest, strict=True):
        for asked, close in zip(family.asked, near_it, strict=True):
            for ask in (0, 1):
                for question in asked.q[ask] * rounds:
                    foreign = rng.sample(everything, min(_LOOKED_AT, len(everything)))
                    foreign = [line for line in foreign if line not in own]
                    group = _group(question, ask, asked, own, close, foreign, rng)
                    if rng.random() < _ELSEWHERE:
                        group = _elsewhere(group, own, names, rng)
                    groups.append(group)
    return groups


def _elsewhere(group: Group, own: Sequence[Line], names: Names, rng: random.Random) -> Group:
    """``group`` with its question about something that none of ``own`` mentions, where it can be.

    What the question and the setting of its answer both name, such as a model or a year, is
    replaced by another of its sort.
    """
    answer = next((said for said in group.said if said.answers), None)
    if answer is None:
        return group
    told = "\n".join(part for line in own for part in (*line.texts, *line.settings)).casefold()
    for sort, word in mentions(group.question):
        other = names.other(sort, group.lang, word, rng) if word in answer.setting else None
        if other is not None and sort != "number" and other.casefold() not in told:
            said = tuple(replace(said, answers=False, span=None) for said in group.said)
            return replace(group, question=group.question.replace(word, other), said=said)
    return group


def _group(
    question: str,
    ask: int,
    asked: Asked,
    lines: Sequence[Line],
    close: Sequence[Line],
    foreign: Sequence[Line],
    rng: random.Random,
) -> Group:
    telling = rng.choice(LANGUAGES_OF_STATEMENTS)
    right = [line for line in lines if line.place in asked.by]
    wrong = [line for line in lines if line.place not in asked.by]
    shown = [] if rng.random() < _LOST else rng.sample(right, min(len(right), _RIGHT))
    strangers = rng.randint(0, _FOREIGN)
    others = rng.sample(close, min(len(close), (strangers + 1) // 2))
    others += _beside(question, ask, [], foreign, rng)[: strangers - len(others)]
    room = _STATEMENTS - len(shown) - len(others)
    beside = _beside(question, ask, right, wrong, rng)[:room] + others
    said = []
    names = [n.text.casefold() for n in named_in(question) if n.sort is not Sort.NUMBER]
    for line in [*shown, *beside]:
        tell = {"own": ask, "other": 1 - ask}.get(telling, rng.randint(0, 1))
        answers = line in shown
        implied = _implied(names, line, lines, tell)
        said.append(
            Said(
                line.texts[tell],
                SETTING_SEPARATOR.join(filter(None, (*implied, line.settings[tell]))),
                answers,
                _span(line, asked, tell) if answers else None,
            )
        )
    rng.shuffle(said)
    return Group(question, tuple(said), SOURCE, LANGS[ask])


def _implied(names: Sequence[str], line: Line, lines: Sequence[Line], tell: int) -> list[str]:
    """Those of ``names`` that its document says once for all of it: the parties of a contract.

    An answer is read below them, too (`app.answering.evidence.reading`).
    """
    own = f"{line.settings[tell]} {line.texts[tell]}".casefold()
    beside = [other for other in lines if other.document == line.document]
    section = [other for other in beside if other.section == line.section]
    return [
        name
        for name in names
        if name not in own
        and any(name in other.texts[tell].casefold() for other in beside)
        and not any(name in other.settings[tell].casefold() for other in beside)
        and not any(name in other.texts[tell].casefold() for other in section)
    ]


def _span(line: Line, asked: Asked, tell: int) -> tuple[int, int] | None:
    if asked.a is None or line.place != asked.by[0]:
        return None
    at = line.texts[tell].find(asked.a[tell])
    return at, at + len(asked.a[tell])


def _beside(
    question: str, ask: int, right: Sequence[Line], wrong: Sequence[Line], rng: random.Random
) -> list[Line]:
    """All of ``wrong``, the likeliest to be taken for the answer mostly first.

    They stand where an answer stands, in a sister document or in its section, or share words.
    """
    asked = _grams(question)

    def likeness(line: Line) -> float:
        shared = len(asked & _grams(f"{line.settings[ask]} {line.texts[ask]}")) / len(asked)
        score = 2.0 * shared + rng.random()
        for answer in right:
            here = (line.section, line.number) == (answer.section, answer.number)
            near = (line.document, line.section) == (answer.document, answer.section)
            score += 1.0 * here + 0.4 * near
        return -score

    return sorted(wrong, key=likeness)


@cache
def _grams(text: str) -> frozenset[str]:
    """Words, and pairs of Chinese characters, in lower case."""
    found = {word.strip(".,?!:;()'\"") for word in text.casefold().split()}
    han = [c for c in text if c >= _CJK]
    return frozenset(found | {a + b for a, b in pairwise(han)} | {""})
