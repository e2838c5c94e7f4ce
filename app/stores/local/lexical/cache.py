"""The lexical index of a collection, kept up with its catalog."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.filters import holds
from app.ports.analyzer import Analyzer
from app.settings import StoreSettings
from app.stores.analysed import analysed
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.lexical.engine import LexicalIndex, Scored
from app.stores.local.lexical.rank_bm25_index import RankBM25Index
from app.stores.local.lexical.tantivy_checksums import damaged_files
from app.stores.local.lexical.tantivy_index import TantivyIndex


class LexicalCache:
    """Opened when it is first asked for. It can be thrown away unread, and made again.

    Every method that reads raises `LexicalDamaged` where there is no index that can be read, and
    `StoreUnwritable` where it can't be opened because nobody may write there.
    """

    def __init__(
        self, catalog: Catalog, folder: Path, analyzer: Analyzer, settings: StoreSettings
    ) -> None:
        self._catalog = catalog
        self._folder = folder
        self._analyzer = analyzer
        self._settings = settings
        self._lock = threading.RLock()
        self._index: LexicalIndex | None = None

    @property
    def on_disk(self) -> bool:
        """Whether the engine keeps files."""
        return self._settings.lexical_engine == "tantivy"

    @property
    def is_there(self) -> bool:
        """Whether there is anything in its place."""
        return self._folder.exists()

    @property
    def is_open(self) -> bool:
        """Whether it has been opened and not let go of since."""
        return self._index is not None

    @property
    def shared(self) -> bool:
        """See `LexicalIndex.shared`."""
        return self._opened().shared

    def applied(self) -> int:
        """See `LexicalIndex.applied`."""
        return self._opened().applied()

    def keys(self) -> Keys:
        """See `LexicalIndex.keys`."""
        return self._opened().keys()

    def search(self, terms: Sequence[str], *, limit: int, allowed: KeySet | None) -> Scored:
        """See `LexicalIndex.search`."""
        return self._opened().search(terms, limit=limit, allowed=allowed)

    def holding(self, words: Sequence[str]) -> Keys:
        """See `LexicalIndex.holding`. Chunks that the index does not know yet are read for it."""
        index = self._opened()
        behind = self._catalog.changes_after(index.applied()).added
        unknown = [
            key
            for key, text in self._catalog.indexed_texts(behind)
            if holds(self._analyzer.sequence(text), words)
        ]
        return np.concatenate([index.holding(words), np.array(unknown, dtype=np.int64)])

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `LexicalIndex.term_frequencies`."""
        return self._opened().term_frequencies(terms)

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `LexicalIndex.terms_beginning`."""
        return self._opened().terms_beginning(start, limit=limit)

    def follow(self) -> None:
        """Takes in what the catalog has seen; where it is `shared`, for the holder of the lock.

        Raises:
            StoreUnwritable: what was written can't be kept. It is as it was.
        """
        index = self._opened()
        applied = index.applied()
        if applied > self._catalog.sequence():  # made from a later catalog than this one
            index.clear()
            applied = 0
        if applied == self._catalog.sequence():
            return
        changes = self._catalog.changes_after(applied)
        if changes.anew and applied:
            index.clear()
        texts = self._catalog.indexed_texts(changes.added)
        index.apply(
            ((key, analysed(text, self._analyzer)) for key, text in texts),
            changes.deleted,
            sequence=changes.sequence,
        )

    def reopen(self) -> None:
        """Opens it anew."""
        self.rest()
        self._opened()

    def remake(self) -> None:
        """Puts an empty index in the place of whatever is there, for the holder of the lock.

        Raises:
            StoreUnwritable: it can't be made there.
        """
        with self._lock:
            self._index = TantivyIndex.make(self._folder) if self.on_disk else None

    def keep_in_memory(self) -> None:
        """Goes on with an empty index that this process keeps for itself."""
        with self._lock:
            self._index = TantivyIndex(None)

    def damage(self) -> list[str]:
        """Files that are not as they were written."""
        return damaged_files(self._folder) if self.on_disk else []

    def rest(self) -> None:
        """Lets go of files and memory until it is asked for again."""
        with self._lock:
            self._index = None

    def _opened(self) -> LexicalIndex:
        with self._lock:
            if self._index is None:
                self._index = self._open()
            return self._index

    def _open(self) -> LexicalIndex:
        if self.on_disk:
            return TantivyIndex(self._folder)
        return RankBM25Index(k1=self._settings.bm25_k1, b=self._settings.bm25_b)
