"""An answer under way: its sentences, and citations numbered in the order of their first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from app.answering.context import Context
from app.answering.passages import Quotation
from app.domain import (
    Answer,
    AnswerSentence,
    Citation,
    DraftSentence,
    SearchResult,
    SentenceEvent,
    Span,
    Verdict,
)


class Composition:
    """Collects what an answer is made of. Each distinct quotation gets the next number.

    ``draft`` and ``degraded`` are appended to by whoever writes; ``reason`` says why nothing was
    said, where that is so.
    """

    def __init__(self, context: Context, search: SearchResult) -> None:
        self._context = context
        self._search = search
        self._citations: dict[tuple[str, Span], Citation] = {}
        self.sentences: list[AnswerSentence] = []
        self.draft: list[DraftSentence] = []
        self.degraded: list[str] = []
        self.reason: str | None = None

    def holds(self, quotation: Quotation) -> bool:
        """Whether a sentence of the answer rests on it."""
        return self._place(quotation) in self._citations

    def add(self, text: str, verdict: Verdict, quotations: Sequence[Quotation]) -> SentenceEvent:
        """Puts a sentence behind the others and says what is new."""
        new = [self._cite(q) for q in dict.fromkeys(quotations) if not self.holds(q)]
        numbers = dict.fromkeys(self._citations[self._place(q)].n for q in quotations)
        sentence = AnswerSentence(text, verdict, tuple(numbers))
        self.sentences.append(sentence)
        return SentenceEvent(sentence, tuple(new))

    def _place(self, quotation: Quotation) -> tuple[str, Span]:
        return self._context.passages[quotation.n - 1].document_id, quotation.span

    def _cite(self, quotation: Quotation) -> Citation:
        passage = self._context.passages[quotation.n - 1]
        citation = Citation(
            n=len(self._citations) + 1,
            chunk_id=self._context.chunk_at(passage.document_id, quotation.span),
            document_id=passage.document_id,
            title=passage.title,
            span=quotation.span,
            quote=quotation.text,
        )
        self._citations[self._place(quotation)] = citation
        return citation

    def answer(self, timings_ms: Mapping[str, float]) -> Answer:
        """The whole answer; ``timings_ms`` are those of writing it, its search's are added."""
        verdicts = {sentence.verdict for sentence in self.sentences}
        mode: Literal["generated", "extractive", "abstained"] = "abstained"
        if verdicts:
            mode = "generated" if Verdict.SUPPORTED in verdicts else "extractive"
        searched = dict(self._search.timings_ms)
        searched["search"] = searched.pop("total")
        return Answer(
            text=" ".join(sentence.cited_text for sentence in self.sentences),
            mode=mode,
            sentences=tuple(self.sentences),
            citations=tuple(self._citations.values()),
            degraded=(*self._search.degraded, *self.degraded),
            timings_ms=searched | dict(timings_ms),
            search=self._search,
            reason=self.reason if mode == "abstained" else None,
            draft=tuple(self.draft),
        )
