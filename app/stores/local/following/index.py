"""An index that each process keeps in memory, in step with the catalog's log."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Final, Generic, Protocol, TypeVar

from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.reader import Changes
from app.stores.local.differences import differences
from app.stores.local.filtering.key_set import Keys
from app.stores.local.following.checkpoint import Checkpoint

STALENESS: Final = 0.2
"""A checkpoint is made anew when this share of its chunks has been added or deleted since."""
DEAD_SHARE: Final = 0.2
"""Deleted rows are passed over in searches until they are this share of all, then dropped."""


class Rows(Protocol):
    """What an index holds, one row a chunk."""

    sequence: int
    """The last change of the catalog's log that is here, and all before it."""


R = TypeVar("R", bound=Rows)


class FollowingIndex(ABC, Generic[R]):
    """Rows that are opened from a checkpoint or empty, and follow every change behind it."""

    name: str
    """What the collection calls it in messages."""

    def __init__(self, catalog: Catalog, checkpoint: Checkpoint, *, kept_above: int) -> None:
        """A collection of more than ``kept_above`` chunks is worth a checkpoint."""
        self._catalog = catalog
        self._checkpoint = checkpoint
        self._kept_above = kept_above
        self._lock = threading.RLock()
        """Of those who change what is here; searches only wait for what changes rows in place."""
        self._rows: R | None = None
        """``None`` until somebody searches."""

    def follow(self) -> R:
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
            rows = self._made_of(changes.added) if changes.anew else self._changed(rows, changes)
            rows.sequence = changes.sequence
            self._rows = rows
            return rows

    @abstractmethod
    def _opened(self) -> R:
        """What the checkpoint holds, or no rows at all."""

    @abstractmethod
    def _made_of(self, keys: Keys) -> R:
        """Rows of these chunks: what there is stays whole until they take its place."""

    @abstractmethod
    def _changed(self, rows: R, changes: Changes) -> R:
        """These rows, or others, with what was added and deleted."""

    def checkpoint(self) -> None:
        """Makes or renews the checkpoint, where the collection is large enough for one to pay.

        Searches go on meanwhile. Where nothing is to be done, no representation is read: a command
        that adds a document ends with this.
        """
        chunks = self._catalog.counts()[1]
        kept = self.kept
        if chunks <= self._kept_above:
            if self._is_large or kept is not None:  # it shrank
                self.clear()
            return
        if kept is None or self._catalog.sequence() - kept > STALENESS * chunks:
            self._renew()

    @property
    def _is_large(self) -> bool:
        """Whether what is in memory has a form that only a large collection should have."""
        return False

    @abstractmethod
    def _renew(self) -> None:
        """Saves a checkpoint of what the catalog has seen."""

    @property
    def kept(self) -> int | None:
        """The last change that the checkpoint has seen; ``None`` where there is none."""
        return self._checkpoint.sequence()

    @abstractmethod
    def keys(self) -> Keys:
        """Every chunk that a search may return, ascending."""

    def problems(self, truth: Keys) -> list[str]:
        """In which ways it disagrees with the keys of all chunks, in words."""
        damaged = [f"{self.name} index: {problem}" for problem in self._checkpoint.damage()]
        return damaged + differences(f"{self.name} index", truth, self.keys())

    def rest(self) -> None:
        """Forgets what is in memory; searches under way end with what they have."""
        self._rows = None

    def clear(self) -> None:
        """Forgets everything, the checkpoint too."""
        with self._lock:
            self._checkpoint.remove()
            self._rows = None
