"""The dense index: FAISS over half-precision vectors, exact while small, HNSW when large.

Vectors lie in the catalog, so an exact index is only a copy of them in memory: it needs no file
and is read in about a second for 100,000 chunks. The graph of HNSW takes long to make and is kept
as a checkpoint, made when a bulk write or a rebuild ends; what came after it is added on opening.
"""

from __future__ import annotations

import logging
from pathlib import Path

import faiss

from app.domain.documents import Vector
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.reader import Changes
from app.stores.local.dense.graph_checkpoint import (
    Graph,
    graph_checkpoint,
    load_graph,
    save_graph,
)
from app.stores.local.dense.metric import Metric, faiss_metric, prepared
from app.stores.local.dense.rows import BATCH, NO_KEYS, DenseRows
from app.stores.local.dense.search import COARSE_FROM, DenseSearch
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.following.index import DEAD_SHARE, FollowingIndex
from app.stores.local.lexical.engine import Scored

logger = logging.getLogger(__name__)


class DenseIndex(FollowingIndex[DenseRows]):
    """Nearest chunks by inner product or Euclidean distance, by chunk key."""

    name = "dense"

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        *,
        dimension: int,
        metric: Metric,
        store: StoreSettings,
    ) -> None:
        super().__init__(catalog, graph_checkpoint(folder), kept_above=store.hnsw_threshold)
        self._dimension = dimension
        self._metric: Metric = metric
        self._settings = store
        self._search = DenseSearch(metric, ef_search=store.hnsw_ef_search)

    # --- following the catalog ------------------------------------------------------------------

    def _opened(self) -> DenseRows:
        graph = load_graph(
            self._checkpoint,
            dimension=self._dimension,
            metric=faiss_metric(self._metric),
            upto=self._catalog.sequence(),
        )
        if graph is None:
            return self._exact_rows()
        return DenseRows(graph.index, graph.keys, sequence=graph.sequence)

    def _changed(self, rows: DenseRows, changes: Changes) -> DenseRows:
        added = changes.added[changes.added > rows.last]  # some are here if this failed before
        self._change(rows, added, changes.deleted)
        if rows.dead > DEAD_SHARE * rows.count and not rows.is_graph:
            return self._made_of(rows.live_keys())
        return rows

    def _change(self, rows: DenseRows, added: Keys, deleted: Keys = NO_KEYS) -> None:
        """Reads vectors a batch at a time; what is deleted goes at the instant the last comes."""
        for start in range(0, max(1, len(added)), BATCH):
            end = start + BATCH
            found, vectors = self._catalog.vectors_of(added[start:end], self._dimension)
            try:
                last = end >= len(added)
                rows.change(found, prepared(vectors, self._metric), deleted if last else NO_KEYS)
            except BaseException:
                if rows is self._rows and not rows.whole:
                    self._rows = None
                raise

    def _made_of(self, keys: Keys) -> DenseRows:
        """Rows in an index of their own: what there is stays whole until they take its place."""
        rows = self._exact_rows()
        self._change(rows, keys)
        return rows

    def _exact_rows(self) -> DenseRows:
        # Only of unit vectors is it known how far off a coarse score can be.
        return DenseRows(
            self._flat(), coarse_from=COARSE_FROM if self._metric == "cosine" else None
        )

    # --- searching ------------------------------------------------------------------------------

    def search(self, vector: Vector, *, limit: int, allowed: KeySet | None) -> Scored:
        """At least the best ``limit`` chunks of all that the catalog has seen when it is called.

        More where the last ones score alike. Searches run beside each other.
        """
        return self._search.search(self.follow(), vector, limit=limit, allowed=allowed)

    # --- the graph ------------------------------------------------------------------------------

    @property
    def is_graph(self) -> bool:
        """Whether searches are approximate."""
        return self._rows is not None and self._rows.is_graph

    @property
    def _is_large(self) -> bool:
        return self.is_graph  # its deleted rows would stay for ever

    def _renew(self) -> None:
        """Searches go on with what there is until the new graph takes its place."""
        with self._lock:
            rows = self.follow()
            keys, sequence = rows.live_keys(), rows.sequence
        made = DenseRows(self._graph())
        self._change(made, keys)
        made.sequence = sequence
        try:
            save_graph(self._checkpoint, Graph(made.faiss, made.live_keys(), sequence))
        except (OSError, RuntimeError) as error:  # FAISS has no errors of its own
            folder = self._checkpoint.folder
            logger.warning("the graph in %s can't be written: %s", folder, error)
        with self._lock:
            self._rows = made
            self.follow()

    def _flat(self) -> faiss.Index:
        return faiss.IndexScalarQuantizer(
            self._dimension, faiss.ScalarQuantizer.QT_fp16, faiss_metric(self._metric)
        )

    def _graph(self) -> faiss.Index:
        graph = faiss.IndexHNSWSQ(
            self._dimension,
            faiss.ScalarQuantizer.QT_fp16,
            self._settings.hnsw_links,
            faiss_metric(self._metric),
        )
        graph.hnsw.efConstruction = self._settings.hnsw_ef_construction
        return graph

    # --- inspection -----------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Every chunk that a search may return, ascending."""
        rows = self.follow()
        with rows.reading():
            return rows.live_keys()
