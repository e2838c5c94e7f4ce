"""A question's way to an answer: take apart, search, judge statements, choose, draft and verify.

question → parts → search → passages → statements in their settings → judged → chosen
         → quoted, or in a generator's words, each sentence verified → answer, or abstention
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from app.answering.asking.asked import Asked, Part, take_apart
from app.answering.asking.forms import is_greeting
from app.answering.asking.spelling import put_right
from app.answering.composition import Composition
from app.answering.context.gathering import Context, gather_context
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Candidates, Judged
from app.answering.evidence.confidence import JudgedPart, judged_part
from app.answering.evidence.judgement import Judge, shipped_judge
from app.answering.evidence.meaning import Meaning, read_meaning
from app.answering.evidence.names.named import Named
from app.answering.evidence.relevance import (
    Relevance,
    chunk_nearness,
)
from app.answering.generating.writing import Writer
from app.answering.quoting import wording
from app.answering.quoting.choosing import Choosing
from app.answering.quoting.chosen import Chosen
from app.answering.quoting.shown_setting import shown_setting
from app.answering.verifying.verifier import Verifier
from app.domain.answers import Answer, AnswerEvent, SentenceEvent, StatementTrace, Verdict
from app.domain.hits import Hit, SearchResult
from app.domain.questions import Sense
from app.domain.statements import Statement
from app.errors import AttestError
from app.filters import And, Filter, Not, OneOf
from app.ports import Analyzer, Collection, Embedder, Generator, Glossary, Reader
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.stopwatch import Stopwatch
from app.settings import Settings

logger = logging.getLogger(__name__)

ACROSS = 3
"""Passages of another language that are looked at beside those in the language of the question."""
TRACED = 40
"""Statements of each part that an explanation shows."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A question as far as it is understood and its statements judged; nothing is chosen yet.

    ``parts`` has what was judged for each; ``degraded`` says which model failed.
    """

    asked: Asked
    search: SearchResult
    context: Context
    documents: Mapping[str, DocumentStatements]
    parts: Sequence[JudgedPart]
    degraded: tuple[str, ...]


class Answerer:
    """Answers from one collection. Nothing leaves it that no statement supports."""

    def __init__(
        self,
        pipeline: SearchPipeline,
        collection: Collection,
        *,
        analyzer: Analyzer,
        embedder: Embedder,
        reader: Reader | None,
        generator: Generator | None,
        glossary: Glossary | None = None,
        settings: Settings,
        judge: Judge | None = None,
    ) -> None:
        """``judge`` is what ships where it is not given."""
        self._pipeline = pipeline
        self._collection = collection
        self._analyzer = analyzer
        self._embedder = embedder
        self._reader = reader
        self._generator = generator
        self._glossary = glossary
        self._settings = settings.answer
        self._judge = judge or shipped_judge()
        self._verifier = Verifier(analyzer.terms)

    def stream(
        self, request: AnswerRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[SentenceEvent | AnswerEvent]:
        """Each sentence once it is verified, then the whole answer.

        Raises:
            InvalidRequest: the question is blank.
        """
        watch = Stopwatch()
        if is_greeting(request.query) and request.query.strip():
            yield AnswerEvent(self._polite(request, watch))
            return
        found, chosen, respelt = self._found(request, watch)
        composition = Composition(found.context, found.search)
        composition.degraded += found.degraded
        if respelt:
            composition.notes.append(wording.searched_for(found.asked.language, respelt))
        composition.probability = max((c.probability for c in chosen), default=0.0)
        yield from self._said(request, found, chosen, composition, watch, stop)
        if not composition.sentences:
            composition.reason = self._refusal(found)
            composition.nearest = _nearest(found)
        if request.explain:
            composition.traces = list(_traces(found, chosen))
        answer = composition.answer(watch.timings_ms())
        self._log(request, answer)
        yield AnswerEvent(answer)

    def examine(self, request: AnswerRequest, watch: Stopwatch | None = None) -> Examined:
        """Takes the question apart, searches, and judges what was found.

        Raises:
            InvalidRequest: the question is blank.
        """
        watch = watch or Stopwatch()
        with watch.stage("understand"):
            asked = take_apart(request, self._analyzer, turns=self._settings.history_turns)
        limit = request.limit or self._settings.passages
        search = self._search(request, asked, limit=limit)
        with watch.stage("context"):
            context = gather_context(
                search.hits,
                self._collection,
                settings=self._settings,
                limit=limit,
                terms=self._analyzer.terms,
                count_tokens=self._embedder.count_tokens,
            )
            documents, statements = context.statements()
        search = context.explain(search)
        degraded: list[str] = []
        with watch.stage("judge"):
            parts = self._judged(asked, statements, search, context, degraded)
        return Examined(asked, search, context, documents, parts, tuple(degraded))

    def _found(
        self, request: AnswerRequest, watch: Stopwatch
    ) -> tuple[Examined, list[Chosen], str]:
        """What answers the question as it was typed or, more surely, as the documents spell it.

        The last is how it was put then; empty where it stayed as it was.
        """
        found = self.examine(request, watch)
        with watch.stage("choose"):
            chosen = self._chosen(found)
        sure = max((choice.probability for choice in chosen if choice.statements), default=0.0)
        if sure >= self._settings.sure_probability:
            return found, chosen, ""
        with watch.stage("understand"):
            texts = [f"{d.title}\n{d.text}" for d in found.context.documents.values()]
            respelt = put_right(
                request.query, texts, terms=self._analyzer.terms, occurs=self._occurs
            )
        if respelt == request.query:
            return found, chosen, ""
        again = self.examine(replace(request, query=respelt), watch)
        with watch.stage("choose"):
            better = self._chosen(again)
        surer = max((choice.probability for choice in better if choice.statements), default=0.0)
        return (again, better, respelt) if surer > sure else (found, chosen, "")

    def _log(self, request: AnswerRequest, answer: Answer) -> None:
        """What became of the question, as far as the operator wants to keep it."""
        if self._settings.log == "nothing":
            return
        asked = json.dumps(request.query, ensure_ascii=False)
        question = f", question={asked}" if self._settings.log == "questions" else ""
        logger.info(
            "answer: mode=%s, probability=%.3f, sentences=%d, documents=%d%s",
            answer.mode,
            answer.probability or 0.0,
            len(answer.sentences),
            len({citation.document_id for citation in answer.citations}),
            question,
        )

    # --- finding --------------------------------------------------------------------------------

    def _search(self, request: AnswerRequest, asked: Asked, *, limit: int) -> SearchResult:
        """One search for the whole question and, where it has several parts, one for each."""
        # Twice as many as are used: near-duplicates and joined neighbours leave gaps.
        whole = self._pipeline.search(
            SearchRequest(
                asked.rewritten, limit=2 * limit, where=request.where, explain=request.explain
            )
        )
        queries = dict.fromkeys(part.text for part in asked.parts)
        queries.pop(asked.rewritten, None)
        further = [
            self._pipeline.search(SearchRequest(query, limit=limit, where=request.where)).hits
            for query in queries
        ]
        further += map(tuple, self._in_other_languages(request, asked))
        return (
            replace(whole, hits=_merged([whole.hits, *further], limit=2 * limit))
            if further
            else whole
        )

    def _in_other_languages(self, request: AnswerRequest, asked: Asked) -> list[Sequence[Hit]]:
        """What is nearest by meaning, or holds its names or what its words are called there.

        Of languages that share no words with it: passages in its own crowd out the others.
        """
        chinese: Filter = OneOf("lang", ("zh",))
        other = Not(chinese) if asked.language == "zh" else chinese
        where = other if request.where is None else And((request.where, other))
        near = SearchRequest(
            asked.parts[0].text, limit=ACROSS, where=where, routes=("dense",), rerank=False
        )
        searches = [near]
        if names := dict.fromkeys(name.text for part in asked.parts for name in part.names):
            # Names are written alike in both.
            searches.append(replace(near, query=" ".join(names), routes=("bm25",)))
        if called := dict.fromkeys(
            sense.text for part in asked.parts for sense in self._senses(part)
        ):
            searches.append(replace(near, query=" ".join(called), routes=("bm25",)))
        try:
            return [self._pipeline.search(search).hits for search in searches]
        except AttestError as error:  # the search for the question itself has told of it
            logger.warning("other languages are not searched: %s", error)
            return []

    def _senses(self, part: Part) -> Sequence[Sense]:
        """What the words of a part are called in the other language, where that is known."""
        return self._glossary.senses(part.terms, part.language) if self._glossary else ()

    def _judged(
        self,
        asked: Asked,
        statements: Sequence[Statement],
        search: SearchResult,
        context: Context,
        degraded: list[str],
    ) -> list[JudgedPart]:
        """Each part with its statements, best first; by words alone where a model fails."""
        candidates = Candidates.of(
            statements,
            documents=context.documents,
            terms=self._analyzer.terms,
            language=self._analyzer.language,
        )
        found: list[JudgedPart] = []
        for part in asked.parts:
            try:
                meaning: Meaning | None = read_meaning([part.text], self._embedder)
                ranked = self._ranked(part, candidates, meaning, search, context)
            except AttestError as error:
                degraded.append(f"answer: {error.public_message}")
                logger.warning("a model failed while answering: %s", error)
                ranked = self._ranked(part, candidates, None, search, context)
            found.append(judged_part(part, ranked, self._judge, terms=self._analyzer.terms))
        return found

    def _ranked(
        self,
        part: Part,
        candidates: Candidates,
        meaning: Meaning | None,
        search: SearchResult,
        context: Context,
    ) -> Sequence[Judged]:
        chunk_ids = [hit.chunk.id for hit in search.hits]
        chunk_ids += [chunk.id for chunks in context.chunks.values() for chunk in chunks]
        chunk_ids = list(dict.fromkeys(chunk_ids))
        near = chunk_nearness(meaning, chunk_ids, self._collection.vectors(chunk_ids))
        relevance = Relevance(
            part,
            candidates,
            meaning=meaning,
            near=lambda s: near.get(context.chunk_at(s.document_id, s.span), 0.0),
            embed=self._embedder.embed_passages,
            read=self._reader.read if self._reader and meaning else None,
            senses=self._senses(part),
            judge=self._judge,
        )
        return relevance.rank(embedded=self._settings.scored_sentences)

    # --- saying ---------------------------------------------------------------------------------

    def _chosen(self, found: Examined) -> list[Chosen]:
        choosing = Choosing(found.documents, terms=self._analyzer.terms, settings=self._settings)
        return choosing.choose_all(found.parts)

    def _said(
        self,
        request: AnswerRequest,
        found: Examined,
        chosen: Sequence[Chosen],
        composition: Composition,
        watch: Stopwatch,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """What the generator says of the best statements, or else these."""
        generator = self._generator
        if generator and generator.supports(found.asked.language):
            with watch.stage("generate"):
                writer = Writer(generator, self._verifier, self._settings)
                yield from writer.write(
                    request, chosen, [judged.ranked for judged in found.parts], composition, stop
                )
        if composition.sentences:
            return
        parts = [judged.part for judged in found.parts]
        for choice in chosen:
            for statement in choice.statements:
                if not composition.holds(statement):
                    about = shown_setting(statement, parts, self._analyzer.terms)
                    yield composition.add(
                        statement.text, Verdict.VERBATIM, [statement], setting=about
                    )
        composition.notes += self._notes(found, chosen)

    def _notes(self, found: Examined, chosen: Sequence[Chosen]) -> Iterator[str]:
        language = found.asked.language
        for choice, judged in zip(chosen, found.parts, strict=True):
            if choice.differ:
                yield wording.sources_differ(language)
            if choice.listed is not None:
                yield wording.counted(language, choice.listed)
            if choice.left_out:
                yield wording.left_out(language, choice.left_out)
            if not choice.statements and len(found.parts) > 1:
                reason = self._why_not(judged, language)
                yield wording.part_not_answered(language, judged.part.shown, reason)

    def _refusal(self, found: Examined) -> str:
        language = found.asked.language
        if not found.search.hits:
            return wording.nothing_matches(language)
        for judged in found.parts:
            if self._missing(judged):
                return self._why_not(judged, language)
        documents = {hit.chunk.document_id for hit in found.search.hits}
        return wording.not_answered(language, len(documents))

    def _why_not(self, judged: JudgedPart, language: str) -> str:
        missing = self._missing(judged)
        if not missing:
            documents = {one.statement.document_id for one in judged.ranked}
            return wording.not_answered(language, max(1, len(documents)))
        nowhere = [
            named
            for named in missing
            if not any(map(self._occurs, self._analyzer.terms(named.text)[:1]))
        ]
        return wording.not_named(language, nowhere or missing, everywhere=bool(nowhere))

    def _missing(self, judged: JudgedPart) -> list[Named]:
        """The names of a part that none of its statements holds.

        Statements of a language that spells names otherwise tell nothing of it.
        """
        alike = [one for one in judged.ranked if not one.features.across] or judged.ranked
        return [n for n in judged.part.names if all(n in one.missing for one in alike)]

    def _occurs(self, term: str) -> bool:
        """Whether the collection holds a term of the analyzer."""
        return bool(self._collection.search_lexical([term], limit=1))

    def _polite(self, request: AnswerRequest, watch: Stopwatch) -> Answer:
        """The answer to a greeting; nothing is searched for it."""
        search = SearchResult((), (), {"total": 0.0})
        composition = Composition(Context((), {}, {}, {}), search)
        composition.reason = wording.greeting(self._analyzer.language(request.query))
        return composition.answer(watch.timings_ms())


def _merged(rankings: Sequence[Sequence[Hit]], *, limit: int) -> tuple[Hit, ...]:
    """The first of each, then the second of each, each chunk once; ranks are given anew."""
    taken: dict[str, Hit] = {}
    for hit in chain.from_iterable(zip_longest(*rankings)):
        if hit is not None:
            taken.setdefault(hit.chunk.id, hit)
    best = list(taken.values())[:limit]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(best, start=1))


def _nearest(found: Examined) -> list[Statement]:
    """What came nearest to an answer, each document once."""
    ranked = sorted(
        (one for judged in found.parts for one in judged.ranked),
        key=lambda j: (j.probability, j.features.similarity + j.features.covered),
        reverse=True,
    )
    by_document: dict[str, Statement] = {}
    for j in ranked:
        by_document.setdefault(j.statement.document_id, j.statement)
    return list(by_document.values())


def _traces(found: Examined, chosen: Sequence[Chosen]) -> Iterator[StatementTrace]:
    for choice, judged in zip(chosen, found.parts, strict=True):
        taken = set(choice.statements)
        for j in judged.ranked[:TRACED]:
            missing = tuple(named.text for named in j.missing)
            verdict = "chosen" if j.statement in taken else "not needed"
            if missing and j.probability == 0.0:
                verdict = "about something else than the question names"
            elif not choice.statements:
                verdict = "too improbable"
            yield StatementTrace(
                part=judged.part.shown,
                document_id=j.statement.document_id,
                span=j.statement.span,
                text=j.statement.text,
                setting=j.statement.setting.text,
                probability=round(j.probability, 4),
                features={n: round(v, 4) for n, v in j.features.values().items()},
                missing=missing,
                verdict=verdict,
            )
