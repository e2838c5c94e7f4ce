"""Statements that may answer, analysed once for all parts of a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.evidence.judgement import Features
from app.answering.evidence.names.holder import Holder
from app.answering.evidence.names.subject import Subject
from app.domain.documents import BlockKind, Document
from app.domain.statements import Statement
from app.text.names.named import Named

LABEL_CHARACTERS: Final = 60
"""Of a line, among which its label ends."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, what was measured of it, and the probability in [0, 1] that it answers.

    ``missing`` are the names of the question that neither it nor its setting holds; ``implied``
    are those of them that its document says once for all of it.
    """

    statement: Statement
    features: Features
    probability: float
    missing: tuple[Named, ...] = ()
    implied: tuple[Named, ...] = ()

    @property
    def strictly_missing(self) -> tuple[Named, ...]:
        """Those of ``missing`` for which nothing may stand."""
        return tuple(named for named in self.missing if named.strict)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Statements to be judged, analysed once for all parts of a question.

    ``terms`` are those of each statement, ``setting_terms`` those of its setting; ``holders`` are
    what names are looked for in, ``around`` the settings alone,
    ``subjects`` their documents; ``languages`` tell whether words can be shared at all.
    """

    statements: Sequence[Statement]
    terms: Sequence[frozenset[str]]
    setting_terms: Sequence[frozenset[str]]
    holders: Sequence[Holder]
    around: Sequence[Holder]
    subjects: Sequence[Subject]
    languages: Sequence[str]
    analyse: Callable[[str], list[str]]

    @classmethod
    def of(
        cls,
        statements: Sequence[Statement],
        *,
        documents: Mapping[str, Document],
        terms: Callable[[str], list[str]],
        language: Callable[[str], str],
    ) -> Candidates:
        """Analyses ``statements``; each text is analysed once."""
        subjects = {
            id_: Subject(f"{d.title}\n{d.text}", _headings(d)) for id_, d in documents.items()
        }
        known: dict[str, frozenset[str]] = {}

        def analysed(text: str) -> frozenset[str]:
            if text not in known:
                known[text] = frozenset(terms(text))
            return known[text]

        return cls(
            statements,
            [analysed(s.text) for s in statements],
            [analysed(_around(s)) for s in statements],
            [Holder(f"{_around(s)}\n{s.text}", terms) for s in statements],
            [Holder("\n".join((*s.setting.path, s.setting.row)), terms) for s in statements],
            [subjects[s.document_id] for s in statements],
            [language(s.text) for s in statements],
            terms,
        )


def _headings(document: Document) -> list[str]:
    """What its sections and the questions in it are about."""
    return [
        document.text[slice(*block.span)]
        for block in document.blocks
        if block.kind in (BlockKind.HEADING, BlockKind.TERM)
    ]


def _around(statement: Statement) -> str:
    """All of a statement's setting that words may be found in, its dates and version included."""
    setting = statement.setting
    parts = (
        setting.text,
        setting.row,
        *setting.heads,
        setting.validity.date,
        setting.validity.version,
    )
    return "\n".join(filter(None, parts))


def first_cell(statement: Statement) -> str:
    """The first cell of a row: what the row is for."""
    return statement.cell_text(statement.cells[0])


def tier_of(statement: Statement) -> str:
    """What a row or a line such as "8 to 12 m: 910" is for; empty for others."""
    if statement.cells:
        return first_cell(statement)
    label, colon, _ = statement.text[:LABEL_CHARACTERS].replace("：", ":").partition(":")
    return label if colon else ""
