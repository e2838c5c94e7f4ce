"""Which statements answer: as few as do, all of a list, each side of a contradiction.

For each part of the question the most probable statement is taken. Beside it stand those that fill
the same place with another value (another version, another product that the question does not
exclude), the newest and valid ones first; the rest of its list or table, where a list is asked for;
and one more, where it is nearly as probable and says something of the question that the first does
not. Nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.answering.asking.forms import LISTED
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import JudgedPart
from app.answering.quoting.chosen import Chosen
from app.answering.quoting.likeness import alike, fill_one_place, shape_of
from app.answering.quoting.listing import Listing
from app.answering.quoting.rivals import less_specific, rivals_of
from app.domain.statements import Statement
from app.settings import AnswerSettings


class Choosing:
    """Chooses for the parts of one question, one after the other."""

    def __init__(
        self,
        documents: Mapping[str, DocumentStatements],
        *,
        terms: Callable[[str], list[str]],
        settings: AnswerSettings,
    ) -> None:
        self._terms = terms
        self._settings = settings
        self._listing = Listing(documents, terms=terms, settings=settings)

    def choose(self, judged: JudgedPart) -> Chosen:
        """The statements for a part; none, where it is not sure enough that the best answers."""
        part = judged.part
        probable = [one for one in judged.ranked if one.probability >= self._settings.least_quoted]
        if not probable:
            return Chosen(part)
        able = _own_language_first(probable, share=self._settings.own_language_share)
        if judged.confidence < self._settings.min_probability:
            return Chosen(part, probability=judged.confidence)
        if part.form in LISTED and (whole := self._listing.whole(judged, able)):
            return whole
        rivals, differ = rivals_of(part, able, terms=self._terms, settings=self._settings)
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
            if any(alike(shape, known) for known in shapes) or less_specific(one, able[0]):
                continue  # it says the same, or the same of something else
            adds = open_terms & frozenset(self._terms(statement.in_setting))
            unsure = judged.confidence < self._settings.sure_probability
            if adds or unsure:
                return [statement]
        return []


def _own_language_first(able: Sequence[Judged], *, share: float) -> Sequence[Judged]:
    """One in the language of the question first, with this ``share`` of the best probability."""
    best = able[0]
    if not best.features.across:
        return able
    own = [
        one
        for one in able
        if not one.features.across and one.probability >= share * best.probability
    ]
    return [*own[:1], *(one for one in able if one not in own[:1])]
