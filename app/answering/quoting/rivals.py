"""Statements that fill the place of the best one with another value, valid and new ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Judged
from app.answering.quoting.likeness import fill_one_place, say_the_same, shape_of
from app.domain.statements import Statement
from app.settings import AnswerSettings

_CURRENT: Final = re.compile(
    r"\b(?:current(?:ly)?|now|nowadays|latest|newest|new|today|these days|in force|at present"
    r"|at the moment|up to date|valid|still|this year)\b"
    r"|现行|目前|当前|现在|最新|如今|现有|新版|新的|眼下|仍然|还(?=[能可有是])|今年",
    re.IGNORECASE,
)
_FORMER: Final = re.compile(
    r"\b(?:old|older|former(?:ly)?|previous(?:ly)?|earlier|used to|before the change|superseded"
    r"|originally|back then|last year)\b"
    r"|旧版|旧的|以前|原来|之前的|过去|从前|原先|上一版|去年",
    re.IGNORECASE,
)
_CLEARLY: Final = 0.02
"""Difference of `Features.contrast` below which two statements are about the same: what rare words
in common leave. It is no setting, since what is measured has no unit that anybody could choose in.
"""


def rivals_of(  # noqa: C901 - each condition is a rule, read in this order
    part: Part,
    able: Sequence[Judged],
    *,
    terms: Callable[[str], list[str]],
    settings: AnswerSettings,
) -> tuple[list[Judged], bool]:
    """The best statement and those that fill its place otherwise, valid and new ones first.

    The second value is whether they contradict each other.
    """
    best = able[0]
    shape = shape_of(best.statement, terms)
    rivals, shapes = [best], [shape]
    least = min(settings.rival_share, settings.version_share, settings.same_document_share)
    for judged in able[1:]:
        if len(rivals) >= settings.rivals:
            break
        share = judged.probability / best.probability
        if share < least:
            break
        other = shape_of(judged.statement, terms)
        if any(say_the_same(other, known) for known in shapes):
            continue
        if not fill_one_place(other, shape) or less_specific(judged, best):
            continue
        pair = [best.statement, judged.statement]
        needed = settings.rival_share
        if judged.statement.document_id == best.statement.document_id:
            needed = (
                settings.same_document_share
            )  # rows for other things, which the question did not ask for
        elif _of_one_matter(pair, terms):
            # Another version of the same, which must not be missed.
            needed = settings.version_share
        if share >= needed:
            rivals.append(judged)
            shapes.append(other)
    if len(rivals) == 1:
        return rivals, False
    rivals.sort(key=_newest_first)
    differ = _of_one_matter([j.statement for j in rivals], terms)
    first, last = (rivals[at].statement.setting.validity for at in (0, -1))
    if differ and first != last:
        if _FORMER.search(part.shown):
            return rivals[-1:], False
        if _CURRENT.search(part.shown):
            return rivals[:1], False
    return rivals, differ


def less_specific(judged: Judged, best: Judged) -> bool:
    """Whether it is about something that the question did not ask for, where the best is not."""
    worse = judged.features.contrast > best.features.contrast + _CLEARLY
    return worse or len(judged.missing) > len(best.missing)


def _newest_first(judged: Judged) -> tuple[bool, list[int], float]:
    """Valid before superseded, then by date, then by version, then by probability."""
    validity = judged.statement.setting.validity
    digits = [int(part) for part in re.findall(r"\d+", validity.date)]
    version = [int(part) for part in re.findall(r"\d+", validity.version)]
    return (
        validity.superseded,
        [-part for part in [*digits, 0, 0, 0][:3] + [*version, 0, 0][:2]],
        -judged.probability,
    )


def _of_one_matter(statements: Sequence[Statement], terms: Callable[[str], list[str]]) -> bool:
    """Whether they stand under headings of the same words, so that they contradict each other."""
    first = _matter(statements[0], terms)
    return all(_matter(statement, terms) == first for statement in statements[1:])


def _matter(statement: Statement, terms: Callable[[str], list[str]]) -> frozenset[str]:
    """The words of title, headings and row that are no number, version or year."""
    setting = statement.setting
    held = terms("\n".join((*setting.path, setting.row)))
    return frozenset(t for t in held if not any(map(str.isdigit, t)) and t not in _EDITION)


_EDITION: Final = frozenset(
    (  # noqa: SIM905 - a list of words reads as words
        "version v edition edit revis rev old new current draft final 版 版本 旧版 新版 旧 新 修订 "
        "修订版 现行"
    ).split()
)
