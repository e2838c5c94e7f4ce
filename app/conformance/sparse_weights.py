"""What every store must do with sparse weights; part of `StoreContract`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.conformance.documents import FINGERPRINT, SPARSE_FINGERPRINT, X, document, ids, weighted
from app.domain.collections import DENSE_VECTOR, SPARSE_WEIGHTS, TERMS
from app.domain.documents import DocumentRecord, IndexedDocument, SparseVector
from app.errors import ModelIncompatible, RepresentationMissing
from app.filters import parse_filter
from app.ports.store import Collection, Store

ROOT, STEM, LEAF = 7, 100, 29_999
"""Tokens."""


class SparseWeightsContract:
    """Dot products, ties, filters and changes."""

    @pytest.fixture
    def plants(self, store: Store) -> Collection:
        """Weights that float16 holds exactly."""
        collection = store.create("plants", SPARSE_FINGERPRINT)
        collection.put(
            [
                weighted("oak", [{ROOT: 2.0, STEM: 0.5}, {LEAF: 1.0}], {"kind": "tree"}),
                weighted("fern", [{ROOT: 1.0, LEAF: 0.25}], {"kind": "herb"}),
                weighted("moss", [{}], {"kind": "herb"}),
            ]
        )
        return collection

    def test_a_collection_lists_its_representations(self, store: Store, plants: Collection) -> None:
        assert plants.fingerprint.representations == (TERMS, DENSE_VECTOR, SPARSE_WEIGHTS)
        plain = store.create("plain", FINGERPRINT)
        assert plain.fingerprint.representations == (TERMS, DENSE_VECTOR)

    def test_sparse_search_ranks_by_the_dot_product(self, plants: Collection) -> None:
        found = plants.search_sparse({ROOT: 1.0, LEAF: 8.0}, limit=10)
        assert [(c.chunk_id, c.rank, c.score) for c in found] == [
            ("oak#1", 1, 8.0),
            ("fern#0", 2, 3.0),
            ("oak#0", 3, 2.0),
        ]
        assert ids(plants.search_sparse({ROOT: 1.0, LEAF: 8.0}, limit=2)) == ["oak#1", "fern#0"]

    @pytest.mark.parametrize("query", [{}, {12: 1.0}, {30_000: 1.0}])
    def test_what_shares_no_token_is_not_found(
        self, plants: Collection, query: SparseVector
    ) -> None:
        assert plants.search_sparse(query, limit=10) == []

    def test_ties_of_sparse_scores_break_on_chunk_id(self, store: Store) -> None:
        collection = store.create("ties", SPARSE_FINGERPRINT)
        for name in ("d", "b", "e", "a", "c"):  # each in a write of its own
            collection.put([weighted(name, [{1: 0.1, 2: 0.7, 3: 0.3}])])
        for limit in (1, 2, 5):
            expected = ["a#0", "b#0", "c#0", "d#0", "e#0"][:limit]
            query = {3: 0.3, 1: 0.9, 2: 1.1}
            assert ids(collection.search_sparse(query, limit=limit)) == expected

    def test_filters_hold_for_sparse_search(self, plants: Collection) -> None:
        where = parse_filter({"kind": "herb"})
        found = plants.search_sparse({ROOT: 1.0, LEAF: 1.0}, limit=1, where=where)
        assert ids(found) == ["fern#0"]
        none = parse_filter({"kind": "stone"})
        assert plants.search_sparse({ROOT: 1.0}, limit=1, where=none) == []

    def test_sparse_weights_follow_updates_and_deletions(self, plants: Collection) -> None:
        plants.put([weighted("oak", [{STEM: 1.0}])])
        assert ids(plants.search_sparse({ROOT: 1.0}, limit=10)) == ["fern#0"]
        assert ids(plants.search_sparse({STEM: 1.0}, limit=10)) == ["oak#0"]
        plants.delete(["fern"])
        assert plants.search_sparse({ROOT: 1.0}, limit=10) == []
        assert plants.verify() == []

    def test_rebuilding_changes_no_sparse_score(self, plants: Collection) -> None:
        before = plants.search_sparse({ROOT: 1.0, LEAF: 1.0}, limit=10)
        plants.rebuild_indexes()
        assert plants.search_sparse({ROOT: 1.0, LEAF: 1.0}, limit=10) == before
        assert plants.verify() == []

    def test_a_collection_without_sparse_weights_says_how_to_have_them(self, store: Store) -> None:
        collection = store.create("plain", FINGERPRINT)
        with pytest.raises(RepresentationMissing, match=r"models\.sparse.*`rag rebuild plain`"):
            collection.search_sparse({ROOT: 1.0}, limit=1)

    def test_reindexing_may_add_sparse_weights_and_take_them_away(self, store: Store) -> None:
        collection = store.create("plain", FINGERPRINT)
        collection.put([document("oak", ["words"], [X])])

        def anew(weights: Sequence[SparseVector]) -> list[IndexedDocument]:
            return [replace(document("oak", ["words"], [X]), sparse=tuple(weights))]

        def with_weights(_: Sequence[DocumentRecord]) -> list[IndexedDocument]:
            return anew([{ROOT: 1.0}])

        collection.reindex(with_weights, SPARSE_FINGERPRINT)
        assert ids(collection.search_sparse({ROOT: 1.0}, limit=1)) == ["oak#0"]
        assert collection.verify() == []
        collection.reindex(lambda _: anew([]), FINGERPRINT)
        with pytest.raises(RepresentationMissing):
            collection.search_sparse({ROOT: 1.0}, limit=1)
        assert collection.verify() == []

    @pytest.mark.parametrize(
        "weights",
        [
            pytest.param([], id="none"),
            pytest.param([{ROOT: 1.0}] * 2, id="too many"),
            pytest.param([{ROOT: 0.0}], id="zero"),
            pytest.param([{ROOT: -1.0}], id="negative"),
            pytest.param([{ROOT: float("nan")}], id="not a number"),
            pytest.param([{ROOT: 1e6}], id="more than float16 holds"),
            pytest.param([{-1: 1.0}], id="no token"),
        ],
    )
    def test_weights_that_could_not_be_searched_are_refused(
        self, plants: Collection, weights: list[SparseVector]
    ) -> None:
        made = replace(document("bad", ["words"], [X]), sparse=tuple(weights))
        with pytest.raises(ModelIncompatible, match=r"models\.sparse"):
            plants.put([made])
        assert plants.document("bad") is None

    def test_weights_that_the_fingerprint_does_not_name_are_refused(self, store: Store) -> None:
        collection = store.create("plain", FINGERPRINT)
        with pytest.raises(ModelIncompatible, match=r"models\.sparse"):
            collection.put([weighted("oak", [{ROOT: 1.0}])])
