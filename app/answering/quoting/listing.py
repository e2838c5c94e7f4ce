"""The list or table that a part of a question asks for as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.answering.asking.forms import Form
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import JudgedPart
from app.answering.evidence.names.holder import Holder
from app.answering.quoting.chosen import Chosen
from app.domain.documents import BlockKind
from app.domain.statements import Statement
from app.settings import AnswerSettings

_NUMERAL: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|no|none|several)\b"
    r"|[一二两三四五六七八九十百](?:个|名|位|次|台|条|种|套|份|间|层|项|级|人|张|家|款|类)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\bhow many (?:(?:of|the|different|more) ){0,3}(?P<noun>\w+)"
    r"|(?:多少|几)(?P<measure>[个名位次台条种套份间层项级人张家款类])",
    re.IGNORECASE,
)
_COUNTED_WITHIN: Final = 4
"""Words behind a numeral among which what it counts stands."""
_READ_ON: Final = 10
"""Times as many items of a list are read as are said, so that the others can be counted; it bounds
the work."""


class Listing:
    """Finds lists, tables and sections numbered alike in the documents of one question."""

    def __init__(
        self,
        documents: Mapping[str, DocumentStatements],
        *,
        terms: Callable[[str], list[str]],
        settings: AnswerSettings,
    ) -> None:
        self._documents = documents
        self._terms = terms
        self._settings = settings

    def whole(self, judged: JudgedPart, able: Sequence[Judged]) -> Chosen | None:
        """The list or table that is asked for; ``None`` where there is none."""
        part, best = judged.part, able[0]
        if part.form == "count" and self._states_number(part, best.statement):
            return None
        most = self._settings.list_items
        for one in able:
            if one.probability < self._settings.list_share * best.probability:
                break
            group = self._list_of(one.statement, form=part.form)
            group = self._asked_for(part, one.statement, group)
            if len(group) > 1:
                return Chosen(
                    part,
                    tuple(group[:most]),
                    judged.confidence,
                    left_out=max(0, len(group) - most),
                    listed=len(group) if part.form == "count" else None,
                )
        return None

    def _states_number(self, part: Part, statement: Statement) -> bool:
        """Whether it says how many there are; an item of a list may hold a number of its own."""
        text = _without_names(part, statement.text)
        counted = _COUNTED.search(part.shown)
        if statement.kind is not BlockKind.LIST or counted is None:
            return _NUMERAL.search(text) is not None
        if counted["measure"]:
            return (
                re.search(rf"[\d一二两三四五六七八九十百]\s?{counted['measure']}", text) is not None
            )
        noun = frozenset(self._terms(counted["noun"]))
        behind = (text[m.end() :].split()[:_COUNTED_WITHIN] for m in _NUMERAL.finditer(text))
        return any(noun & frozenset(self._terms(" ".join(words))) for words in behind)

    def _list_of(self, statement: Statement, *, form: Form) -> list[Statement]:
        """What stands in a list with it, below its headings, or in sections numbered alike."""
        document = self._documents[statement.document_id]
        most = _READ_ON * self._settings.list_items
        if form == "procedure":
            steps = document.siblings(statement, most=most)
            if statement.kind is not BlockKind.LIST:
                steps = document.list_below(statement, most=most)
            return [step for step in steps if step.kind is BlockKind.LIST]
        group = document.siblings(statement, most=most)
        if len(group) < 2:  # noqa: PLR2004 - one is no list
            group = document.sections_beside(statement)
        if len(group) < 2:  # noqa: PLR2004 - as above
            group = document.list_below(statement, most=most)
        return group

    def _asked_for(
        self, part: Part, best: Statement, group: Sequence[Statement]
    ) -> list[Statement]:
        """The rows that hold what the question says of them, where some do and some don't."""
        if best.kind is not BlockKind.TABLE:
            return list(group)
        kept = list(group)
        around = Holder(best.setting.text, self._terms)
        for named in part.names:
            holding = [s for s in kept if Holder(s.text, self._terms).holds(named)]
            if holding and not around.holds(named):
                kept = holding
        values = [_cell_values(s, self._terms) for s in kept]
        of_names = [frozenset(self._terms(named.text)) for named in part.names]
        asked = frozenset(part.terms).difference(*of_names)
        for value in sorted({v for held in values for v in held}, key=sorted):
            if value <= asked and not value <= frozenset(self._terms(best.setting.text)):
                narrower = [s for s in kept if value in _cell_values(s, self._terms)]
                kept = narrower or kept
        return kept


def _cell_values(
    statement: Statement, terms: Callable[[str], list[str]]
) -> frozenset[frozenset[str]]:
    """The terms of each cell whose value is a word or two: ``open``, ``Vienna``, ``高``."""
    found = set()
    for cell in statement.cells:
        value = statement.cell_text(cell)
        held = frozenset(terms(value))
        if 0 < len(held) <= 3 and len(value) <= 24:  # noqa: PLR2004 - a word or two
            found.add(held)
    return frozenset(found)


def _without_names(part: Part, text: str) -> str:
    """``T60`` is a name in which a digit stands, and counts nothing."""
    for named in part.names:
        text = text.replace(named.text, " ")
    return text
