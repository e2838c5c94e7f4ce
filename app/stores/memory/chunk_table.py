"""All chunks of a collection as of one change, side by side, and the searches over them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from app.domain.documents import Chunk, SparseVector, Vector, Vectors
from app.domain.hits import Candidate
from app.filters import Filter, matches
from app.stores.analysed import Analysed
from app.stores.memory.sparse_postings import SparsePostings
from app.stores.vocabulary import most_frequent


@dataclass(frozen=True, slots=True)
class LexicalSettings:
    """The parameters of BM25."""

    k1: float
    b: float


class ChunkTable:
    """Chunks in the order in which they were written, a row each; it never changes.

    BM25's counts and sparse postings are made at the first search that needs them, those of terms
    when they are asked for.
    """

    def __init__(
        self,
        chunks: Sequence[tuple[Chunk, Analysed]],
        vectors: Sequence[Vectors],
        sparse: Sequence[SparseVector],
        *,
        dimension: int,
        metric: Literal["cosine", "dot", "l2"],
        lexical: LexicalSettings,
    ) -> None:
        """``chunks`` come with their words, and ``vectors`` document by document.

        ``sparse`` has one for each chunk, or none where the collection keeps no sparse weights.
        """
        self.chunks = [chunk for chunk, _ in chunks]
        self.rows = {chunk.id: row for row, chunk in enumerate(self.chunks)}
        none = np.empty((0, dimension), dtype=np.float32)
        self.vectors: Vectors = np.concatenate([none, *vectors])
        self._metric = metric
        self._compared = _unit(self.vectors) if metric == "cosine" else self.vectors
        self._terms = [words.terms for _, words in chunks]
        self._sequences = [words.sequence for _, words in chunks]
        self._places = np.empty(len(chunks), dtype=np.int64)
        """Of each row, the place of its chunk's id among all ids, by which ties are broken."""
        self._places[sorted(range(len(chunks)), key=lambda row: self.chunks[row].id)] = np.arange(
            len(chunks)
        )
        self._lexical = lexical
        self._bm25: BM25Okapi | None = None
        self._frequencies: Counter[str] | None = None
        self._sparse = sparse
        self._postings: SparsePostings | None = None
        self._making = threading.Lock()

    def search_lexical(
        self, terms: Sequence[str], *, limit: int, where: Filter | None
    ) -> list[Candidate]:
        """See `CollectionReader.search_lexical`. Chunks without any of the terms are not found."""
        if not terms or not any(self._terms):
            return []
        bm25 = self._counted()
        wanted = frozenset(terms)
        scores = np.asarray(bm25.get_scores(list(terms)))
        return self._best(
            scores, limit, where, lambda row: not wanted.isdisjoint(bm25.doc_freqs[row])
        )

    def search_dense(self, vector: Vector, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `CollectionReader.search_dense`. By ``l2``, a score is a squared distance, negated.

        Every row is summed in the same way wherever it lies, so that equal vectors tie; a matrix
        product does not promise that.
        """
        query = np.asarray(vector, dtype=np.float32)
        if self._metric == "l2":
            apart = self._compared - query
            return self._best(-np.einsum("ij,ij->i", apart, apart), limit, where)
        if self._metric == "cosine":
            query = _unit(query[None])[0]
        return self._best(np.einsum("ij,j->i", self._compared, query), limit, where)

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `CollectionReader.term_frequencies`."""
        frequencies = self._vocabulary()
        return [frequencies[term] for term in terms]

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `CollectionReader.terms_beginning`."""
        return most_frequent(self._vocabulary(), start, limit=limit)

    def search_sparse(
        self, weights: SparseVector, *, limit: int, where: Filter | None
    ) -> list[Candidate]:
        """See `CollectionReader.search_sparse`."""
        with self._making:
            if self._postings is None:
                self._postings = SparsePostings(self._sparse)
        scores = self._postings.scores(weights)
        return self._best(scores, limit, where, lambda row: bool(scores[row] > 0))

    def passing(self, where: Filter | None) -> list[int]:
        """The rows of the chunks that a filter lets through."""
        return [row for row in range(len(self.chunks)) if where is None or self._passes(row, where)]

    def _counted(self) -> BM25Okapi:
        with self._making:
            if self._bm25 is None:
                self._bm25 = BM25Okapi(self._terms, k1=self._lexical.k1, b=self._lexical.b)
            return self._bm25

    def _vocabulary(self) -> Counter[str]:
        with self._making:
            if self._frequencies is None:
                self._frequencies = Counter(chain.from_iterable(map(set, self._terms)))
            return self._frequencies

    def _best(
        self,
        scores: NDArray[np.floating],
        limit: int,
        where: Filter | None,
        is_found: Callable[[int], bool] = lambda _: True,
    ) -> list[Candidate]:
        found: list[Candidate] = []
        for row in np.lexsort((self._places, -scores)).tolist():
            if len(found) >= limit:
                break
            if is_found(row) and (where is None or self._passes(row, where)):
                found.append(Candidate(self.chunks[row].id, len(found) + 1, float(scores[row])))
        return found

    def _passes(self, row: int, where: Filter) -> bool:
        return matches(where, self.chunks[row].attributes, self._sequences[row])


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return scaled
