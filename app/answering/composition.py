"""An answer under way: its sentences, notes, and citations numbered in the order of first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from app.answering.context.gathering import Context
from app.domain.answers import (
    Answer,
    AnswerSentence,
    Citation,
    DraftSentence,
    SentenceEvent,
    StatementTrace,
    Verdict,
)
from app.domain.documents import Span
from app.domain.hits import SearchResult
from app.domain.statements import Statement

LINES: Final = 2
"""Sentences that are shown on one line."""


class Composition:
    """Collects what an answer is made of. Each distinct statement gets the next number.

    ``draft``, ``degraded``, ``notes`` and ``traces`` are appended to by whoever writes; ``reason``
    says why nothing was said, where that is so, ``probability`` how probable the best is, and
    ``settings`` which were in force, where that was asked.
    """

    def __init__(self, context: Context, search: SearchResult) -> None:
        self._context = context
        self._search = search
        self._citations: dict[tuple[str, Span], Citation] = {}
        self.sentences: list[AnswerSentence] = []
        self.draft: list[DraftSentence] = []
        self.degraded: list[str] = []
        self.notes: list[str] = []
        self.nearest: list[Statement] = []
        self.traces: list[StatementTrace] = []
        self.settings: Mapping[str, object] = {}
        self.probability: float | None = None
        self.reason: str | None = None

    def holds(self, statement: Statement) -> bool:
        """Whether a sentence of the answer rests on it."""
        return _place(statement) in self._citations

    def add(
        self, text: str, verdict: Verdict, statements: Sequence[Statement], *, setting: str = ""
    ) -> SentenceEvent:
        """Puts a sentence behind the others and says what is new."""
        new = [self._cite(s) for s in dict.fromkeys(statements) if not self.holds(s)]
        numbers = dict.fromkeys(self._citations[_place(s)].n for s in statements)
        sentence = AnswerSentence(text, verdict, tuple(numbers), setting)
        self.sentences.append(sentence)
        return SentenceEvent(sentence, tuple(new))

    def _cite(self, statement: Statement) -> Citation:
        citation = self._citation(statement, n=len(self._citations) + 1)
        self._citations[_place(statement)] = citation
        return citation

    def _citation(self, statement: Statement, *, n: int) -> Citation:
        return Citation(
            n=n,
            chunk_id=self._context.chunk_at(statement.document_id, statement.span),
            document_id=statement.document_id,
            title=statement.setting.title,
            span=statement.span,
            quote=statement.text,
            setting=statement.setting,
        )

    def answer(self, timings_ms: Mapping[str, float]) -> Answer:
        """The whole answer; ``timings_ms`` are those of writing it, its search's are added."""
        verdicts = {sentence.verdict for sentence in self.sentences}
        mode: Literal["generated", "extractive", "abstained"] = "abstained"
        if verdicts:
            mode = "generated" if Verdict.SUPPORTED in verdicts else "extractive"
        searched = dict(self._search.timings_ms)
        searched["search"] = searched.pop("total", 0.0)
        abstained = mode == "abstained"
        return Answer(
            text="" if abstained else self._text(),
            mode=mode,
            sentences=tuple(self.sentences),
            citations=tuple(self._citations.values()),
            degraded=(*self._search.degraded, *self.degraded),
            timings_ms=searched | dict(timings_ms),
            search=self._search,
            reason=self.reason if abstained else None,
            draft=tuple(self.draft),
            notes=() if abstained else tuple(self.notes),
            nearest=tuple(
                self._citation(statement, n=n) for n, statement in enumerate(self.nearest, start=1)
            )
            if abstained
            else (),
            probability=self.probability,
            statements=tuple(self.traces),
            settings=self.settings,
        )

    def _text(self) -> str:
        """The sentences, one a line where there are many, and below them the notes."""
        said = [sentence.cited_text for sentence in self.sentences]
        return "\n".join([("\n" if len(said) > LINES else " ").join(said), *self.notes])


def _place(statement: Statement) -> tuple[str, Span]:
    return statement.document_id, statement.span
