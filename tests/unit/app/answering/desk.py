"""An office in a test: documents in, a question, an answer out, with real loaders and analyzer.

The embedder is a fake that knows words alone, and the judge's weights are round numbers made for
these tests, so that what is learned one day decides nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.answering.answerer import Answerer
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.judgement import Judge, Weights
from app.domain.answers import Answer, AnswerEvent, SentenceEvent
from app.domain.documents import Document
from app.domain.questions import Turn
from app.domain.statements import Statement
from app.fakes import FakeEmbedder, FakeGenerator, FakeGlossary
from app.ports.analyzer import Analyzer
from app.requests import AnswerRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import Settings
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer
from ingest.loaders.registry import load

ROUND: Final = Weights(
    intercept=-4.0,
    factors={
        "similarity": 2.0,
        "said": 2.0,
        "covered": 5.0,
        "contrast": -5.0,
        "absent": -3.0,
        "unnamed": -3.0,
        "unkind": -8.0,
        "prior": 0.5,
    },
)
"""Words decide, in the setting too; what lacks a name or the kind that is asked for loses."""
ITS_OWN: Final = Weights(0.0, {"odds": 1.0})
"""The best statement is as sure as it is probable, whatever stands behind it."""


def document(name: str, text: str, *, title: str = "", **metadata: str) -> Document:
    """``text`` as the loader of ``name`` reads it, with further metadata."""
    loaded = load(name, text.encode())
    return Document(
        id=name,
        text=loaded.text,
        title=title or loaded.title,
        metadata=dict(loaded.metadata) | metadata,
        blocks=loaded.blocks,
    )


def statements(name: str, text: str, *, title: str = "", **metadata: str) -> list[Statement]:
    """Every statement of a document, in reading order."""
    loaded = document(name, text, title=title, **metadata)
    return DocumentStatements(loaded).within((0, len(loaded.text)), n=1)


def the_one(found: Iterable[Statement], text: str) -> Statement:
    """The single statement that holds ``text``."""
    (only,) = [statement for statement in found if text in statement.text]
    return only


class Desk:
    """Keeps documents and answers from them."""

    def __init__(self, directory: Path, analyzer: Analyzer, executor: ThreadPoolExecutor) -> None:
        self.settings = Settings()
        self._analyzer = analyzer
        self._executor = executor
        self.embedder = FakeEmbedder(256)
        self._indexer = Indexer(self.embedder, analyzer, self.settings)
        store = self.settings.store.model_copy(update={"directory": directory})
        self.store = LocalStore(store, analyzer)
        self._collection = self.store.create("office", self._indexer.fingerprint)
        self._documents: dict[str, Document] = {}

    def keep(self, documents: Mapping[str, str] | Iterable[Document]) -> None:
        """Takes files by name, or documents."""
        given = (
            [document(name, text) for name, text in documents.items()]
            if isinstance(documents, Mapping)
            else list(documents)
        )
        made = [self._indexer.chunk(one, content_hash=one.id) for one in given]
        self._collection.put(self._indexer.embed(made))
        self._documents |= {one.document.id: one.document for one in made}

    def ask(
        self,
        question: str,
        *,
        generator: FakeGenerator | None = None,
        glossary: FakeGlossary | None = None,
        history: tuple[Turn, ...] = (),
        explain: bool = False,
        **settings: object,
    ) -> Answer:
        """The answer; its citations are verbatim, or the test ends here."""
        changed = self.settings.answer.model_copy(update=settings)
        answerer = Answerer(
            make_pipeline(
                self._collection,
                analyzer=self._analyzer,
                embedder=self.embedder,
                reranker=None,
                settings=self.settings.retrieval,
                executor=self._executor,
            ),
            self._collection,
            analyzer=self._analyzer,
            embedder=self.embedder,
            reader=None,
            generator=generator,
            glossary=glossary,
            settings=self.settings.model_copy(update={"answer": changed}),
            judge=Judge(ROUND, ROUND, ROUND, ITS_OWN, ITS_OWN),
        )
        request = replace(AnswerRequest(question, history), explain=explain)
        *sentences, last = answerer.stream(request)
        assert isinstance(last, AnswerEvent)
        answer = last.answer
        assert all(isinstance(event, SentenceEvent) for event in sentences)
        assert tuple(event.sentence for event in sentences) == answer.sentences
        assert tuple(c for event in sentences for c in event.citations) == answer.citations
        for citation in (*answer.citations, *answer.nearest):
            kept = self._documents[citation.document_id]
            assert kept.text[slice(*citation.span)] == citation.quote
        return answer


def texts(answer: Answer) -> list[str]:
    """What its sentences say, without setting and marks."""
    return [sentence.text for sentence in answer.sentences]
