"""What every store must do when it is searched; part of `StoreContract`."""

from __future__ import annotations

import numpy as np
import pytest

from app.conformance.documents import FINGERPRINT, Animals, X, Y, document, ids, unit
from app.filters import And, Filter, Holds, Not, OneOf, Or, matches, parse_filter
from app.ports.store import Collection, Store


class SearchContract(Animals):
    """Rankings, ties and filters."""

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

    def test_terms_are_counted_by_the_chunks_that_hold_them(self, collection: Collection) -> None:
        assert collection.term_frequencies(["night", "cats", "zebra"]) == [2, 2, 0]
        assert collection.term_frequencies([]) == []

    def test_terms_are_found_by_how_they_begin(self, collection: Collection) -> None:
        collection.put([document("cattle", ["cattle sleep", "cats catch"], [X, Y])])
        assert collection.terms_beginning("cat", limit=9) == [
            ("cats", 3),
            ("catch", 1),
            ("cattle", 1),
        ]
        assert collection.terms_beginning("cat", limit=1) == [("cats", 3)]
        assert collection.terms_beginning("zebra", limit=9) == []

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
        expected = {chunk.id for chunk in everything if matches(where, chunk.attributes, [])}
        dense = collection.search_dense(unit(1, 1, 1, 1), limit=10, where=where)
        assert set(ids(dense)) == expected
        lexical = collection.search_lexical(["cats", "dogs", "猫"], limit=10, where=where)
        assert set(ids(lexical)) == expected

    @pytest.mark.parametrize(
        "where",
        [
            pytest.param(Holds(("purr",)), id="a word"),
            pytest.param(Holds(("at", "night")), id="two words"),
            pytest.param(Holds(("night", "at")), id="in this order only"),
            pytest.param(Holds(("cats", "at")), id="side by side only"),
            pytest.param(Holds(("夜里", "叫")), id="Chinese"),
            pytest.param(Holds(("zebra",)), id="a word that no text holds"),
            pytest.param(Not(Holds(("cats",))), id="not"),
            pytest.param(Or((Holds(("sleep",)), Holds(("dogs", "bark")))), id="or"),
            pytest.param(And((Holds(("night",)), OneOf("lang", ("en",)))), id="beside a field"),
        ],
    )
    def test_words_side_by_side_are_a_filter_of_both_searches(
        self, collection: Collection, where: Filter
    ) -> None:
        everything = [c for name in ("cat", "dog", "mao") for c in collection.document_chunks(name)]
        expected = {
            chunk.id
            for chunk in everything
            if matches(where, chunk.attributes, chunk.indexed_text.split())
        }
        dense = collection.search_dense(unit(1, 1, 1, 1), limit=10, where=where)
        assert set(ids(dense)) == expected
        lexical = collection.search_lexical(["cats", "dogs", "猫"], limit=10, where=where)
        assert set(ids(lexical)) == expected
        drawn = collection.sample_chunks(10, seed=0, where=where)
        assert {chunk.id for chunk in drawn} == expected

    def test_words_that_are_filtered_for_are_those_of_the_moment(
        self, collection: Collection
    ) -> None:
        where = Not(Holds(("draft",)))
        assert len(collection.search_dense(X, limit=10, where=where)) == 4
        with collection.bulk():
            collection.put([document("new", ["a draft"], [X]), document("old", ["a rule"], [X])])
            found = ids(collection.search_dense(X, limit=10, where=where))
            assert "new#0" not in found
        found = ids(collection.search_dense(X, limit=10, where=where))
        assert ("new#0" in found, "old#0" in found) == (False, True)
        collection.put([document("new", ["a rule"], [X]), document("cat", ["a draft"], [X])])
        found = ids(collection.search_dense(X, limit=10, where=where))
        assert set(found) == {"new#0", "old#0", "dog#0", "mao#0"}

    def test_date_times_with_an_offset_sort_as_instants_and_come_back_as_given(
        self, store: Store
    ) -> None:
        collection = store.create("times", FINGERPRINT)
        times = ["2024-05-03T10:00+02:00", "2024-05-03T09:00Z", "2024-05-03T05:30:00.5-04:00"]
        collection.put(
            [document(f"d{n}", ["text"], [X], {"date": time}) for n, time in enumerate(times)]
        )
        for source, expected in (
            ({"lt": "2024-05-03T09:00Z"}, {"d0#0"}),
            ({"gt": "2024-05-03T11:00:00+02:00"}, {"d2#0"}),
            ({"in": ["2024-05-03T08:00:00Z", "2024-05-03T17:00+08:00"]}, {"d0#0", "d1#0"}),
            ({"gte": "2024-05-03", "lt": "2024-05-04"}, {"d0#0", "d1#0", "d2#0"}),
        ):
            where = parse_filter({"date": source})
            assert set(ids(collection.search_dense(X, limit=9, where=where))) == expected
        kept = [chunk.metadata["date"] for chunk in collection.chunks(["d0#0", "d1#0", "d2#0"])]
        assert kept == times

    def test_a_filter_does_not_cost_matches_behind_better_ones(self, store: Store) -> None:
        collection = store.create("many", FINGERPRINT)
        good = [document(f"good{i:03}", ["word word"], [X], {"kind": "a"}) for i in range(300)]
        poor = document("poor", ["word and many others beside it"], [Y], {"kind": "b"})
        collection.put([*good, poor])
        where = parse_filter({"kind": "b"})
        assert ids(collection.search_lexical(["word"], limit=5, where=where)) == ["poor#0"]
        assert ids(collection.search_dense(X, limit=5, where=where)) == ["poor#0"]
