"""Brings the lexical index of a collection up to date, and makes a damaged one anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.errors import StoreUnwritable
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.filtering.key_set import Keys
from app.stores.local.lexical.cache import LexicalCache
from app.stores.local.lexical.engine import LexicalDamaged
from app.stores.local.locks.writer_lock import WriterLock
from app.stores.local.locks.writing import held_for_writing

T = TypeVar("T")

logger = logging.getLogger(__name__)


class LexicalMaintenance:
    """Keeps an index that can be searched: on disk where it may be written, else in memory."""

    def __init__(
        self, name: str, catalog: Catalog, lexical: LexicalCache, lock: WriterLock
    ) -> None:
        self._name = name
        self._catalog = catalog
        self._lexical = lexical
        self._lock = lock

    def with_index(self, work: Callable[[], T]) -> T:
        """What ``work`` gives; an index that can't be read is first made anew from the catalog.

        Where that can't be written, this process keeps one in memory.
        """
        try:
            return work()
        except LexicalDamaged as error:
            self._mend(error)
        except StoreUnwritable as error:
            if self._lexical.is_open:
                raise
            logger.warning("%s It is kept in memory until then.", error)
            self._lexical.keep_in_memory()
            self._lexical.follow()
        return work()

    def holding(self, words: Sequence[str]) -> Keys:
        """Every chunk of the catalog whose text holds ``words`` side by side."""
        return self.with_current_index(lambda: self._lexical.holding(words))

    def with_current_index(self, work: Callable[[], T]) -> T:
        """As `with_index`, after what a writer left behind was made up for."""

        def brought_up() -> T:
            if self._lexical.applied() < self._catalog.sequence():
                self.catch_up_if_free()
            return work()

        return self.with_index(brought_up)

    def catch_up(self) -> None:
        """Brings the lexical index up to date; one that is shared, for the holder of the lock."""
        self.with_index(self._lexical.follow)

    def catch_up_if_free(self) -> None:
        """A writer that died may have left changes behind. Those that can't be kept must wait.

        One that writes much brings the index up to date itself: whoever did it between two of its
        batches would hold it up, and pay for a commit with every search.
        """
        if self._lexical.shared and self._lock.is_bulk():
            return
        with self._lock.held_if_free() as held:
            if (held and self._catalog.in_place()) or not self._lexical.shared:
                try:
                    self._lexical.follow()
                except StoreUnwritable as error:
                    logger.warning("%s Searches go on without what came since.", error)

    def _mend(self, damage: LexicalDamaged) -> None:
        try:
            with held_for_writing(self._name, self._lock, in_place=self._catalog.in_place):
                try:
                    self._lexical.reopen()  # another process may have mended it
                except LexicalDamaged:
                    if self._lexical.is_there:
                        logger.warning("%s It is made anew from the catalog.", damage)
                    self._lexical.remake()
                self._lexical.follow()
        except StoreUnwritable as error:
            logger.warning("%s It is kept in memory until then.", error)
            self._lexical.keep_in_memory()
            self._lexical.follow()
