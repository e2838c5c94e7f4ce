"""A question's way to an answer: search, gather passages, draft, verify; else quote, or abstain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from app.answering.citations import CitationChecker, parse_draft
from app.answering.context import Context, gather_context
from app.answering.evidence import Evidence, measure_evidence
from app.answering.extractive import select_sentences
from app.answering.passages import Passage, Quotation, quotable_sentences
from app.answering.prompt import build_turns
from app.domain import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    DraftSentence,
    SearchResult,
    SentenceEvent,
    Turn,
    Verdict,
)
from app.errors import AttestError
from app.ports import Analyzer, Collection, Embedder, Generator
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.stopwatch import Stopwatch
from app.settings import Settings

logger = logging.getLogger(__name__)


class Answerer:
    """Answers from one collection. Nothing leaves it that no passage supports."""

    def __init__(
        self,
        pipeline: SearchPipeline,
        collection: Collection,
        *,
        analyzer: Analyzer,
        embedder: Embedder,
        generator: Generator | None,
        settings: Settings,
    ) -> None:
        self._pipeline = pipeline
        self._collection = collection
        self._analyzer = analyzer
        self._embedder = embedder
        self._generator = generator
        self._settings = settings.answer
        self._checker = CitationChecker(analyzer.terms)

    def stream(
        self, request: AnswerRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[SentenceEvent | AnswerEvent]:
        """Each sentence once it is verified, then the whole answer.

        Raises:
            InvalidRequest: the question is blank.
        """
        watch = Stopwatch()
        limit = request.limit or self._settings.passages
        search = self._pipeline.search(
            SearchRequest(
                search_query(request, turns=self._settings.history_turns),
                # Twice as many as are used: near-duplicates and joined neighbours leave gaps.
                limit=2 * limit,
                where=request.where,
                explain=request.explain,
            )
        )
        with watch.stage("context"):
            context = gather_context(
                search.hits,
                self._collection,
                settings=self._settings,
                limit=limit,
                terms=self._analyzer.terms,
                count_tokens=self._embedder.count_tokens,
            )
        with watch.stage("evidence"):
            evidence = self._evidence(request.query, search, context)
        writing = _Writing(context, search)
        if not evidence.suffices(self._settings):
            writing.reason = _nothing_found(search)
            yield AnswerEvent(writing.answer(watch))
            return
        with watch.stage("generate"):
            yield from self._generated(request, context, writing, stop)
        if not writing.sentences:
            with watch.stage("extract"):
                yield from self._extracted(request.query, context, writing)
        if not writing.sentences:
            writing.reason = _nothing_found(search)
        yield AnswerEvent(writing.answer(watch))

    def _evidence(self, question: str, search: SearchResult, context: Context) -> Evidence:
        return measure_evidence(
            self._analyzer.terms(question),
            [f"{p.context}\n{p.text}" for p in context.passages],
            cosines=[hit.routes["dense"].score for hit in search.hits if "dense" in hit.routes],
            terms=self._analyzer.terms,
        )

    # --- a draft, verified ----------------------------------------------------------------------

    def _generated(
        self,
        request: AnswerRequest,
        context: Context,
        writing: _Writing,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """Sentences of the model's draft that the passages support."""
        generator = self._generator
        if generator is None or not generator.supports(self._analyzer.language(request.query)):
            return
        turns = build_turns(request.query, context.passages, request.history)
        turns = self._fitting(generator, request, context.passages, turns)
        draft, checked = "", 0
        try:
            pieces = generator.stream(turns, max_tokens=self._settings.max_answer_tokens, stop=stop)
            for piece in pieces:
                draft += piece
                finished = parse_draft(draft)[:-1]  # the last one may still be growing
                for sentence in finished[checked:]:
                    yield from self._verified(sentence, context, writing)
                checked = max(checked, len(finished))
        except AttestError as error:
            writing.degraded.append(f"generator: {error.public_message}")
            logger.warning("generation failed: %s", error)
            return
        for sentence in parse_draft(draft)[checked:]:
            yield from self._verified(sentence, context, writing)

    def _fitting(
        self,
        generator: Generator,
        request: AnswerRequest,
        passages: Sequence[Passage],
        turns: list[Turn],
    ) -> list[Turn]:
        """Turns that leave room for the answer: old history goes first, then the last passages."""
        room = generator.context_tokens - self._settings.max_answer_tokens
        history = request.history
        while sum(generator.count_tokens(turn.content) for turn in turns) > room:
            if history:
                history = history[1:]
            elif len(passages) > 1:
                passages = passages[:-1]
            else:
                break
            turns = build_turns(request.query, passages, history)
        return turns

    def _verified(
        self, sentence: DraftSentence, context: Context, writing: _Writing
    ) -> Iterator[SentenceEvent]:
        """The sentence, or the verbatim one that says what it tried to say, or nothing."""
        reason = self._checker.verify(sentence, context.passages)
        writing.draft.append(replace(sentence, reason=reason))
        if reason is None:
            support = [
                self._checker.support(replace(sentence, citations=(n,)), context.passages)
                for n in sentence.citations
            ]
            quotations = [quotation for quotation in support if quotation is not None]
            yield writing.add(sentence.text, Verdict.SUPPORTED, quotations)
            return
        quotation = self._checker.repair(sentence, context.passages)
        if quotation is not None and not writing.holds(quotation):
            yield writing.add(quotation.text, Verdict.VERBATIM, [quotation])

    # --- an answer made of quotations -----------------------------------------------------------

    def _extracted(
        self, question: str, context: Context, writing: _Writing
    ) -> Iterator[SentenceEvent]:
        """The sentences that answer best, verbatim."""
        sentences = quotable_sentences(context.passages)[: self._settings.scored_sentences]
        if not sentences:
            return
        selected = select_sentences(
            self._analyzer.terms(question),
            context.passages,
            terms=self._analyzer.terms,
            sentences=sentences,
            similarity=self._similarity(question, sentences, writing),
            max_sentences=self._settings.max_sentences,
        )
        for chosen in selected:
            yield writing.add(chosen.quotation.text, Verdict.VERBATIM, [chosen.quotation])

    def _similarity(
        self, question: str, sentences: Sequence[Quotation], writing: _Writing
    ) -> list[float] | None:
        """Cosines to the question, stretched over [0, 1]; ``None`` where the embedder is gone."""
        try:
            asked = self._embedder.embed_queries([question])[0]
            held = self._embedder.embed_passages([sentence.text for sentence in sentences])
        except AttestError as error:
            writing.degraded.append(f"extract: {error.public_message}")
            return None
        cosines = held @ asked
        low, high = float(cosines.min()), float(cosines.max())
        spread = max(high - low, float(np.finfo(np.float32).eps))
        return [(float(cosine) - low) / spread for cosine in cosines]


