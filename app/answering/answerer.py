"""A question's way to an answer: search, gather passages, draft, verify; else quote, or abstain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.answering.citations import CitationChecker
from app.answering.composition import Composition
from app.answering.context import Context, gather_context
from app.answering.evidence import Evidence, measure_evidence
from app.answering.extractive import select_sentences
from app.answering.meaning import read_meaning
from app.answering.passages import Quotation, quotable_sentences
from app.answering.question import Question, meant_queries, search_query
from app.answering.relevance import Relevance, ScoredSentence, chunk_nearness
from app.answering.writing import Writer
from app.domain import AnswerEvent, SearchResult, SentenceEvent, Verdict
from app.errors import AttestError
from app.ports import Analyzer, Collection, Embedder, Generator
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.stopwatch import Stopwatch
from app.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Sentences in reading order and the best of them, best first, with what judged them.

    ``by_meaning`` is false where the embedder could not be asked, so that words alone decided.
    """

    reading: Sequence[Quotation]
    relevance: Relevance
    sentences: Sequence[ScoredSentence]
    by_meaning: bool


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
        search = context.explain(search)
        composition = Composition(context, search)
        with watch.stage("evidence"):
            question = self._question(request, composition)
            near = self._nearness(question, search, context)
        with watch.stage("rank_sentences"):
            ranking = self._ranking(question, context, near, composition)
        evidence = self._evidence(request, search, context, near, ranking)
        if ranking.sentences and evidence.value() >= self._settings.min_evidence:
            yield from self._answered(request, context, ranking, composition, watch, stop)
        if not composition.sentences:
            composition.reason = _nothing_found(search)
        yield AnswerEvent(composition.answer(watch.timings_ms()))

    def _answered(
        self,
        request: AnswerRequest,
        context: Context,
        ranking: _Ranking,
        composition: Composition,
        watch: Stopwatch,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """What the generator says of the best sentences, or else these."""
        generator = self._generator
        if generator and generator.supports(self._analyzer.language(request.query)):
            with watch.stage("generate"):
                writer = Writer(generator, self._checker, self._settings)
                yield from writer.write(
                    request,
                    context.passages,
                    ranking.sentences,
                    ranking.relevance,
                    composition,
                    stop,
                )
        if not composition.sentences:
            yield from self._quoted(ranking.sentences, ranking.reading, composition)

    def _quoted(
        self,
        ranked: Sequence[ScoredSentence],
        reading: Sequence[Quotation],
        composition: Composition,
    ) -> Iterator[SentenceEvent]:
        for quotation in select_sentences(
            ranked, reading, max_sentences=self._settings.max_sentences
        ):
            yield composition.add(quotation.text, Verdict.VERBATIM, [quotation])

    def _question(self, request: AnswerRequest, composition: Composition) -> Question:
        terms = frozenset(self._analyzer.terms(request.query))
        queries = meant_queries(request, turns=self._settings.history_turns)
        try:
            return Question(terms, read_meaning(queries, self._embedder))
        except AttestError as error:
            _degrade(composition, error)
            return Question(terms, None)

    def _nearness(
        self, question: Question, search: SearchResult, context: Context
    ) -> Mapping[str, float]:
        """Of each chunk that was found or stands in a passage."""
        chunk_ids = [hit.chunk.id for hit in search.hits]
        chunk_ids += [chunk.id for chunks in context.chunks.values() for chunk in chunks]
        chunk_ids = list(dict.fromkeys(chunk_ids))
        return chunk_nearness(question, chunk_ids, self._collection.vectors(chunk_ids))

    def _ranking(
        self,
        question: Question,
        context: Context,
        near: Mapping[str, float],
        composition: Composition,
    ) -> _Ranking:
        """The sentences by their relevance; without meaning where the embedder fails."""
        reading = quotable_sentences(context.passages)
        relevance = self._relevance(question, context, near, reading)
        try:
            ranked = relevance.rank(embedded=self._settings.scored_sentences)
        except AttestError as error:
            _degrade(composition, error)
            return self._ranking(replace(question, meaning=None), context, {}, composition)
        return _Ranking(reading, relevance, ranked, by_meaning=question.meaning is not None)

    def _evidence(
        self,
        request: AnswerRequest,
        search: SearchResult,
        context: Context,
        near: Mapping[str, float],
        ranking: _Ranking,
    ) -> Evidence:
        return measure_evidence(
            [
                frozenset(self._analyzer.terms(query))
                for query in meant_queries(request, turns=self._settings.history_turns)
            ],
            [frozenset(self._analyzer.terms(f"{p.context}\n{p.text}")) for p in context.passages],
            nearness=[near[hit.chunk.id] for hit in search.hits] if near else None,
            relevance=[s.score for s in ranking.sentences] if ranking.by_meaning else None,
        )

    def _relevance(
        self,
        question: Question,
        context: Context,
        near: Mapping[str, float],
        candidates: Sequence[Quotation],
    ) -> Relevance:
        def near_chunk(quotation: Quotation) -> float:
            document_id = context.passages[quotation.n - 1].document_id
            return near.get(context.chunk_at(document_id, quotation.span), 0.0)

        return Relevance(
            question,
            candidates,
            terms=self._analyzer.terms,
            embed=self._embedder.embed_passages,
            near=near_chunk,
        )


def _degrade(composition: Composition, error: AttestError) -> None:
    composition.degraded.append(f"answer: {error.public_message}")
    logger.warning("the embedder failed while answering: %s", error)


def _nothing_found(search: SearchResult) -> str:
    searched = {hit.chunk.document_id for hit in search.hits}
    if not searched:
        return "Nothing in the collection matches the question."
    return (
        f"The {len(searched)} documents nearest to the question do not answer it well enough to "
        "be quoted."
    )
