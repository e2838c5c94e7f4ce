"""The indexes of a collection that each process keeps in memory, all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.collections import SPARSE_WEIGHTS, Fingerprint
from app.settings import StoreSettings
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.dense.index import DenseIndex
from app.stores.local.filtering.key_set import Keys
from app.stores.local.following.index import FollowingIndex
from app.stores.local.sparse.index import SparseIndex


class Indexes:
    """One for each representation that the fingerprint names and that is searched in memory."""

    def __init__(
        self, catalog: Catalog, directory: Path, fingerprint: Fingerprint, settings: StoreSettings
    ) -> None:
        self.dense = DenseIndex(
            catalog,
            directory / "dense",
            dimension=fingerprint.dimension,
            metric=fingerprint.metric,
            store=settings,
        )
        self.sparse: SparseIndex | None = None
        if SPARSE_WEIGHTS in fingerprint.representations:
            self.sparse = SparseIndex(catalog, directory / "sparse")

    def __iter__(self) -> Iterator[FollowingIndex[Any]]:
        yield self.dense
        if self.sparse is not None:
            yield self.sparse

    def checkpoint(self) -> None:
        """See `FollowingIndex.checkpoint`."""
        for index in self:
            index.checkpoint()

    def kept(self) -> list[int]:
        """The last change that each checkpoint has seen, where there is one."""
        return [kept for index in self if (kept := index.kept) is not None]

    def problems(self, truth: Keys) -> list[str]:
        """See `FollowingIndex.problems`."""
        return [problem for index in self for problem in index.problems(truth)]

    def rest(self) -> None:
        """See `FollowingIndex.rest`."""
        for index in self:
            index.rest()

    def clear(self) -> None:
        """See `FollowingIndex.clear`."""
        for index in self:
            index.clear()
