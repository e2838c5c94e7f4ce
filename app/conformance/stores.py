"""What every store must do: a pytest class that an adapter's own tests inherit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.conformance.documents import DIMENSION, FINGERPRINT, X, Z, document, ids
from app.conformance.reading import ReadingContract
from app.conformance.searching import SearchContract
from app.conformance.sparse_weights import SparseWeightsContract
from app.domain.collections import Fingerprint, SelfRecall, SelfRetrieval, Tuning
from app.domain.documents import DocumentRecord, IndexedDocument
from app.errors import FingerprintMismatch, InvalidRequest, NotFound
from app.ports.store import Collection, Store


class StoreContract(SearchContract, ReadingContract, SparseWeightsContract):
    """The contract of `app.ports.store.Store`.

    An adapter's tests give the fixture `store`, whose analyzer splits at spaces.
    """

    def test_a_store_without_collections_names_none(self, store: Store) -> None:
        assert store.names() == []

    def test_collections_are_named_and_dropped(self, store: Store) -> None:
        store.create("b", FINGERPRINT)
        store.create("a", FINGERPRINT)
        assert store.names() == ["a", "b"]
        store.drop("a")
        assert store.names() == ["b"]
        with pytest.raises(NotFound):
            store.open("a")

    def test_what_follows_a_drop_comes_before_it_can_be_made_anew(self, store: Store) -> None:
        store.create("a", FINGERPRINT)
        seen: list[object] = []
        maker = threading.Thread(target=lambda: seen.append(store.create("a", FINGERPRINT).name))

        def then() -> None:
            seen.append("a" in store.names())
            maker.start()
            maker.join(0.2)
            seen.append("then")

        store.drop("a", then=then)
        maker.join()
        assert seen == [False, "then", "a"]

    def test_other_writers_wait_while_one_writes(self, collection: Collection) -> None:
        order: list[str] = []

        def write() -> None:
            collection.delete(["cat"])
            order.append("the other")

        other = threading.Thread(target=write)
        with collection.writing():
            other.start()
            assert collection.delete(["dog"]) == 1
            other.join(0.2)
            order.append("this one")
        other.join()
        assert order == ["this one", "the other"]

    def test_dropping_a_collection_that_does_not_exist_is_an_error(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.drop("nothing")

    @pytest.mark.parametrize("name", ["", "Upper", "../up", "a" * 64, "-x", "a/b", "a b"])
    def test_names_that_could_leave_the_root_are_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidRequest):
            store.create(name, FINGERPRINT)

    def test_what_built_a_collection_is_remembered_and_enforced(self, store: Store) -> None:
        store.create("a", FINGERPRINT)
        assert store.open("a").fingerprint == FINGERPRINT
        with pytest.raises(FingerprintMismatch, match="other-embedder"):
            store.create("a", Fingerprint("other-embedder", DIMENSION, "fake-analyzer", "none"))

    def test_a_collection_is_opened_for_the_settings_that_built_it(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.open_same("a", FINGERPRINT)
        store.create("a", FINGERPRINT)
        assert store.open_same("a", FINGERPRINT).name == "a"
        with pytest.raises(FingerprintMismatch, match="chunking: none then, other now"):
            store.open_same("a", replace(FINGERPRINT, chunking="other"))

    def test_a_document_put_again_replaces_the_old_one(self, collection: Collection) -> None:
        collection.put([document("cat", ["cats meow"], [Z])])
        assert [c.text for c in collection.document_chunks("cat")] == ["cats meow"]
        assert collection.search_lexical(["purr"], limit=10) == []
        assert ids(collection.search_dense(Z, limit=1)) == ["cat#0"]
        record = collection.record("cat")
        assert record is not None
        assert record.version == 2

    def test_deleted_documents_are_gone_everywhere(self, collection: Collection) -> None:
        assert collection.delete(["cat", "nothing"]) == 1
        assert collection.document("cat") is None
        assert collection.document_chunks("cat") == []
        assert collection.search_lexical(["cats"], limit=10) == []
        assert "cat#0" not in ids(collection.search_dense(X, limit=10))
        assert collection.chunks(["cat#0"]) == []

    def test_stats_count_and_the_sequence_grows(self, collection: Collection) -> None:
        before = collection.stats()
        assert (before.documents, before.chunks) == (3, 4)
        collection.delete(["dog"])
        after = collection.stats()
        assert (after.documents, after.chunks) == (2, 3)
        assert after.sequence > before.sequence

    def test_a_tuning_is_kept_until_another_takes_its_place(
        self, collection: Collection, store: Store
    ) -> None:
        assert collection.tuning() is None
        first = Tuning(
            {"fusion": "rrf", "weights": {"bm25": 0.25, "dense": 0.75}},
            {"questions": 99, "p": 0.01},
            FINGERPRINT,
            "none",
            {"match": 1.5, "trust": 0.6},
            "2026-01-02T03:04:05+00:00",
        )
        collection.tune(first)
        assert store.open("animals").tuning() == first
        assert collection.stats().tuning == first
        second = replace(first, settings={"depth": 50})
        collection.tune(second)
        assert collection.tuning() == second
        collection.tune(None)
        assert collection.tuning() is None

    def test_self_retrieval_is_kept_until_another_takes_its_place(
        self, collection: Collection, store: Store
    ) -> None:
        assert collection.self_retrieval() is None
        assert collection.stats().self_retrieval is None
        first = SelfRetrieval(
            {"en": SelfRecall(64, 60, 62), "zh": SelfRecall(64, 20, 64)}, chunks=4
        )
        collection.keep_self_retrieval(first)
        assert store.open("animals").self_retrieval() == first
        assert collection.stats().self_retrieval == first
        second = SelfRetrieval({"en": SelfRecall(3, 2, 1)}, chunks=8)
        collection.keep_self_retrieval(second)
        assert collection.self_retrieval() == second

    def test_each_change_that_a_search_may_see_makes_another_version(
        self, collection: Collection
    ) -> None:
        seen = {collection.version()}

        def look() -> None:
            collection.search_lexical(["cats"], limit=10)
            collection.search_dense(X, limit=10)
            before = len(seen)
            seen.add(collection.version())
            assert len(seen) == before + 1

        collection.put([document("cow", ["cows moo"], [Z])])
        look()
        collection.put([document("cow", ["cows low"], [Z])])
        look()
        collection.delete(["cow"])
        look()
        collection.keep_self_retrieval(SelfRetrieval({"en": SelfRecall(64, 60, 62)}, chunks=4))
        look()
        tuning = Tuning({"depth": 50}, {}, FINGERPRINT, "none", {}, "2026-01-02T03:04:05+00:00")
        collection.tune(tuning)
        look()
        collection.reindex(lambda _: [], FINGERPRINT)
        look()
        version = collection.version()
        collection.search_lexical(["cats"], limit=10)
        collection.records()
        assert collection.version() == version

    def test_a_bulk_write_is_searchable_when_it_ends(self, collection: Collection) -> None:
        with collection.bulk():
            for i in range(20):
                collection.put([document(f"bulk{i}", [f"bulk text {i}"], [Z])])
        assert len(collection.search_lexical(["bulk"], limit=50)) == 20
        assert collection.stats().documents == 23

    def test_verify_finds_nothing_wrong_after_writes_and_deletes(
        self, collection: Collection
    ) -> None:
        collection.put([document("cat", ["cats meow"], [Z])])
        collection.delete(["dog"])
        assert collection.verify() == []

    def test_rebuilding_changes_no_result(self, collection: Collection) -> None:
        before = collection.search_lexical(["cats", "night"], limit=10)
        dense = collection.search_dense(X, limit=10)
        collection.rebuild_indexes()
        assert ids(collection.search_lexical(["cats", "night"], limit=10)) == ids(before)
        assert collection.search_dense(X, limit=10) == dense
        assert collection.verify() == []

    def test_reindexing_replaces_chunks_and_vectors_and_nothing_else(
        self, collection: Collection
    ) -> None:
        before = collection.records()
        other = replace(FINGERPRINT, chunking="other")

        def anew(records: Sequence[DocumentRecord]) -> list[IndexedDocument]:
            return [
                document(record.id, [f"{record.id} anew"], [Z])
                for record in records
                if record.id != "mao"
            ]

        rebuilds = collection.rebuilds()
        collection.reindex(anew, other)
        assert collection.rebuilds() == rebuilds + 1
        assert collection.fingerprint == other
        assert ids(collection.search_lexical(["anew"], limit=10)) == ["cat#0", "dog#0"]
        assert ids(collection.search_dense(Z, limit=2)) == ["cat#0", "dog#0"]
        assert collection.search_lexical(["purr"], limit=10) == []
        assert ids(collection.search_lexical(["猫"], limit=10)) == ["mao#0"]
        told = [(record.id, record.version, record.content_hash) for record in before]
        after = collection.records()
        assert [(record.id, record.version, record.content_hash) for record in after] == told
        assert collection.verify() == []

    def test_vectors_are_as_they_were_written(self, collection: Collection) -> None:
        assert not collection.is_damaged("cat")
        assert not collection.is_damaged("nothing")
