"""What every store must do. An implementer gives the fixture `store` and inherits the suite."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.domain.collections import Fingerprint, SelfRecall, Soundness, Tuning
from app.domain.documents import Chunk, Document, IndexedDocument, Metadata, Vector
from app.domain.hits import Candidate
from app.errors import FingerprintMismatch, InvalidRequest, NotFound
from app.filters import matches, parse_filter
from app.ports.store import Collection, Store

DIMENSION = 4
FINGERPRINT = Fingerprint("fake-embedder", DIMENSION, "fake-analyzer", "none")


def unit(*values: float) -> Vector:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def document(
    id_: str, texts: Sequence[str], vectors: Sequence[Vector], metadata: Metadata | None = None
) -> IndexedDocument:
    text = "\n\n".join(texts)
    chunks, start = [], 0
    for position, part in enumerate(texts):
        chunks.append(
            Chunk(
                id=f"{id_}#{position}",
                document_id=id_,
                position=position,
                text=part,
                span=(start, start + len(part)),
                title="",
                heading_path=(),
                metadata=metadata or {},
            )
        )
        start += len(part) + 2
    source = Document(id_, text, "", f"test:{id_}", metadata or {})
    return IndexedDocument(source, tuple(chunks), np.stack(vectors), content_hash=f"hash of {text}")


X, Y, Z = unit(1, 0, 0, 0), unit(0, 1, 0, 0), unit(0, 0, 1, 0)


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.chunk_id for candidate in candidates]


class StoreContract:
    """Subclasses give a `store` fixture whose analyzer splits at spaces."""

    @pytest.fixture
    def collection(self, store: Store) -> Collection:
        collection = store.create("animals", FINGERPRINT)
        collection.put(
            [
                document(
                    "cat",
                    ["cats purr at night", "cats sleep"],
                    [X, unit(1, 0.5, 0, 0)],
                    {"lang": "en", "year": 2020, "tags": ("pet", "small")},
                ),
                document("dog", ["dogs bark at night"], [Y], {"lang": "en", "year": 2022.5}),
                document(
                    "mao",
                    ["猫 夜里 叫"],
                    [unit(1, 0.1, 0, 0)],
                    {"lang": "zh", "date": "2024-03-01", "public": True},
                ),
            ]
        )
        return collection

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

    def test_lexical_search_ranks_by_bm25(self, collection: Collection) -> None:
        found = collection.search_lexical(["cats", "purr"], limit=10)
        assert ids(found) == ["cat#0", "cat#1"]
        assert [c.rank for c in found] == [1, 2]
        assert found[0].score > found[1].score >= 0

    def test_lexical_search_of_unknown_or_no_terms_finds_nothing(
        self, collection: Collection
    ) -> None:
        assert collection.search_lexical(["zebra"], limit=10) == []
        assert collection.search_lexical([], limit=10) == []

    def test_a_term_asked_twice_counts_twice(self, collection: Collection) -> None:
        once = collection.search_lexical(["purr"], limit=1)[0].score
        twice = collection.search_lexical(["purr", "purr"], limit=1)[0].score
        assert twice == pytest.approx(2 * once, rel=1e-5)

    def test_dense_search_ranks_by_similarity(self, collection: Collection) -> None:
        found = collection.search_dense(X, limit=3)
        assert ids(found) == ["cat#0", "mao#0", "cat#1"]
        assert found[0].score == pytest.approx(1.0, abs=1e-3)
        assert found[1].score == pytest.approx(1 / np.sqrt(1.01), abs=1e-3)

    def test_limit_is_kept_and_may_exceed_the_collection(self, collection: Collection) -> None:
        assert len(collection.search_dense(X, limit=2)) == 2
        assert len(collection.search_dense(X, limit=100)) == 4
        assert len(collection.search_lexical(["cats"], limit=1)) == 1

    def test_ties_break_on_chunk_id(self, store: Store) -> None:
        collection = store.create("ties", FINGERPRINT)
        names = ["d", "b", "e", "a", "c"]
        collection.put([document(name, ["same words"], [X]) for name in names])
        for limit in (1, 2, 5):
            expected = ["a#0", "b#0", "c#0", "d#0", "e#0"][:limit]
            assert ids(collection.search_dense(X, limit=limit)) == expected
            assert ids(collection.search_lexical(["same"], limit=limit)) == expected

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param({"lang": "en"}, id="equals"),
            pytest.param({"lang": ["zh", "fr"]}, id="one of"),
            pytest.param({"tags": "small"}, id="element of a list"),
            pytest.param({"year": {"gte": 2020, "lt": 2022.5}}, id="number range"),
            pytest.param({"date": {"gte": "2024-01-01", "lt": "2025"}}, id="date range"),
            pytest.param({"public": True}, id="boolean"),
            pytest.param({"public": 1}, id="a boolean is no number"),
            pytest.param({"year": {"gt": "2000"}}, id="a number is no string"),
            pytest.param({"lang": {"ne": "en"}}, id="not equal"),
            pytest.param({"year": {"exists": False}}, id="absent"),
            pytest.param({"not": {"year": {"exists": True}}}, id="not"),
            pytest.param({"or": [{"lang": "zh"}, {"year": 2020}]}, id="or"),
            pytest.param({"and": [{"lang": "en"}, {"not": {"year": 2020}}]}, id="and not"),
            pytest.param({"document_id": "dog"}, id="document"),
            pytest.param({"year": 2**70}, id="a number larger than 64 bits"),
            pytest.param({"nothing": "x"}, id="unknown field"),
        ],
    )
    def test_filters_let_through_what_their_meaning_says(
        self, collection: Collection, source: object
    ) -> None:
        where = parse_filter(source)
        assert where is not None
        everything = [c for name in ("cat", "dog", "mao") for c in collection.document_chunks(name)]
        expected = {chunk.id for chunk in everything if matches(where, chunk.attributes)}
        dense = collection.search_dense(unit(1, 1, 1, 1), limit=10, where=where)
        assert set(ids(dense)) == expected
        lexical = collection.search_lexical(["cats", "dogs", "猫"], limit=10, where=where)
        assert set(ids(lexical)) == expected

    def test_a_filter_does_not_cost_matches_behind_better_ones(self, store: Store) -> None:
        collection = store.create("many", FINGERPRINT)
        good = [document(f"good{i:03}", ["word word"], [X], {"kind": "a"}) for i in range(300)]
        poor = document("poor", ["word and many others beside it"], [Y], {"kind": "b"})
        collection.put([*good, poor])
        where = parse_filter({"kind": "b"})
        assert ids(collection.search_lexical(["word"], limit=5, where=where)) == ["poor#0"]
        assert ids(collection.search_dense(X, limit=5, where=where)) == ["poor#0"]

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

    def test_documents_come_back_as_they_went_in(self, collection: Collection) -> None:
        found = collection.document("cat")
        assert found is not None
        assert found.text == "cats purr at night\n\ncats sleep"
        assert found.metadata == {"lang": "en", "year": 2020, "tags": ("pet", "small")}
        assert collection.document("nothing") is None

    def test_chunks_come_back_in_the_order_asked(self, collection: Collection) -> None:
        found = collection.chunks(["dog#0", "missing", "cat#1"])
        assert [chunk.id for chunk in found] == ["dog#0", "cat#1"]
        assert found[1].span == (20, 30)

    def test_neighbours_lie_beside_a_chunk_in_its_document(self, store: Store) -> None:
        collection = store.create("long", FINGERPRINT)
        collection.put([document("a", ["0", "1", "2", "3"], [X] * 4), document("b", ["x"], [Y])])
        near = collection.neighbours("a#1", radius=1)
        assert [chunk.id for chunk in near] == ["a#0", "a#1", "a#2"]
        assert [chunk.id for chunk in collection.neighbours("b#0", radius=3)] == ["b#0"]
        assert collection.neighbours("missing", radius=1) == []

    def test_vectors_come_back_in_the_order_asked(self, collection: Collection) -> None:
        found = collection.vectors(["dog#0", "cat#0"])
        np.testing.assert_allclose(found, [Y, X], atol=1e-3)

    def test_records_are_listed_in_pages(self, collection: Collection) -> None:
        first = collection.records(limit=2)
        assert [record.id for record in first] == ["cat", "dog"]
        assert [record.id for record in collection.records(after="dog")] == ["mao"]
        assert first[0].chunks == 2
        assert first[0].characters == 30
        assert first[0].version == 1

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

    def test_soundness_is_kept_until_another_takes_its_place(
        self, collection: Collection, store: Store
    ) -> None:
        assert collection.soundness() is None
        assert collection.stats().soundness is None
        first = Soundness({"en": SelfRecall(64, 60, 62), "zh": SelfRecall(64, 20, 64)}, chunks=4)
        collection.keep_soundness(first)
        assert store.open("animals").soundness() == first
        assert collection.stats().soundness == first
        second = Soundness({"en": SelfRecall(3, 2, 1)}, chunks=8)
        collection.keep_soundness(second)
        assert collection.soundness() == second

    def test_chunks_are_counted_by_their_language(self, store: Store) -> None:
        collection = store.create("tongues", FINGERPRINT)
        assert collection.languages() == {}
        collection.put(
            [
                document("a", ["one", "two"], [X, Y], {"lang": "en"}),
                document("b", ["eins"], [Z], {"lang": ("de", "en")}),
                document("c", ["?"], [Z]),
                document("d", ["!"], [Z], {"lang": 5}),
            ]
        )
        assert collection.languages() == {"de": 1, "en": 3}

    def test_a_sample_is_a_part_that_the_seed_decides(self, store: Store) -> None:
        collection = store.create("many", FINGERPRINT)
        collection.put(
            [
                document(f"d{i:02}", ["x", "y"], [X, Y], {"lang": "en" if i < 20 else "zh"})
                for i in range(40)
            ]
        )

        def sample(count: int, seed: int, lang: str | None = None) -> list[str]:
            where = parse_filter({"lang": lang} if lang else {})
            return [c.id for c in collection.sample_chunks(count, seed=seed, where=where)]

        drawn = sample(10, 0)
        assert len(set(drawn)) == 10
        assert sample(10, 0) == drawn
        assert sample(10, 1) != drawn
        assert {chunk[:3] >= "d20" for chunk in drawn} == {True, False}
        chinese = sample(10, 0, "zh")
        assert len(chinese) == 10
        assert min(chinese) >= "d20"
        assert sample(40, 0, "zh") == [f"d{i}#{n}" for i in range(20, 40) for n in (0, 1)]
        assert sample(1_000, 0) == [f"d{i:02}#{n}" for i in range(40) for n in (0, 1)]
        assert sample(10, 0, "fr") == []

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
