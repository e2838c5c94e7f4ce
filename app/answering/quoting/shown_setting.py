"""What of a statement's setting a reader has to see beside it.

A statement that says what the question asks about stands alone. Otherwise the parts of its setting
are shown that hold what it lacks: the product of a heading, the lead-in of an item, the sentence
that names what "It" is, the head of a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.domain.statements import Setting, Statement

SEPARATOR: Final = " › "


def shown_setting(
    statement: Statement, parts: Sequence[Part], terms: Callable[[str], list[str]]
) -> str:
    """The parts that are needed, from the outermost on, joined by `SEPARATOR`; often empty."""
    setting = statement.setting
    said = frozenset(terms(statement.text))
    lacking = frozenset(term for part in parts for term in part.terms) - said
    needed: list[str] = []
    for name in setting.path:
        held = frozenset(terms(name))
        if name == setting.lead_in or held & lacking or name == _nearest(setting):
            needed.append(name)
            lacking -= held
    # A part that says no more than the statement itself is repetition.
    needed = [n for n in needed if not frozenset(terms(n)) <= said or n == setting.lead_in]
    if setting.antecedent:
        needed.append(setting.antecedent)
    for head in (*setting.heads, setting.row):
        if head and head not in statement.text and len(statement.cells) <= 1:
            needed.append(head)
    return SEPARATOR.join(dict.fromkeys(needed))


def _nearest(setting: Setting) -> str:
    """The innermost name that says what the statement is about."""
    return setting.question or (setting.headings[-1] if setting.headings else setting.title)
