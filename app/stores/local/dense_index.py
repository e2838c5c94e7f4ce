"""The dense index: FAISS over half-precision vectors, exact while small, HNSW when large.

Vectors lie in the catalog, so an exact index is only a copy of them in memory: it needs no file
and is read in about a second for 100,000 chunks. The graph of HNSW takes long to make and is kept
as a checkpoint, made when a bulk write or a rebuild ends; what came after it is added on opening.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from app.domain import Vector, Vectors
from app.settings import StoreSettings
from app.stores.local.catalog import Catalog, Keys
from app.stores.local.dense_rows import DenseRows
from app.stores.local.graph_checkpoint import Graph, GraphCheckpoint
from app.stores.local.lexical import Scored

logger = logging.getLogger(__name__)

Metric = Literal["cosine", "dot", "l2"]

BATCH: Final = 20_000
"""Vectors that are read together."""
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
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self._rows = DenseRows(self._flat())
        self._graph_rows = self._graph_sequence = 0
        self._applied = 0
        self._loaded = False

    # --- following the catalog ------------------------------------------------------------------

    def follow(self) -> None:
        """Takes in every change that the catalog has seen.

        A change is marked as applied when all that follows from it has succeeded: after a failure
        the next call begins at the same place.
        """
        with self._lock:
            if not self._loaded:
                graph = self._checkpoints.load(
                    dimension=self._dimension,
                    metric=self._faiss_metric,
                    upto=self._catalog.sequence(),
                )
                if graph is not None:
                    self._adopt(graph)
                self._loaded = True
            if self._applied == self._catalog.sequence():
                return
            changes = self._catalog.changes_after(self._applied)
            if changes.anew:
                self._rows, self._graph_rows = self._made_of(changes.added), 0
            else:
                # Some are here if this failed before.
                self._append(self._rows, changes.added[changes.added > self._rows.last])
                self._rows.bury(changes.deleted)
            if self._rows.dead > DEAD_SHARE * self._rows.count and not self.is_graph:
                self._rows = self._made_of(self._rows.live_keys())
            self._applied = changes.sequence

    def _append(self, rows: DenseRows, keys: Keys) -> None:
        for start in range(0, len(keys), BATCH):
            found, vectors = self._catalog.vectors_of(keys[start : start + BATCH], self._dimension)
            try:
                rows.append(found, self._prepared(vectors))
            except BaseException:
                if rows is self._rows and not rows.whole:
                    self._forget()
                raise

    def _made_of(self, keys: Keys) -> DenseRows:
        """Rows in an index of their own: what there is stays whole until they take its place."""
        rows = DenseRows(self._flat())
        self._append(rows, keys)
        return rows

    # --- searching ------------------------------------------------------------------------------

    def search(self, vector: Vector, *, limit: int, allowed: Keys | None) -> Scored:
        """At least the best ``limit`` chunks; more where the last ones score alike."""
        with self._lock:
            if self._rows.live == 0 or (allowed is not None and not len(allowed)):
                return []
            if allowed is None:
                return self._search(vector, limit, self._selector(None))
            rows = self._rows.living(allowed)
            # Exactly, past a graph: a walk towards the query meets few of the allowed chunks, or
            # none, where query and filter pull apart (another language, another subject).
            return self._search(vector, min(limit, len(rows)), self._selector(rows), exact=True)

    def _search(
        self, vector: Vector, limit: int, selector: faiss.IDSelector | None, *, exact: bool = False
    ) -> Scored:
        depth = min(limit + 1, self._rows.count)
        walks = self.is_graph and not exact
        index = self._rows.faiss if walks else self._vectors
        while True:
            parameters = (
                self._walk(selector, depth) if walks else faiss.SearchParameters(sel=selector)
            )
            with _single_threaded():
                scores, found = index.search(self._prepared(vector[None]), depth, params=parameters)
            hits = [
                (int(self._rows.keys[row]), self._score(value))
                for value, row in zip(scores[0].tolist(), found[0].tolist(), strict=True)
                if row >= 0
            ]
            tied = len(hits) == depth > limit and hits[-1][1] == hits[limit - 1][1]
            if not tied or depth == self._rows.count:
                return hits
            depth = min(2 * depth, self._rows.count)

    def _selector(self, rows: NDArray[np.int64] | None) -> faiss.IDSelector | None:
        count = self._rows.count
        if rows is None and self._rows.dead == 0:
            return None
        chosen = self._rows.alive[:count] if rows is None else np.zeros(count, dtype=bool)
        if rows is not None:
            chosen[rows] = True
        bits = np.packbits(chosen, bitorder="little")
        selector = faiss.IDSelectorBitmap(count, faiss.swig_ptr(bits))
        selector.bits = bits  # FAISS holds a bare pointer: keep what it points to
        return selector

    def _walk(self, selector: faiss.IDSelector | None, depth: int) -> faiss.SearchParameters:
        breadth = max(self._settings.hnsw_ef_search, depth)
        wider = self._rows.count / self._rows.live  # deleted rows take up places on the way
        return faiss.SearchParametersHNSW(efSearch=int(wider * breadth), sel=selector)

    @property
    def _vectors(self) -> faiss.Index:
        """All rows, to be compared one by one."""
        whole = self._rows.faiss
        return faiss.downcast_index(whole.storage) if self.is_graph else whole

    def _prepared(self, vectors: Vectors) -> Vectors:
        if self._metric == "cosine":
            norms = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _score(self, value: float) -> float:
        return -value if self._metric == "l2" else value

    # --- the graph ------------------------------------------------------------------------------

    @property
    def is_graph(self) -> bool:
        """Whether searches are approximate."""
        return isinstance(self._rows.faiss, faiss.IndexHNSW)

    def checkpoint(self) -> None:
        """Makes or renews the graph, where the collection is large enough for one to pay.

        Searches go on with what there is until the new graph takes its place.
        """
        self.follow()
        with self._lock:
            keys, sequence = self.keys(), self._applied
            changed = self._rows.count - self._graph_rows + self._rows.dead
            if len(keys) <= self._settings.hnsw_threshold:
                if self.is_graph:  # it shrank: deleted rows would stay for ever
                    self.clear()
                    self.follow()
                return
        if changed <= GRAPH_STALENESS * len(keys):
            return
        made = DenseRows(self._graph())
        self._append(made, keys)
        graph = Graph(made.faiss, made.live_keys(), sequence)
        try:
            self._checkpoints.save(graph)
        except (OSError, RuntimeError) as error:  # FAISS has no errors of its own
            logger.warning("the graph in %s can't be written: %s", self._folder, error)
        with self._lock:
            self._adopt(graph)
            self.follow()

    def _adopt(self, graph: Graph) -> None:
        self._rows = DenseRows(graph.index, graph.keys)
        self._graph_rows, self._graph_sequence = len(graph.keys), graph.sequence
        self._applied = graph.sequence

    def _flat(self) -> faiss.Index:
        return faiss.IndexScalarQuantizer(
            self._dimension, faiss.ScalarQuantizer.QT_fp16, self._faiss_metric
        )

    def _graph(self) -> faiss.Index:
        graph = faiss.IndexHNSWSQ(
            self._dimension,
            faiss.ScalarQuantizer.QT_fp16,
            self._settings.hnsw_links,
            self._faiss_metric,
        )
        graph.hnsw.efConstruction = self._settings.hnsw_ef_construction
        return graph

    @property
    def _faiss_metric(self) -> int:
        return int(faiss.METRIC_L2 if self._metric == "l2" else faiss.METRIC_INNER_PRODUCT)

    @property
    def kept(self) -> int | None:
        """The last change that the graph on disk has seen; ``None`` where there is no graph."""
        return self._graph_sequence if self.is_graph else None

    # --- inspection -----------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Every chunk that a search may return, ascending."""
        with self._lock:
            return self._rows.live_keys()

    def damage(self) -> list[str]:
        """See `GraphCheckpoint.damage`."""
        return self._checkpoints.damage()

    def rest(self) -> None:
        """Forgets what is in memory, unless it is in use right now."""
        if self._lock.acquire(blocking=False):
            try:
                self._forget()
            finally:
                self._lock.release()

    def clear(self) -> None:
        """Forgets everything, the checkpoint too."""
        with self._lock:
            self._checkpoints.remove()
            self._forget()
            self._loaded = True


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Two threads gain nothing on one query and wait for each other.

    The number is this thread's, and PyTorch's in this thread too: it is put back.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
