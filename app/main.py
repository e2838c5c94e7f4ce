"""The composition root: from settings to a service that runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from typing import TypeVar

from app.access.guarded_store import GuardedStore
from app.answering.evidence.judgement import Judge, read_judge, shipped_judge
from app.models.embedders.cache import CachedEmbedder
from app.models.registry import NONE, build_embedder, build_generator, build_glossary, build_reader
from app.models.rerankers.by_statements import StatementReranker
from app.models.rerankers.cache import CachedReranker
from app.models.rerankers.registry import READER, build_reranker
from app.models.sparse.registry import build_sparse_embedder
from app.observing.requests import RequestThreads
from app.observing.stages import IngestObserver, Stages, Unobserved
from app.ports.analyzer import Analyzer
from app.ports.glossary import Glossary
from app.ports.models import Closable, Embedder, Generator, Placed, Reader, Reranker, SparseEmbedder
from app.ports.store import Collection, Store
from app.retrieval.health import self_retrieval
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.retrieval.ranking.learned import Learned, read_learned, shipped
from app.service import ROUTE_THREADS, Service
from app.settings import RetrievalSettings, Settings
from app.stores.registry import build_store
from app.text.analyzer import StandardAnalyzer
from ingest.indexer import Indexer
from ingest.isolation.loader import IsolatedLoader
from ingest.jobs.indexing import run_job
from ingest.jobs.queue import JobQueue
from ingest.jobs.sources import JobSources
from ingest.pipeline import Ingestion, Progress
from ingest.report import IngestReport
from ingest.sources.documents import HandedOver, documents

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Application:
    """The parts that settings name, each made when it is first needed and shared from then on."""

    def __init__(self, settings: Settings, *, observer: IngestObserver | None = None) -> None:
        """``observer`` is told of what is ingested in the background."""
        self.settings = settings
        self._observer = observer or Unobserved()
        self._closing = ExitStack()
        """What is to be let go of at the end, besides jobs, loader and store."""

    @cached_property
    def analyzer(self) -> Analyzer:
        """The one analyzer."""
        return StandardAnalyzer(self.settings.models.cache / "analyzer")

    @cached_property
    def _embedding_model(self) -> Embedder:
        return self._loaded(build_embedder(self.settings.models))

    @cached_property
    def embedder(self) -> Embedder:
        """See `build_embedder`; with a memory on disk where ``models.embedding_cache`` says so."""
        models = self.settings.models
        if not models.embedding_cache:
            return self._embedding_model
        file = models.cache / "embeddings.db"
        return CachedEmbedder(self._embedding_model, file, query_prefix=models.query_prefix)

    @cached_property
    def sparse_embedder(self) -> SparseEmbedder | None:
        """See `build_sparse_embedder`."""
        return self._loaded(build_sparse_embedder(self.settings.models))

    @cached_property
    def reranker(self) -> Reranker | None:
        """See `build_reranker`; with a memory on disk where ``models.embedding_cache`` says so."""
        models = self.settings.models
        if models.reranker == NONE:
            return None
        reader = self.reader if models.reranker == READER else None
        budget_ms = self.settings.retrieval.rerank_budget_ms
        made = build_reranker(models, self._embedding_model, reader, budget_ms=budget_ms)
        reranker = self._loaded(made)
        if reranker is None or not models.embedding_cache:
            return reranker
        file = models.cache / "rerank_scores.db"
        return CachedReranker(reranker, file, tokens=models.reranker_tokens)

    @cached_property
    def learned(self) -> Learned:
        """How reranking is combined with recall: ``models.combination``, or what ships.

        Raises:
            ConfigurationError: the file that is named can't be read.
        """
        file = self.settings.models.combination
        return read_learned(file) if file else shipped()

    @cached_property
    def reader(self) -> Reader | None:
        """See `build_reader`."""
        return self._loaded(build_reader(self.settings.models))

    @cached_property
    def judge(self) -> Judge:
        """What measures of statements are worth: ``models.evidence``, or what ships.

        Raises:
            ConfigurationError: the file that is named can't be read.
        """
        file = self.settings.models.evidence
        return read_judge(file) if file else shipped_judge()

    @cached_property
    def glossary(self) -> Glossary | None:
        """See `build_glossary`."""
        return build_glossary(self.settings.models, self.analyzer.terms)

    @cached_property
    def generator(self) -> Generator | None:
        """See `build_generator`."""
        return self._loaded(build_generator(self.settings.models))

    @cached_property
    def store(self) -> Store:
        """See `build_store`."""
        return build_store(self.settings.store, self.analyzer)

    @cached_property
    def _collections(self) -> GuardedStore:
        """What the service and its jobs know of the store together."""
        return GuardedStore(self.store)

    @cached_property
    def indexer(self) -> Indexer:
        """What makes chunks and vectors, as the settings say."""
        return Indexer(self.embedder, self.analyzer, self.settings, self.sparse_embedder)

    @cached_property
    def loader(self) -> IsolatedLoader:
        """Reads files in a process of its own."""
        return IsolatedLoader.of(self.settings.ingest)

    def ingest(
        self,
        collection: str,
        handed_over: Iterable[HandedOver],
        progress: Progress = lambda _: None,
        *,
        prune: Sequence[str] = (),
        force: bool = False,
    ) -> IngestReport:
        """Indexes the documents in it into a collection, made where it does not exist."""
        opened = self.store.create(collection, self.indexer.fingerprint)
        stages = Stages()
        run = Ingestion(
            opened,
            self.indexer,
            load=self.loader.load,
            batch_chunks=self.settings.ingest.batch_chunks,
            progress=progress,
            stages=stages,
            force=force,
            overtake=partial(self.jobs.overtake, collection),
        )
        report = run.run(documents(handed_over, self.loader.expand), prune=prune)
        return self._checked(opened, report, stages)

    def _run_job(self, name: str, uploads: JobSources, progress: Progress) -> IngestReport:
        """As `ingest`. A collection that was removed meanwhile stays so, and is `NotFound`."""
        stages = Stages(self._observer.ingest_stage)
        open_same = partial(self.store.open_same, fingerprint=self.indexer.fingerprint)
        with self._collections.working(name, open_same) as opened:
            report = run_job(
                uploads,
                progress,
                collection=opened,
                indexer=self.indexer,
                load=self.loader.load,
                expand=self.loader.expand,
                batch_chunks=self.settings.ingest.batch_chunks,
                stages=stages,
            )
            return self._checked(opened, report, stages)

    def _checked(self, filled: Collection, report: IngestReport, stages: Stages) -> IngestReport:
        """The report on a collection once its self-retrieval was looked at anew."""
        with stages.stage("self_retrieval"):
            self._check_dense(filled)
        return replace(report, timings_s=stages.timings_s())

    @cached_property
    def _recall_threads(self) -> RequestThreads:
        threads = RequestThreads(ROUTE_THREADS, thread_name_prefix="recall")
        return self._closing.enter_context(threads)

    def pipeline(
        self, collection: Collection, retrieval: RetrievalSettings | None = None
    ) -> SearchPipeline:
        """A search pipeline of its own, for evaluation; other than as configured where told so."""
        return make_pipeline(
            collection,
            analyzer=self.analyzer,
            embedder=self.embedder,
            sparse_embedder=self.sparse_embedder,
            reranker=self.reranker,
            learned=self.learned,
            generator=self.generator if (retrieval or self.settings.retrieval).writes else None,
            settings=retrieval or self.settings.retrieval,
            executor=self._recall_threads,
        )

    def rebuild(self, name: str) -> None:
        """Cuts every stored text again, embeds what has changed or is damaged, remakes indexes."""
        collection = self.store.open(name)
        collection.reindex(partial(self.indexer.reindexed, collection), self.indexer.fingerprint)
        self._check_dense(collection)

    def _check_dense(self, collection: Collection) -> None:
        """See `self_retrieval.refresh`."""
        self_retrieval.refresh(
            collection,
            analyzer=self.analyzer,
            embedder=self.embedder,
            settings=self.settings.retrieval,
        )

    @cached_property
    def jobs(self) -> JobQueue:
        """Ingestion in the background."""
        return JobQueue(
            self.settings.store.directory,
            prepare=lambda name: self._collections.opened(
                name, partial(self.store.create, fingerprint=self.indexer.fingerprint)
            ),
            run=self._run_job,
            on_end=self._observer.job_ended,
            max_waiting=self.settings.server.queue,
        )

    def make_service(
        self, *, reader: Reader | None, generator: Generator | None, judge: Judge | None = None
    ) -> Service:
        """The use cases over these parts. A search alone needs neither reader nor generator.

        ``judge`` is the one of these parts where it is not given.
        """
        return Service(
            collections=self._collections,
            analyzer=self.analyzer,
            embedder=self.embedder,
            sparse_embedder=self.sparse_embedder,
            reranker=self.reranker,
            learned=self.learned,
            reader=reader,
            judge=judge or self.judge,
            generator=generator,
            glossary=self.glossary if reader or generator else None,
            ingestor=self.jobs,
            settings=self.settings,
            scorer=self.reranker or (StatementReranker(reader) if reader else None),
        )

    def start_service(self) -> Service:
        """The service to be served, all models loaded and the job queue at work."""
        service = self.make_service(reader=self.reader, generator=self.generator)
        self.analyzer.terms("词典")  # is read now, and not while somebody waits for an answer
        self.jobs.start()
        return service

    def stop_jobs(self) -> None:
        """Lets the document under way end; what is left waits for the next start."""
        if "jobs" in vars(self):
            self.jobs.close(self.settings.server.shutdown_grace_s)

    def close(self) -> None:
        """Ends what was started: jobs first, then their loader, then the store and models."""
        self.stop_jobs()
        made = vars(self)
        if "loader" in made:
            self.loader.close()
        if "store" in made:
            self.store.close()
        self._closing.close()

    def _loaded(self, model: T) -> T:
        """Tells where it runs; models behind HTTP hold connections to close, and some threads."""
        if isinstance(model, Placed):
            logger.info("%s runs on %s", model.id, model.placement)
        if isinstance(model, Closable):
            self._closing.callback(model.close)
        return model
