"""Rows, and lines of a name and a value: what a sentence may make of them.

A row says what each of its heads is for the thing that it is about, its first cell or the heading
above it. A sentence has to say whose it is ("the supplier of QX3 is Aldus" and not "Aldus is
supplied by QX3") and of which head, and may put it with a verb that only says that it has it: a
plan "comes with" its storage and "costs" its price, a supplier "supplies".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.answering.verifying.quantities import Quantity
from app.answering.verifying.units import PER
from app.answering.verifying.words.sayings import alike
from app.domain.statements import Statement

Held: TypeAlias = Callable[[str], frozenset[str]]
"""The words and values of a text."""

_HAVING: Final = (
    "come comes includes include has have offers offer provides provide gets get receives features "
    "available applies apply amounts amount total totals supports entitled given "
    "提供 享有 收费 收取 支付 配备 配有 带有 具有 拥有 达到 达 规定 供"
)
"""What says no more than that a thing has what stands under one of its heads."""
_PEOPLE: Final = "staff employees person people"
_OF_PEOPLE: Final = re.compile(
    r"\b(?:visitor|guest|customer|client|manager|intern|driver|student|member|user|tenant|patient"
    r"|child|adult|contractor)|访客|客人|顾客|客户|经理|实习|司机|学生|会员|用户|租户|患者|儿童",
    re.IGNORECASE,
)
_OF_MONEY: Final = re.compile(
    r"\b(?:price|cost|fee|rate|charge|tariff)s?\b|价|费|金额", re.IGNORECASE
)
_OF_TIME: Final = re.compile(
    r"\b(?:period|duration|term|length|time|validity|warranty)\b|期|时长|时间", re.IGNORECASE
)
_NAMES_ITSELF: Final = frozenset(
    "name title role position job type kind category colour color material status model "  # noqa: SIM905 - a list of words reads as words
    "brand 名称 姓名 职务 岗位 职位 类型 种类 颜色 材质 状态 品牌 型号 "
    "value values description details specification data content 值 数值 参数值 取值 内容 说明 "
    "描述 规格".split()
)
"""Heads of what a thing is, which a sentence need not name: "the lamp is green"."""
_WHO_DOES: Final = re.compile(r"[商方人者员]$")
_PIECES: Final = re.compile(r"[;；,，、/]\s*")
_KEY_VALUE: Final = re.compile(
    r"(?:^|[|｜])\s*(?P<head>[^|｜:：]{1,60})[:：]\s*(?P<value>[^|｜]+?)\s*(?=[|｜]|$)"
)
_LONGEST_GAP: Final = 24
"""Characters that may stand between two names of which one is said of the other."""


@dataclass(frozen=True, slots=True)
class Row:
    """``label`` names what the row is about, and is empty where only a heading does."""

    label: str
    cells: Sequence[tuple[str, str]]
    """Head and value; of a row with a label, that one is the first."""


def row_of(statement: Statement) -> Row | None:
    """The row that a statement is; ``None`` where it has no heads."""
    at = statement.span[0]
    cells = [(c.head, statement.text[c.span[0] - at : c.span[1] - at]) for c in statement.cells]
    if len(cells) < 2:  # noqa: PLR2004 - its loader may have read one line as one value
        shown = [(m["head"].strip(), m["value"]) for m in _KEY_VALUE.finditer(statement.text)]
        # One alone may be a sentence: "Note: it rains."
        cells = shown if len(shown) > 1 else cells
    if not any(head for head, _ in cells):
        return None
    return Row(cells[0][1] if len(cells) > 1 else statement.setting.row, cells)


def also_said(row: Row, whole: str) -> str:
    """Words that a sentence about ``row`` may have though neither it nor its setting has them.

    ``whole`` is the row in its setting.
    """
    heads = " ".join(head for head, _ in row.cells)
    found = [_HAVING, *(verb for head, _ in row.cells for verb in _deeds(head))]
    if _OF_PEOPLE.search(whole) is None:
        found.append(_PEOPLE)
    if _OF_MONEY.search(heads):
        found.append("costs cost price 价格 费用 收费")
    if _OF_TIME.search(heads):
        found.append("lasts last takes valid 有效")
    return "\n".join(found)


def _deeds(head: str) -> Iterator[str]:
    """What someone does whom ``head`` names: a supplier supplies, 供应商 供应."""
    for word in re.findall(r"[a-z]{5,20}", head.lower()):
        if word.endswith(("er", "or")):
            stem = word[:-2]
            yield f"{stem.removesuffix('i')}y" if stem.endswith("i") else stem
            yield f"{stem}e"
    if _WHO_DOES.search(head) and len(head) > 2:  # noqa: PLR2004 - a verb has two characters
        yield head[:-1]


def misread(
    row: Row, claim: str, claimed: frozenset[str], held: Held, said: Sequence[Quantity]
) -> str | None:
    """Why ``claim`` reads a row wrongly; ``None`` where it does not.

    ``claimed`` are its words and values, ``said`` its quantities, as the row writes them.
    """
    claimed |= {quantity.unit for quantity in said if quantity.unit}
    folded = alike(claim)
    every = [(held(head), held(value)) for head, value in row.cells]
    for place, (head, value) in enumerate(row.cells):
        of_head, of_value = every[place]
        others = frozenset(w for at, (h, v) in enumerate(every) if at != place for w in h | v)
        is_label = place == 0 and len(row.cells) > 1
        if not is_label and row.label and _turned_round(folded, row.label, head, value):
            return f"it takes one for the {head} of the other"
        told = (of_value - others - of_head) & claimed
        named = (
            is_label
            or not of_head
            or not of_head.isdisjoint(claimed)
            or _said_in_a_verb(head, folded)
        )
        if told and not named and head.strip().casefold() not in _NAMES_ITSELF:
            return f"it does not say that this is the {head}"
        names = of_head and of_head <= claimed and not of_head <= others
        if names and of_value and of_value.isdisjoint(claimed):
            return f"it names the {head} and gives another value"
    return None


def names_itself(row: Row, said: Sequence[Quantity]) -> bool:
    """Whether it is a line of one value whose head a sentence need not say, as of money a month."""
    head = row.cells[0][0]
    money = _OF_MONEY.search(head) is not None and any(PER in q.unit for q in said)
    return len(row.cells) == 1 and (money or head.strip().casefold() in _NAMES_ITSELF)


def _said_in_a_verb(head: str, folded: str) -> bool:
    if any(alike(deed) in folded for deed in _deeds(head)):
        return True
    return (
        _OF_MONEY.search(head) is not None and re.search(r"\bcosts?\b|收费|每", folded) is not None
    )


def _turned_round(claim: str, label: str, head: str, value: str) -> bool:
    """Whether ``claim`` says of the value what the row says of its label."""
    thing = _spelled(label)
    for piece in _PIECES.split(value)[:8]:
        other = _spelled(piece)
        if not other or other == thing or not other[0].isalpha():
            continue  # an amount has nothing and does nothing
        if any(_does(claim, thing, alike(deed), other) for deed in _deeds(head)):
            return True
        for name in _parts_of_head(head):
            if _is_its(claim, owner=other, name=name, of=thing):
                return True
    return False


def _spelled(text: str) -> str:
    return " ".join(alike(text).split()).strip(" .。")


def _parts_of_head(head: str) -> list[str]:
    """A head, and the word that begins it in Chinese: 适用 of 适用机型."""
    spelled = _spelled(head)
    names = [spelled] if spelled else []
    if len(spelled) > 3 and spelled[0] > "\u2e80":  # noqa: PLR2004 - two words of two characters
        names.append(spelled[:2])
    return names


def _does(claim: str, thing: str, deed: str, other: str) -> bool:
    """Whether the thing does to the other what the other does to it."""
    if deed not in claim:
        return False
    by = rf"\b(?:is|are|was|were) {re.escape(deed)}\w{{0,3}} by |被|由"
    passive = re.search(by, claim) is not None
    first, second = claim.find(thing), claim.find(other)
    at = claim.find(deed)
    if min(first, second, at) < 0 or re.search(rf"{re.escape(deed)}(?:er|or|[商方人者员])", claim):
        return False
    return second < first if passive else first < at < second


def _is_its(claim: str, *, owner: str, name: str, of: str) -> bool:
    """Whether ``name`` is said of ``owner`` where it is ``of`` another: "T22 fits the QB7"."""
    gap = rf"[^,，。;；]{{0,{_LONGEST_GAP}}}?"
    mine, thing, word = re.escape(owner), re.escape(of), rf"{re.escape(name)}(?:s|es)?"
    if re.search(rf"{mine}(?:'s|的) ?{word}|{word} (?:of|for) (?:the )?{mine}(?![a-z0-9])", claim):
        return True
    behind = re.search(rf"{mine}(?P<gap>{gap}){word}(?P<of>{gap}){thing}", claim)
    if behind is not None:
        is_it = re.search(r"\b(?:is|are|was|were)\b|是|为", behind["gap"]) is not None
        return not (is_it and re.search(r"\b(?:of|for)\b", behind["of"])) and not (
            is_it and thing in claim[: behind.start()]
        )
    turned = re.search(rf"{thing}(?P<gap>{gap}){mine}{gap}{word}", claim)
    return turned is not None and re.search(r"是|为", turned["gap"]) is not None and "的" in claim
