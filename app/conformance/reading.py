"""What every store must give back; part of `StoreContract`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.conformance.documents import FINGERPRINT, Animals, X, Y, Z, document
from app.domain.documents import Metadata
from app.filters import parse_filter
from app.ports.store import Collection, Store


class ReadingContract(Animals):
    """Documents, chunks and listings."""

    def test_documents_come_back_as_they_went_in(self, collection: Collection) -> None:
        found = collection.document("cat")
        assert found is not None
        assert found.text == "cats purr at night\n\ncats sleep"
        assert found.metadata == {"lang": "en", "year": 2020, "tags": ("pet", "small")}
        assert collection.document("nothing") is None

    def test_chunks_have_metadata_of_their_own(self, store: Store) -> None:
        collection = store.create("pages", FINGERPRINT)
        given = document("a", ["one", "two"], [X, Y], {"lang": "en", "draft": True, "year": 1})
        own: Metadata = {"lang": "en", "draft": 1, "page": 2, "tags": ("a", "b")}
        first, second = given.chunks
        collection.put([replace(given, chunks=(first, replace(second, metadata=own)))])
        found = collection.chunks(["a#0", "a#1"])
        assert [dict(chunk.metadata) for chunk in found] == [
            {"lang": "en", "draft": True, "year": 1},
            own,
        ]
        assert found[0].metadata["draft"] is True
        assert found[1].metadata["draft"] is not True

    def test_long_texts_are_metadata_too(self, store: Store) -> None:
        collection = store.create("notes", FINGERPRINT)
        note = "n" * 5_000
        collection.put([document("a", ["one"], [X], {"note": note})])
        assert collection.chunks(["a#0"])[0].metadata["note"] == note
        for wanted, found in (
            ({"note": {"exists": True}}, ["a#0"]),
            ({"note": {"gt": "n" * 999}}, ["a#0"]),
            ({"note": "n" * 999}, []),
            ({"note": {"lt": "o"}}, ["a#0"]),
        ):
            hits = collection.search_dense(X, limit=3, where=parse_filter(wanted))
            assert [hit.chunk_id for hit in hits] == found

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

    def test_a_field_is_known_while_a_chunk_has_it(self, store: Store) -> None:
        collection = store.create("fields", FINGERPRINT)
        assert not collection.has_field("document_id")
        collection.put(
            [document("a", ["one"], [X], {"team": "ops", "none": ()}), document("b", ["two"], [Y])]
        )
        known = {name: collection.has_field(name) for name in ("team", "title", "none", "lang")}
        assert known == {"team": True, "title": True, "none": False, "lang": False}
        collection.delete(["a"])
        assert not collection.has_field("team")

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
