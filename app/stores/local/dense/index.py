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

from app.domain.documents import Vector, Vectors
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.dense.graph_checkpoint import Graph, GraphCheckpoint
from app.stores.local.dense.rows import BATCH, NO_KEYS, DenseRows
from app.stores.local.filtering.key_set import Bits, Keys, KeySet
from app.stores.local.lexical.engine import Scored

logger = logging.getLogger(__name__)

Metric = Literal["cosine", "dot", "l2"]

COARSE_FROM: Final = 10_000
"""From so many vectors that are to be compared, a coarse comparison chooses those to look at."""
COARSE_LIMIT: Final = 1_000
"""So many are chosen at least, and `COARSE_TIMES` as many as are wanted."""
COARSE_TIMES: Final = 10
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
            metric=self._faiss_metric,
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
                rows.change(found, self._prepared(vectors), deleted if last else NO_KEYS)
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
        rows = self.follow()
        with rows.reading():
            chosen = rows.alive[: rows.count]
            if allowed is not None:
                chosen = chosen & allowed.holds(rows.keys[: rows.count])
            most = int(np.count_nonzero(chosen))
            if not most:
                return []
            selector = None if most == rows.count else _selector(chosen)
            query = self._prepared(vector[None])[0]
            with _single_threaded():
                # Exactly, where there is a filter, past a graph: a walk towards the query meets few
                # of the allowed chunks, or none, where query and filter pull apart (another
                # language, another subject).
                if rows.is_graph and allowed is None:
                    return self._search(rows, query, min(limit, most), selector, walks=True)
                found = None
                if most >= COARSE_FROM:
                    found = self._narrowed(rows, query, limit, selector)
                return found or self._search(rows, query, min(limit, most), selector)

    def _narrowed(
        self, rows: DenseRows, query: Vector, limit: int, selector: faiss.IDSelector | None
    ) -> Scored | None:
        """What `_search` finds, looked for among few; ``None`` where others could be as near."""
        if rows.coarse is None or len(rows.coarse) != rows.count:
            return None
        few = max(COARSE_LIMIT, COARSE_TIMES * limit)
        nearest, bound = rows.coarse.nearest(query, limit=few, selector=selector)
        chosen = np.zeros(rows.count, dtype=bool)
        chosen[nearest] = True
        found = self._search(rows, query, limit, _selector(chosen))
        return found if found[-1][1] > bound else None

    def _search(
        self,
        rows: DenseRows,
        query: Vector,
        limit: int,
        selector: faiss.IDSelector | None,
        *,
        walks: bool = False,
    ) -> Scored:
        depth = min(limit + 1, rows.count)
        index = rows.faiss if walks else _vectors(rows)
        while True:
            parameters = (
                self._walk(rows, selector, depth) if walks else faiss.SearchParameters(sel=selector)
            )
            scores, found = index.search(query[None], depth, params=parameters)
            there = (found[0] >= 0) & (found[0] < rows.count)
            keys, values = rows.keys[found[0][there]].tolist(), self._scores(scores[0][there])
            tied = len(keys) == depth > limit and values[-1] == values[limit - 1]
            if not tied or depth == rows.count:
                return list(zip(keys, values, strict=True))
            depth = min(2 * depth, rows.count)

    def _walk(
        self, rows: DenseRows, selector: faiss.IDSelector | None, depth: int
    ) -> faiss.SearchParameters:
        breadth = max(self._settings.hnsw_ef_search, depth)
        wider = rows.count / rows.live  # deleted rows take up places on the way
        return faiss.SearchParametersHNSW(efSearch=int(wider * breadth), sel=selector)

    def _prepared(self, vectors: Vectors) -> Vectors:
        if self._metric == "cosine":
            norms = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _scores(self, values: NDArray[np.float32]) -> list[float]:
        signed: list[float] = (-values if self._metric == "l2" else values).tolist()
        return signed

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


def _selector(chosen: Bits) -> faiss.IDSelector:
    """Lets the rows through whose bits are set."""
    packed = np.packbits(chosen, bitorder="little")
    selector = faiss.IDSelectorBitmap(len(packed), faiss.swig_ptr(packed))
    selector.bits = packed  # FAISS holds a bare pointer: keep what it points to
    return selector


def _vectors(rows: DenseRows) -> faiss.Index:
    """All rows, to be compared one by one."""
    return faiss.downcast_index(rows.faiss.storage) if rows.is_graph else rows.faiss


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
