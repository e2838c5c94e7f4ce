"""The rows of a FAISS index: which chunk each one is of, and whether it is still alive."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from app.domain.documents import Vectors
from app.stores.local.dense.coarse_rows import CoarseRows
from app.stores.local.filtering.key_set import Bits, Keys
from app.stores.local.locks.shared_lock import SharedLock

BATCH: Final = 20_000
"""Vectors that are handled together."""
NO_KEYS: Final = np.empty(0, dtype=np.int64)


class DenseRows:
    """Rows in ascending order of key, for keys only ever grow.

    A row that is no longer alive stays until all are made anew, since neither FAISS index deletes
    at a constant cost. Any number of threads may read at once, within `reading`; one may write.
    """

    def __init__(
        self,
        index: faiss.Index,
        keys: Keys = NO_KEYS,
        *,
        sequence: int = 0,
        coarse_from: int | None = None,
    ) -> None:
        """``index`` holds one vector for each of ``keys``, in their order.

        From ``coarse_from`` rows on, those of unit vectors are held coarsely, too.
        """
        self.faiss = index
        self.keys: Keys = keys
        """Longer than `count` where there is room for more."""
        self.count = len(self.keys)
        self.alive: Bits = np.ones(self.count, dtype=bool)
        self.dead = 0
        self.sequence = sequence
        """The last change of the catalog's log that is here, and all before it."""
        self.coarse: CoarseRows | None = None
        """Row for row, where there are enough of them."""
        self._coarse_from = coarse_from
        self._lock = SharedLock()

    def reading(self) -> AbstractContextManager[None]:
        """Within, nothing changes."""
        return self._lock.shared()

    @property
    def is_graph(self) -> bool:
        """Whether searches are approximate."""
        return isinstance(self.faiss, faiss.IndexHNSW)

    @property
    def live(self) -> int:
        """How many rows a search may return."""
        return self.count - self.dead

    @property
    def last(self) -> int:
        """The greatest key; 0 where there is none."""
        return int(self.keys[self.count - 1]) if self.count else 0

    @property
    def whole(self) -> bool:
        """Whether FAISS holds as many vectors as there are rows."""
        return int(self.faiss.ntotal) == self.count

    def change(self, added: Keys, vectors: Vectors, deleted: Keys = NO_KEYS) -> None:
        """Adds rows behind the last, and marks those of ``deleted`` as dead, at one instant.

        Rows that are dead already stay so. A failure within FAISS may leave `whole` untrue.
        """
        with self._lock.alone():
            end = self.count + len(added)
            self._reserve(end)
            self.faiss.add(vectors)
            self.keys[self.count : end] = added
            self.alive[self.count : end] = True
            self.count = end
            self._follow_coarsely()
            buried = self._living(deleted)
            self.dead += len(buried)
            self.alive[buried] = False

    def live_keys(self) -> Keys:
        """Keys of the rows that are alive, ascending."""
        return self.keys[: self.count][self.alive[: self.count]].copy()

    def _follow_coarsely(self) -> None:
        """Takes vectors as the exact index has them: its scores are what coarse ones stand for."""
        if self._coarse_from is None or self.count < self._coarse_from:
            return
        held = 0 if self.coarse is None else len(self.coarse)
        for start in range(held, self.count, BATCH):
            vectors = self.faiss.reconstruct_n(start, min(BATCH, self.count - start))
            if self.coarse is None:
                self.coarse = CoarseRows(vectors)
            else:
                self.coarse.add(vectors)

    def _living(self, keys: Keys) -> NDArray[np.int64]:
        """Rows of those keys, each given once, that have one which is alive."""
        if self.count == 0 or not len(keys):
            return np.empty(0, dtype=np.int64)
        held = self.keys[: self.count]
        at = np.searchsorted(held, keys).clip(max=self.count - 1)
        rows: NDArray[np.int64] = at[held[at] == keys]
        return rows[self.alive[rows]]

    def _reserve(self, rows: int) -> None:
        """Grows by doubling, so that adding one row costs the same in any collection."""
        if rows > len(self.keys):
            room = max(rows, 2 * len(self.keys), 1_024) - len(self.keys)
            self.keys = np.concatenate([self.keys, np.zeros(room, dtype=np.int64)])
            self.alive = np.concatenate([self.alive, np.zeros(room, dtype=bool)])
