"""What was found on a question: it is taken apart and searched for, and statements are judged."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answering.asking.asked import Asked, Part, take_apart
from app.answering.context.gathering import Context, gather_context
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Candidates, Judged
from app.answering.evidence.confidence import JudgedPart, judged_part
from app.answering.evidence.extremes import extremes
from app.answering.evidence.glossing import known_senses
from app.answering.evidence.judgement import Judge
from app.answering.evidence.meaning import Meaning, read_meaning
from app.answering.evidence.relevance import Relevance, chunk_nearness
from app.answering.searching import QuestionSearch
from app.domain.hits import SearchResult
from app.domain.questions import Sense
from app.domain.statements import Statement
from app.errors import AttestError
from app.observing.stages import Stages
from app.ports.analyzer import Analyzer
from app.ports.glossary import Glossary
from app.ports.models import Embedder, Reader
from app.ports.store import Collection
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.settings import AnswerSettings

logger = logging.getLogger(__name__)


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


class Examiner:
    """Examines questions to one collection, as far as what answers them can be chosen."""

    def __init__(
        self,
        pipeline: SearchPipeline,
        collection: Collection,
        *,
        analyzer: Analyzer,
        embedder: Embedder,
        reader: Reader | None,
        glossary: Glossary | None,
        settings: AnswerSettings,
        judge: Judge,
    ) -> None:
        self._pipeline = pipeline
        self._question_search = QuestionSearch(pipeline)
        self._collection = collection
        self._analyzer = analyzer
        self._embedder = embedder
        self._reader = reader
        self._glossary = glossary
        self._settings = settings
        self._judge = judge

    def examine(self, request: AnswerRequest, stages: Stages | None = None) -> Examined:
        """Takes the question apart, searches, and judges what was found.

        Raises:
            InvalidRequest: the question is blank.
        """
        stages = stages or Stages()
        with stages.stage("understand"):
            understood = self._pipeline.understand(
                SearchRequest(request.query, where=request.where, history=request.history)
            )
            asked = take_apart(understood.query, self._analyzer, most=self._settings.max_parts)
            senses = [known_senses(part, self._glossary) for part in asked.parts]
        limit = request.limit or self._settings.passages
        search = self._question_search.search(
            request, understood, asked, senses, limit=limit, across=self._settings.across_passages
        )
        with stages.stage("context"):
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
        with stages.stage("judge"):
            parts = self._judged(asked, senses, statements, documents, search, context, degraded)
        return Examined(asked, search, context, documents, parts, tuple(degraded))

    def _judged(
        self,
        asked: Asked,
        senses: Sequence[Sequence[Sense]],
        statements: Sequence[Statement],
        documents: Mapping[str, DocumentStatements],
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
        for part, called in zip(asked.parts, senses, strict=True):
            try:
                meaning: Meaning | None = read_meaning([part.text], self._embedder)
                ranked = self._ranked(part, called, candidates, documents, meaning, search, context)
            except AttestError as error:
                degraded.append(f"answer: {error.public_message}")
                logger.warning("a model failed while answering: %s", error)
                ranked = self._ranked(part, called, candidates, documents, None, search, context)
            found.append(judged_part(part, ranked, self._judge, terms=self._analyzer.terms))
        return found

    def _ranked(
        self,
        part: Part,
        senses: Sequence[Sense],
        candidates: Candidates,
        documents: Mapping[str, DocumentStatements],
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
            senses=senses,
            extremes=extremes(part, candidates.statements, documents, self._analyzer.terms),
            judge=self._judge,
        )
        return relevance.rank(embedded=self._settings.scored_sentences)
