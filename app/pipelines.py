"""The search pipelines of a service, one for each collection that is searched."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import Executor
from functools import partial

from app.access.filtered_collection import FilteredCollection
from app.access.guarded_store import GuardedStore
from app.domain.collections import Tuning
from app.errors import FingerprintMismatch
from app.ports.analyzer import Analyzer
from app.ports.models import Embedder, Generator, Reranker, SparseEmbedder
from app.ports.store import Collection
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.retrieval.ranking.learned import Learned
from app.settings import RetrievalSettings


class Pipelines:
    """Makes a pipeline when its collection is first searched, and keeps it until that changes."""

    def __init__(
        self,
        collections: GuardedStore,
        *,
        analyzer: Analyzer,
        embedder: Embedder,
        sparse_embedder: SparseEmbedder | None,
        reranker: Reranker | None,
        learned: Learned | None,
        generator: Generator | None,
        settings: RetrievalSettings,
        executor: Executor,
    ) -> None:
        self._collections = collections
        self._analyzer = analyzer
        self._embedder = embedder
        self._sparse_embedder = sparse_embedder
        self._reranker = reranker
        self._learned = learned
        self._generator = generator
        self._settings = settings
        self._executor = executor
        self._made: dict[str, tuple[Collection, Tuning | None, SearchPipeline, int]] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def of(self, collection: Collection) -> tuple[SearchPipeline, int | None]:
        """The collection's pipeline, another one once it was made again or tuned; its number.

        Of a collection that is seen in part it is made for each use, without a number: there are
        as many as filters.

        Raises:
            FingerprintMismatch: other models built the collection.
        """
        if isinstance(collection, FilteredCollection):
            return self._make(collection), None
        tuning = collection.tuning()
        with self._lock:
            kept = self._made.get(collection.name)
            if kept is not None and kept[0] is collection and kept[1] == tuning:
                return kept[2:]
            pipeline, number = self._make(collection), next(self._numbers)
            self._made[collection.name] = (collection, tuning, pipeline, number)
            return pipeline, number

    def forget(self, collection: str) -> None:
        """Lets go of the pipeline of a collection that was removed."""
        with self._lock:
            self._made.pop(collection, None)

    def _make(self, collection: Collection) -> SearchPipeline:
        self._require_same_models(collection)
        return make_pipeline(
            collection,
            analyzer=self._analyzer,
            embedder=self._embedder,
            sparse_embedder=self._sparse_embedder,
            reranker=self._reranker,
            learned=self._learned,
            generator=self._generator,
            settings=self._settings,
            executor=self._executor,
            on_damage=partial(self._collections.note_damage, collection),
        )

    def _require_same_models(self, collection: Collection) -> None:
        """Vectors of two models don't compare, nor do terms of two analyzers."""
        built_by = collection.fingerprint
        for what, then, now in (
            ("embedder", built_by.embedder, self._embedder.id),
            ("analyzer", built_by.analyzer, self._analyzer.version),
        ):
            if then != now:
                raise FingerprintMismatch(
                    f"collection {collection.name} was built with {what} {then}, and {now} is "
                    f"configured. Run `rag rebuild {collection.name}`, or restore the setting."
                )