class _Writing:
    """An answer under way. Each distinct quotation gets the next number."""

    def __init__(self, context: Context, search: SearchResult) -> None:
        self._context = context
        self._search = search
        self._citations: dict[tuple[str, tuple[int, int]], Citation] = {}
        self.sentences: list[AnswerSentence] = []
        self.draft: list[DraftSentence] = []
        self.degraded: list[str] = []
        self.reason: str | None = None

    def holds(self, quotation: Quotation) -> bool:
        return self._place(quotation) in self._citations

    def add(self, text: str, verdict: Verdict, quotations: Sequence[Quotation]) -> SentenceEvent:
        new = [self._cite(q) for q in quotations if not self.holds(q)]
        numbers = dict.fromkeys(self._citations[self._place(q)].n for q in quotations)
        sentence = AnswerSentence(text, verdict, tuple(numbers))
        self.sentences.append(sentence)
        return SentenceEvent(sentence, tuple(new))

    def _place(self, quotation: Quotation) -> tuple[str, tuple[int, int]]:
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

    def answer(self, watch: Stopwatch) -> Answer:
        verdicts = {sentence.verdict for sentence in self.sentences}
        mode: Literal["generated", "extractive", "abstained"] = "abstained"
        if verdicts:
            mode = "generated" if Verdict.SUPPORTED in verdicts else "extractive"
        timings = dict(self._search.timings_ms)
        timings["search"] = timings.pop("total")
        return Answer(
            text=" ".join(_with_numbers(sentence) for sentence in self.sentences),
            mode=mode,
            sentences=tuple(self.sentences),
            citations=tuple(self._citations.values()),
            degraded=(*self._search.degraded, *self.degraded),
            timings_ms=timings | dict(watch.timings_ms()),
            search=self._search,
            reason=self.reason if mode == "abstained" else None,
            draft=tuple(self.draft),
        )


def search_query(request: AnswerRequest, *, turns: int) -> str:
    """What to search for: the question below the user's last ``turns`` messages before it.

    A follow-up such as "and in Chinese?" means nothing without the question that it follows.
    """
    asked = [turn.content for turn in request.history if turn.role == "user"]
    return "\n".join([*asked[len(asked) - turns :], request.query]) if turns else request.query


def _with_numbers(sentence: AnswerSentence) -> str:
    return f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}"


def _nothing_found(search: SearchResult) -> str:
    searched = {hit.chunk.document_id for hit in search.hits}
    if not searched:
        return "Nothing in the collection matches the question."
    return (
        f"The {len(searched)} documents nearest to the question do not answer it well enough to "
        "be quoted."
    )
