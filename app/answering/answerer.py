"""A question's way to an answer: take apart, search, judge statements, choose, draft and verify.

question → parts → search → passages → statements in their settings → judged → chosen
         → quoted, or in a generator's words, each sentence verified → answer, or abstention
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence

from app.answering.asking.forms import is_greeting
from app.answering.composition import Composition
from app.answering.context.gathering import Context
from app.answering.evidence.judgement import Judge, shipped_judge
from app.answering.examining import Examined, Examiner
from app.answering.generating.writing import Writer
from app.answering.quoting import wording
from app.answering.quoting.choosing import Choosing
from app.answering.quoting.chosen import Chosen
from app.answering.quoting.shown_setting import shown_setting
from app.answering.remarks import Remarks, nearest_statements
from app.answering.traces import traces_of
from app.answering.verifying.verifier import Verifier
from app.domain.answers import Answer, AnswerEvent, SentenceEvent, Verdict
from app.domain.hits import SearchResult
from app.observing.stages import Stages
from app.ports.analyzer import Analyzer
from app.ports.glossary import Glossary
from app.ports.models import Embedder, Generator, Reader
from app.ports.store import Collection
from app.requests import AnswerRequest
from app.retrieval.pipeline import SearchPipeline
from app.settings import Settings

logger = logging.getLogger(__name__)


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
        self._collection = collection
        self._analyzer = analyzer
        self._reader = reader
        self._generator = generator
        self._settings = settings.answer
        self._examiner = Examiner(
            pipeline,
            collection,
            analyzer=analyzer,
            embedder=embedder,
            reader=reader,
            glossary=glossary,
            settings=settings.answer,
            judge=judge or shipped_judge(),
        )
        self._remarks = Remarks(terms=analyzer.terms, occurs=self._occurs)
        self._verifier = Verifier(analyzer.terms)

    def stream(
        self, request: AnswerRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[SentenceEvent | AnswerEvent]:
        """Each sentence once it is verified, then the whole answer.

        Raises:
            InvalidRequest: the question is blank.
        """
        stages = Stages()
        if is_greeting(request.query) and request.query.strip():
            yield AnswerEvent(self._polite(request, stages))
            return
        found = self.examine(request, stages)
        with stages.stage("choose"):
            chosen = self._chosen(found)
        composition = Composition(found.context, found.search)
        composition.degraded += found.degraded
        respelt = [
            wording.searched_for(found.asked.language, reading.meaning)
            for reading in found.search.readings
            if reading.kind in {"script", "spelling"}
        ][-1:]
        composition.notes += respelt
        composition.probability = max((c.probability for c in chosen), default=0.0)
        yield from self._said(request, found, chosen, composition, stages, stop)
        if not composition.sentences:
            composition.reason = "\n".join([*respelt, self._remarks.refusal(found)])
            composition.nearest = nearest_statements(found, most=self._settings.nearest)
        if request.explain:
            composition.traces = list(traces_of(found, chosen))
            composition.settings = self._in_force(request)
        answer = composition.answer(stages.timings_ms())
        self._log(request, answer)
        yield AnswerEvent(answer)

    def examine(self, request: AnswerRequest, stages: Stages | None = None) -> Examined:
        """Takes the question apart, searches, and judges what was found.

        Raises:
            InvalidRequest: the question is blank.
        """
        return self._examiner.examine(request, stages)

    def _in_force(self, request: AnswerRequest) -> dict[str, object]:
        """The settings of this answer, and the models that took part beside the search's."""
        return {
            **self._settings.model_dump(exclude={"log"}),
            "passages": request.limit or self._settings.passages,
            "reader": self._reader.id if self._reader else None,
            "generator": self._generator.id if self._generator else None,
        }

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

    def _chosen(self, found: Examined) -> list[Chosen]:
        choosing = Choosing(found.documents, terms=self._analyzer.terms, settings=self._settings)
        return choosing.choose_all(found.parts)

    def _said(
        self,
        request: AnswerRequest,
        found: Examined,
        chosen: Sequence[Chosen],
        composition: Composition,
        stages: Stages,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """What the generator says of the best statements, or else these."""
        generator = self._generator
        if generator and generator.supports(found.asked.language):
            with stages.stage("generate"):
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
        composition.notes += self._remarks.notes(found, chosen)

    def _occurs(self, term: str) -> bool:
        """Whether the collection holds a term of the analyzer."""
        return bool(self._collection.search_lexical([term], limit=1))

    def _polite(self, request: AnswerRequest, stages: Stages) -> Answer:
        """The answer to a greeting; nothing is searched for it."""
        search = SearchResult((), (), {"total": 0.0})
        composition = Composition(Context((), {}, {}, {}), search)
        composition.reason = wording.greeting(self._analyzer.language(request.query))
        return composition.answer(stages.timings_ms())
