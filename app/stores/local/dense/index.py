"""The dense index: FAISS over half-precision vectors, exact while small, HNSW when large.

Vectors lie in the catalog, so an exact index is only a copy of them in memory: it needs no file
and is read in about a second for 100,000 chunks. The graph of HNSW takes long to make and is kept
as a checkpoint, made when a bulk write or a rebuild ends; what came after it is added on opening.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

import faiss

from app.domain.documents import Vector
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.dense.graph_checkpoint import Graph, GraphCheckpoint
from app.stores.local.dense.metric import Metric, faiss_metric, prepared
from app.stores.local.dense.rows import BATCH, NO_KEYS, DenseRows
from app.stores.local.dense.search import COARSE_FROM, DenseSearch
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.lexical.engine import Scored

logger = logging.getLogger(__name__)

GRAPH_STALENESS: Final = 0.2
"""A checkpoint is made anew when this share of its chunks has been added or deleted since."""
DEAD_SHARE: Final = 0.2
"""Deleted vectors are passed over in searches until they are this share of all, then dropped."""


class DenseIndex:
    """Nearest chunks by inner product or Euclidean distance, by chunk key."""

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        *,
        dimension: int,
        metric: Metric,
        store: StoreSettings,
    ) -> None:
        self._catalog = catalog
        self._folder = folder
        self._checkpoints = GraphCheckpoint(folder)
        self._dimension = dimension
        self._metric: Metric = metric
        self._settings = store
        self._search = DenseSearch(metric, ef_search=store.hnsw_ef_search)
        self._lock = threading.RLock()
        """Of those who change what is here; searches only wait for what changes rows in place."""
        self._rows: DenseRows | None = None
        """``None`` until somebody searches."""

    # --- following the catalog ------------------------------------------------------------------

    def follow(self) -> DenseRows:
        """Rows with every change that the catalog has seen by now.

        A change is marked as applied when all that follows from it has succeeded: after a failure
        the next call begins at the same place.
        """
        rows = self._rows
        if rows is not None and rows.sequence >= self._catalog.sequence():
            return rows
        with self._lock:
            rows = self._rows = self._rows or self._opened()
            if rows.sequence >= self._catalog.sequence():
                return rows
            changes = self._catalog.changes_after(rows.sequence)
            if changes.anew:
                rows = self._made_of(changes.added)
            else:
                # Some are here if this failed before.
                added = changes.added[changes.added > rows.last]
                self._change(rows, added, changes.deleted)
            if rows.dead > DEAD_SHARE * rows.count and not rows.is_graph:
                rows = self._made_of(rows.live_keys())
            rows.sequence = changes.sequence
            self._rows = rows
            return rows

    def _opened(self) -> DenseRows:
        graph = self._checkpoints.load(
            dimension=self._dimension,
            metric=faiss_metric(self._metric),
            upto=self._catalog.sequence(),
        )
        if graph is None:
            return self._exact_rows()
        return DenseRows(graph.index, graph.keys, sequence=graph.sequence)

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

    def checkpoint(self) -> None:
        """Makes or renews the graph, where the collection is large enough for one to pay.

        Searches go on with what there is until the new graph takes its place. Where nothing is to
        be done, no vector is read: a command that adds a document ends with this.
        """
        chunks = self._catalog.counts()[1]
        kept = self.kept
        if chunks <= self._settings.hnsw_threshold:
            if self.is_graph or kept is not None:  # it shrank: deleted rows would stay for ever
                self.clear()
            return
        if kept is not None and self._catalog.sequence() - kept <= GRAPH_STALENESS * chunks:
            return
        with self._lock:
            rows = self.follow()
            keys, sequence = rows.live_keys(), rows.sequence
        made = DenseRows(self._graph())
        self._change(made, keys)
        made.sequence = sequence
        try:
            self._checkpoints.save(Graph(made.faiss, made.live_keys(), sequence))
        except (OSError, RuntimeError) as error:  # FAISS has no errors of its own
            logger.warning("the graph in %s can't be written: %s", self._folder, error)
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

    @property
    def kept(self) -> int | None:
        """The last change that the graph on disk has seen; ``None`` where there is no graph."""
        return self._checkpoints.sequence()

    # --- inspection -----------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Every chunk that a search may return, ascending."""
        rows = self.follow()
        with rows.reading():
            return rows.live_keys()

    def damage(self) -> list[str]:
        """See `GraphCheckpoint.damage`."""
        return self._checkpoints.damage()

    def rest(self) -> None:
        """Forgets what is in memory; searches under way end with what they have."""
        self._rows = None

    def clear(self) -> None:
        """Forgets everything, the checkpoint too."""
        with self._lock:
            self._checkpoints.remove()
            self._rows = None
