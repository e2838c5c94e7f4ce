"""The composition root: from settings to a service that runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from app.domain import IndexedDocument
from app.models.embedding_cache import CachedEmbedder
from app.models.registry import NONE, build_embedder, build_generator, build_reranker
from app.models.score_cache import CachedReranker
from app.ports import Analyzer, Embedder, Generator, Reranker
from app.retrieval import soundness
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.service import ROUTE_THREADS, Service
from app.settings import RetrievalSettings, Settings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from app.text.analyzer import StandardAnalyzer
from ingest.indexer import Indexer
from ingest.isolation import IsolatedLoader
from ingest.jobs import JobQueue
from ingest.pipeline import Ingestion, Progress
from ingest.report import IngestReport
from ingest.sources import Source


class Application:
    """The parts that settings name, each made when it is first needed and shared from then on."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def analyzer(self) -> Analyzer:
        """The one analyzer."""
        return StandardAnalyzer(self.settings.models.cache / "analyzer")

    @cached_property
    def _embedding_model(self) -> Embedder:
        return build_embedder(self.settings.models)

    @cached_property
    def embedder(self) -> Embedder:
        """See `build_embedder`; with a memory on disk where ``models.embedding_cache`` says so."""
        models = self.settings.models
        if not models.embedding_cache:
            return self._embedding_model
        return CachedEmbedder(self._embedding_model, models.cache / "embeddings.db")

    @cached_property
    def reranker(self) -> Reranker | None:
        """See `build_reranker`; with a memory on disk where ``models.embedding_cache`` says so."""
        models = self.settings.models
        if models.reranker == NONE:
            return None
        reranker = build_reranker(models, self._embedding_model)
        if reranker is None or not models.embedding_cache:
            return reranker
        file = models.cache / "rerank_scores.db"
        return CachedReranker(reranker, file, tokens=models.reranker_tokens)

    @cached_property
    def generator(self) -> Generator | None:
        """See `build_generator`."""
        return build_generator(self.settings.models)

    @cached_property
    def store(self) -> LocalStore:
        """Collections below ``store.directory``."""
        return LocalStore(self.settings.store, self.analyzer)

    @cached_property
    def indexer(self) -> Indexer:
        """What makes chunks and vectors, as the settings say."""
        return Indexer(self.embedder, self.analyzer, self.settings)

    @cached_property
    def loader(self) -> IsolatedLoader:
        """Reads files in a process of its own."""
        return IsolatedLoader(load_timeout_s=self.settings.ingest.load_timeout_s)

    def ingest(
        self,
        collection: str,
        sources: Iterable[Source],
        progress: Progress = lambda _: None,
        *,
        prune: Sequence[str] = (),
    ) -> IngestReport:
        """Indexes ``sources`` into a collection, made where it does not exist."""
        opened = self.store.create(collection, self.indexer.fingerprint)
        run = Ingestion(
            opened,
            self.indexer,
            load=self.loader.load,
            batch_chunks=self.settings.ingest.batch_chunks,
            progress=progress,
        )
        report = run.run(sources, prune=prune)
        soundness.refresh(opened, analyzer=self.analyzer, embedder=self.embedder)
        return report

    def pipeline(
        self, collection: LocalCollection, retrieval: RetrievalSettings | None = None
    ) -> SearchPipeline:
        """A search pipeline of its own, for evaluation; other than as configured where told so."""
        return make_pipeline(
            collection,
            analyzer=self.analyzer,
            embedder=self.embedder,
            reranker=self.reranker,
            settings=retrieval or self.settings.retrieval,
            executor=ThreadPoolExecutor(ROUTE_THREADS, thread_name_prefix="recall"),
        )

    def rebuild(self, name: str) -> None:
        """Makes indexes anew; chunks and vectors too, where the settings' fingerprint differs."""
        collection = self.store.open(name)
        if collection.fingerprint == self.indexer.fingerprint:
            collection.rebuild_indexes()
            return
        collection.replace_all(self._reindexed(collection), self.indexer.fingerprint)
        soundness.refresh(collection, analyzer=self.analyzer, embedder=self.embedder)

    def _reindexed(self, collection: LocalCollection) -> Iterable[IndexedDocument]:
        """Every stored document, chunked and embedded as the settings say now."""
        for record in collection.records():
            document = collection.document(record.id)
            if document is not None:
                yield from self.indexer.embed([self.indexer.chunk(document, record.content_hash)])

    @cached_property
    def jobs(self) -> JobQueue:
        """Ingestion in the background."""
        return JobQueue(
            self.settings.store.directory,
            prepare=lambda name: self.store.create(name, self.indexer.fingerprint),
            run=self.ingest,
            max_waiting=self.settings.server.queue,
        )

    def make_service(self, *, generator: Generator | None) -> Service:
        """The use cases over these parts. A search alone needs no generator."""
        return Service(
            store=self.store,
            analyzer=self.analyzer,
            embedder=self.embedder,
            reranker=self.reranker,
            generator=generator,
            ingestor=self.jobs,
            settings=self.settings,
        )

    def start_service(self) -> Service:
        """The service to be served, all models loaded and the job queue at work."""
        service = self.make_service(generator=self.generator)
        self.jobs.start()
        return service

    def stop_jobs(self) -> None:
        """Lets the document under way end; what is left waits for the next start."""
        if "jobs" in vars(self):
            self.jobs.close(self.settings.server.shutdown_grace_s)

    def close(self) -> None:
        """Ends what was started: jobs first, then their loader, then the store."""
        self.stop_jobs()
        made = vars(self)
        if "loader" in made:
            self.loader.close()
        if "store" in made:
            self.store.close()
