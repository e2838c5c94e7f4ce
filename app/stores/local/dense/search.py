"""Finds the rows that are nearest to a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from app.domain.documents import Vector
from app.stores.local.dense.metric import Metric, prepared
from app.stores.local.dense.rows import DenseRows
from app.stores.local.filtering.key_set import Bits, KeySet
from app.stores.local.lexical.engine import Scored

COARSE_FROM: Final = 10_000
"""From so many vectors that are to be compared, a coarse comparison chooses those to look at."""
COARSE_LIMIT: Final = 1_000
"""So many are chosen at least, and `COARSE_TIMES` as many as are wanted."""
COARSE_TIMES: Final = 10


class DenseSearch:
    """Compares a query with rows: with all, with those that are near, or on a walk in a graph."""

    def __init__(self, metric: Metric, *, ef_search: int) -> None:
        """On its way through a graph a search keeps at least ``ef_search`` candidates."""
        self._metric: Metric = metric
        self._ef_search = ef_search

    def search(
        self, rows: DenseRows, vector: Vector, *, limit: int, allowed: KeySet | None
    ) -> Scored:
        """At least the best ``limit`` of the rows, see `DenseIndex.search`."""
        with rows.reading():
            chosen = rows.alive[: rows.count]
            if allowed is not None:
                chosen = chosen & allowed.holds(rows.keys[: rows.count])
            most = int(np.count_nonzero(chosen))
            if not most:
                return []
            selector = None if most == rows.count else _selector(chosen)
            query = prepared(vector[None], self._metric)[0]
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
        breadth = max(self._ef_search, depth)
        wider = rows.count / rows.live  # deleted rows take up places on the way
        return faiss.SearchParametersHNSW(efSearch=int(wider * breadth), sel=selector)

    def _scores(self, values: NDArray[np.float32]) -> list[float]:
        signed: list[float] = (-values if self._metric == "l2" else values).tolist()
        return signed


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
