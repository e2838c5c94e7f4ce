"""The reference engine: rank-bm25's Okapi over all documents, in memory, with k1 and b to choose.

Its scores are plain to follow and its parameters free, at a cost that grows with the collection:
for small ones, and to compare Tantivy with.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from rank_bm25 import BM25Okapi

from app.filters import holds
from app.stores.analysed import Analysed
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.lexical.engine import Scored
from app.stores.vocabulary import most_frequent


class RankBM25Index:
    """Implements `LexicalIndex`; holds nothing on disk, so opening it applies the whole log."""

    def __init__(self, *, k1: float, b: float) -> None:
        self._k1 = k1
        self._b = b
        self._lock = threading.RLock()
        self._view: tuple[Keys, BM25Okapi | None]
        self._frequencies: Counter[str]
        self.clear()

    @property
    def shared(self) -> bool:
        """See `LexicalIndex.shared`."""
        return False

    def applied(self) -> int:
        """See `LexicalIndex.applied`."""
        return self._applied

    def apply(self, added: Iterable[tuple[int, Analysed]], deleted: Keys, *, sequence: int) -> None:
        """See `LexicalIndex.apply`. Counts every term anew."""
        with self._lock:
            for key in deleted.tolist():
                self._texts.pop(key, None)
            self._texts.update(added)
            keys = sorted(self._texts)
            texts = [self._texts[key].terms for key in keys]
            engine = BM25Okapi(texts, k1=self._k1, b=self._b) if any(texts) else None
            self._view = (np.array(keys, dtype=np.int64), engine)
            self._frequencies = Counter(chain.from_iterable(map(set, texts)))
            self._applied = sequence

    def search(self, terms: Sequence[str], *, limit: int, allowed: KeySet | None) -> Scored:
        """See `LexicalIndex.search`. Chunks that hold no term of the query are not found."""
        keys, engine = self._view
        if engine is None or not terms:
            return []
        scores = np.asarray(engine.get_scores(list(terms)))
        wanted = frozenset(terms)
        usable = np.ones(len(keys), dtype=bool) if allowed is None else allowed.holds(keys)
        order = np.argsort(-scores, kind="stable")
        found: Scored = []
        for at in order[usable[order]].tolist():
            if len(found) >= limit and scores[at] < found[limit - 1][1]:
                break
            if not wanted.isdisjoint(engine.doc_freqs[at]):
                found.append((int(keys[at]), float(scores[at])))
        return found

    def holding(self, words: Sequence[str]) -> Keys:
        """See `LexicalIndex.holding`. Looks at every text."""
        with self._lock:
            texts = list(self._texts.items())
        found = [key for key, text in texts if holds(text.sequence, words)]
        return np.array(found, dtype=np.int64)

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `LexicalIndex.term_frequencies`."""
        frequencies = self._frequencies
        return [frequencies[term] for term in terms]

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `LexicalIndex.terms_beginning`."""
        return most_frequent(self._frequencies, start, limit=limit)

    def keys(self) -> Keys:
        """See `LexicalIndex.keys`."""
        return self._view[0]

    def clear(self) -> None:
        """See `LexicalIndex.clear`."""
        with self._lock:
            self._texts: dict[int, Analysed] = {}
            self._view = (np.empty(0, dtype=np.int64), None)
            self._frequencies = Counter()
            self._applied = 0
