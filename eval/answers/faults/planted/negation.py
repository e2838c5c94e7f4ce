"""Faults that add or remove a negation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eval.answers.faults.rules import Edit, Rule, Scene, choose
from eval.answers.faults.word_swaps import one_way, swap

_AUXILIARY: Final = re.compile(
    r"\b(?:is|are|was|were|has been|have been|had been|can|will|should|does|did|could|"
    r"would|has|have)\b"
    r"(?=\s[a-z])(?!\s(?:not|no|never|only|also|to|been|neither|none|hardly|barely|"
    r"nothing|a|an|the|[a-z]{1,12}ly\s)\b)"
    r"(?!\s(?:it|he|she|they|you|we|this|that|there|these|those|one|two|three)\b)"
)
_COPULA: Final = re.compile(r"\b(?:is|are|was|were)\b(?=\s(?:a|an|the)\s[a-z])")
_HAVE: Final = re.compile(r"(?:has|have|had)\b")
_PARTICIPLE: Final = re.compile(
    r"\s(?:[a-z]{2,14}(?:ed|en|wn|ne|ung|ought|un|elt|ade|eld|ost|uilt|ound|ome)|led|"
    r"set|put|read|had|shown)\b"
)
_ALREADY: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nothing|without|cannot|unless|only|any|"
    r"either|un[a-z]{3,})\b|n't|n’t",
    re.IGNORECASE,
)
_REMOVED: Final = one_way("""
    cannot > can
    did not > did
    does not > does
    do not > do
    is not > is
    are not > are
    was not > was
    were not > were
    has not > has
    have not > have
    had not > had
    will not > will
    should not > should
    could not > could
    would not > would
    must not > must
    isn't > is
    aren't > are
    wasn't > was
    weren't > were
    can't > can
    don't > do
    doesn't > does
    didn't > did
    won't > will
    without > with
    never > always
    no longer > still
    there is no > there is a
    rarely > always
    unable to > able to
    not allowed > allowed
    forbidden > allowed
    prohibited > permitted
""")
_ADDED_ZH: Final = one_way("""
    可以 > 不可以
    能够 > 不能
    位于 > 并不位于
    属于 > 不属于
    包括 > 不包括
    允许 > 禁止
    需要 > 不需要
    具有 > 不具有
    拥有 > 没有
    已经 > 尚未
    将会 > 将不会
    适用于 > 不适用于
    存在 > 不存在
    支持 > 不支持
    必须 > 不必
    曾经 > 从未
    得到了 > 没有得到
    采用 > 没有采用
    参加了 > 没有参加
    提供了 > 没有提供
""")
_REMOVED_ZH: Final = one_way("""
    不是 > 是
    不能 > 能
    不会 > 会
    不得 > 可以
    不需要 > 需要
    不需 > 需
    无法 > 能够
    未能 > 成功
    尚未 > 已经
    从未 > 曾经
    禁止 > 允许
    并非 > 正是
    不再 > 仍然
    不属于 > 属于
    不包括 > 包括
    不允许 > 允许
    不存在 > 存在
    没有 > 有
    并未 > 确实
    不支持 > 支持
    未经 > 经过
    不足 > 超过
    不可以 > 可以
    无需 > 必须
    无须 > 必须
    不必 > 必须
    不符合 > 符合
    不适合 > 适合
    不利于 > 有利于
""")
_IS_ZH: Final = re.compile(
    r"(?<![不只也就还于但若可凡总都才要总而越正的若或便算老更又即像不管无论国先，])是("
    r"?![否非日指不以因为由在与当故次年])"
)
_ALREADY_ZH: Final = re.compile(r"不|没|未|无|非|禁|别|莫|勿")


def _added(scene: Scene) -> str | None:
    if _ALREADY.search(scene.sentence):
        return None

    def edits() -> Iterator[Edit]:
        for pattern in (_AUXILIARY, _COPULA):
            for found in pattern.finditer(scene.sentence):
                word = found.group()
                if word in {"does", "did"} or (
                    _HAVE.fullmatch(word) and not _PARTICIPLE.match(scene.sentence, found.end())
                ):
                    continue
                if " been" in word:
                    yield Edit(found.start(), found.end(), word.replace(" been", " not been"))
                elif word == "can":
                    yield Edit(found.start(), found.end(), "cannot")
                else:
                    yield Edit(found.end(), found.end(), " not")

    return choose(scene, edits())


def _added_zh(scene: Scene) -> str | None:
    if _ALREADY_ZH.search(scene.sentence):
        return None
    if scene.chance.choice((True, False)) and (made := _by_table_zh(scene)):
        return made
    return choose(
        scene,
        (Edit(found.start(), found.end(), "不是") for found in _IS_ZH.finditer(scene.sentence)),
    )


_by_table_zh = swap(_ADDED_ZH, han=True, before=r"(?<![所本主隶])", behind=r"(?![者权率性感部量])")

RULES: Final = (
    Rule("negation: added", "en", _added),
    Rule("negation: added", "zh", _added_zh),
    Rule(
        "negation: removed",
        "en",
        swap(
            _REMOVED,
            behind=r"(?!\s(?:only|necessarily|yet|all|just|until|every|always|simply|merely|"
            r"any|too))",
            before=r"(?<!or )(?<!if )",
            free=True,
        ),
    ),
    Rule(
        "negation: removed",
        "zh",
        swap(
            _REMOVED_ZH,
            han=True,
            before=r"(?<![而要是且都])",
            behind=r"(?![但仅想到不道法]|没|[^，。]{0,12}而是|任何|什么|太)",
            free=True,
        ),
    ),
)
