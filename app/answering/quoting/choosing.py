"""Which statements answer: as few as do, all of a list, each side of a contradiction.

For each part of the question the most probable statement is taken. Beside it stand those that fill
the same place with another value (another version, another product that the question does not
exclude), the newest and valid ones first; the rest of its list or table, where a list is asked for;
and one more, where it is nearly as probable and says something of the question that the first does
not. Nothing is said twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.answering.asking.asked import Part
from app.answering.asking.forms import LISTED, Form
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import JudgedPart
from app.answering.evidence.names.holder import Holder
from app.answering.quoting.likeness import Shape, alike, fill_one_place, say_the_same, shape_of
from app.domain.documents import BlockKind
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

_SAME_MATTER: Final = 0.4
"""Of the share that a rival must have, what suffices where it is of another version of the same."""
_LEAST: Final = 0.1
"""Probability below which a statement is not said, however far it leads."""
_OF_LIST: Final = 0.5
"""Share of the best probability from which the list of a statement may be what is asked for."""
_OWN_LANGUAGE: Final = 0.8
"""Share of the best probability from which a statement in the question's language is preferred."""
_SAME_TABLE: Final = 0.9
"""Share that a statement of the same document must have to be shown beside the best."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one part of a question is answered with.

    ``differ`` is whether statements contradict each other, ``left_out`` how many items of a list
    are not among ``statements``, ``listed`` how many there are where a number was asked for and
    none is stated.
    """

    part: Part
    statements: tuple[Statement, ...] = ()
    probability: float = 0.0
    differ: bool = False
    left_out: int = 0
    listed: int | None = None


@dataclass(slots=True)
class _Said:
    """Statements that are taken, and their shapes."""

    shapes: list[Shape] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)


class Choosing:
    """Chooses for the parts of one question, one after the other."""

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

    def choose(self, judged: JudgedPart) -> Chosen:
        """The statements for a part; none, where it is not sure enough that the best answers."""
        part = judged.part
        probable = [one for one in judged.ranked if one.probability >= _LEAST]
        if not probable:
            return Chosen(part)
        able = _own_language_first(probable)
        if judged.confidence < self._settings.min_probability:
            return Chosen(part, probability=judged.confidence)
        if part.form in LISTED and (whole := self._whole(judged, able)):
            return whole
        rivals, differ = self._rivals(part, able)
        statements = [rival.statement for rival in rivals]
        if len(statements) < self._settings.max_sentences:
            statements += self._complement(judged, able, statements)
        return Chosen(part, tuple(statements), judged.confidence, differ)

    def choose_all(self, parts: Sequence[JudgedPart]) -> list[Chosen]:
        """For each part; what is compared is answered alike where one of the answers is sure."""
        found = [self.choose(judged) for judged in parts]
        sure = max(
            (one for one in found if one.part.compared and one.statements),
            key=lambda one: one.probability,
            default=None,
        )
        if sure is None:
            return found
        return [
            self._like(judged, sure) or one
            if one.part.compared
            and (not one.statements or one.statements == sure.statements)
            and one is not sure
            else one
            for judged, one in zip(parts, found, strict=True)
        ]

    def _like(self, judged: JudgedPart, sure: Chosen) -> Chosen | None:
        """The statement that says of this part's thing what is said of the other's."""
        model = sure.statements[0]
        shape, row = shape_of(model, self._terms), frozenset(self._terms(model.setting.row))
        for one in judged.ranked:
            other = one.statement
            if one.missing or (other.document_id, other.span) == (model.document_id, model.span):
                continue
            apart = judged.part.names or other.document_id != model.document_id
            of_same = frozenset(self._terms(other.setting.row)) == row
            if apart and of_same and fill_one_place(shape_of(other, self._terms), shape):
                return Chosen(judged.part, (other,), sure.probability)
        return None

    # --- lists --------------------------------------------------------------------------------

    def _whole(self, judged: JudgedPart, able: Sequence[Judged]) -> Chosen | None:
        """The list or table that is asked for; ``None`` where there is none."""
        part, best = judged.part, able[0]
        if part.form == "count" and self._states_number(part, best.statement):
            return None
        most = self._settings.list_items
        for one in able:
            if one.probability < _OF_LIST * best.probability:
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
        most = 10 * self._settings.list_items
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

    # --- values that differ ---------------------------------------------------------------------

    def _rivals(self, part: Part, able: Sequence[Judged]) -> tuple[list[Judged], bool]:  # noqa: C901 - each condition is a rule, read in this order
        """The best statement and those that fill its place otherwise, valid and new ones first."""
        best = able[0]
        shape = shape_of(best.statement, self._terms)
        rivals, shapes = [best], [shape]
        for judged in able[1:]:
            if len(rivals) >= self._settings.rivals:
                break
            share = judged.probability / best.probability
            if share < _SAME_MATTER * self._settings.rival_share:
                break
            other = shape_of(judged.statement, self._terms)
            if any(say_the_same(other, known) for known in shapes):
                continue
            if not fill_one_place(other, shape) or _less_specific(judged, best):
                continue
            pair = [best.statement, judged.statement]
            needed = self._settings.rival_share
            if judged.statement.document_id == best.statement.document_id:
                needed = _SAME_TABLE  # rows for other things, which the question did not ask for
            elif _of_one_matter(pair, self._terms):
                needed *= _SAME_MATTER  # another version of the same, which must not be missed
            if share >= needed:
                rivals.append(judged)
                shapes.append(other)
        if len(rivals) == 1:
            return rivals, False
        rivals.sort(key=_newest_first)
        differ = _of_one_matter([j.statement for j in rivals], self._terms)
        first, last = (rivals[at].statement.setting.validity for at in (0, -1))
        if differ and first != last:
            if _FORMER.search(part.shown):
                return rivals[-1:], False
            if _CURRENT.search(part.shown):
                return rivals[:1], False
        return rivals, differ

    def _complement(
        self, judged: JudgedPart, able: Sequence[Judged], taken: Sequence[Statement]
    ) -> list[Statement]:
        """One more that is nearly as probable and holds terms of the question that are not said."""
        shapes = [shape_of(statement, self._terms) for statement in taken]
        said = frozenset(t for s in taken for t in self._terms(s.in_setting))
        open_terms = frozenset(judged.part.terms) - said
        for one in able:
            statement = one.statement
            if statement in taken or one.probability < (
                self._settings.complement_share * able[0].probability
            ):
                continue
            shape = shape_of(statement, self._terms)
            if any(alike(shape, known) for known in shapes) or _less_specific(one, able[0]):
                continue  # it says the same, or the same of something else
            adds = open_terms & frozenset(self._terms(statement.in_setting))
            unsure = judged.confidence < self._settings.sure_probability
            if adds or unsure:
                return [statement]
        return []


def _less_specific(judged: Judged, best: Judged) -> bool:
    """Whether it is about something that the question did not ask for, where the best is not."""
    worse = judged.features.contrast > best.features.contrast + 0.02
    return worse or len(judged.missing) > len(best.missing)


def _own_language_first(able: Sequence[Judged]) -> Sequence[Judged]:
    """Of statements about as probable, one in the language of the question comes first."""
    best = able[0]
    if not best.features.across:
        return able
    own = [
        one
        for one in able
        if not one.features.across and one.probability >= _OWN_LANGUAGE * best.probability
    ]
    return [*own[:1], *(one for one in able if one not in own[:1])]


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


def _cell_values(
    statement: Statement, terms: Callable[[str], list[str]]
) -> frozenset[frozenset[str]]:
    """The terms of each cell whose value is a word or two: ``open``, ``Vienna``, ``高``."""
    found = set()
    for cell in statement.cells:
        start = cell.span[0] - statement.span[0]
        value = statement.text[start : start + cell.span[1] - cell.span[0]]
        held = frozenset(terms(value))
        if 0 < len(held) <= 3 and len(value) <= 24:  # noqa: PLR2004 - a word or two
            found.add(held)
    return frozenset(found)


def _without_names(part: Part, text: str) -> str:
    """``T60`` is a name in which a digit stands, and counts nothing."""
    for named in part.names:
        text = text.replace(named.text, " ")
    return text
