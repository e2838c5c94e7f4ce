"""What every store must do that keeps an entity graph: a pytest class for an adapter's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.conformance.documents import FINGERPRINT, X, Y, Z, document
from app.domain.documents import DocumentRecord, IndexedDocument
from app.filters import parse_filter
from app.ports.store import Collection, Store

OWNER = document("owner", ["The billing service is owned by Otter."], [X], {"year": 2024})
LEAD = document("lead", ["Otter is led by Kim Aldous.", "Kim Aldous sits in Oban."], [Y, Z])
GATEWAY = document("gateway", ["Kestrel（红隼）is a gateway."], [Z], {"year": 2025})


class GraphContract:
    """The contract of `app.ports.graph.EntityGraph`.

    An adapter's tests give the fixture `store`, which keeps entity graphs.
    """

    @pytest.fixture
    def company(self, store: Store) -> Collection:
        collection = store.create("company", FINGERPRINT)
        collection.put([OWNER, LEAD, GATEWAY])
        return collection

    def test_it_tells_which_chunks_name_an_entity(self, company: Collection) -> None:
        found = company.graph().chunks_of(["otter", "billing service", "kim aldous", "nobody"])
        assert found == {
            "otter": ("lead#0", "owner#0"),
            "billing service": ("owner#0",),
            "kim aldous": ("lead#0", "lead#1"),
        }

    def test_it_tells_how_many_chunks_name_an_entity(self, company: Collection) -> None:
        asked = ["otter", "billing service", "nobody"]
        assert company.graph().frequencies(asked) == {"otter": 2, "billing service": 1}

    def test_it_tells_what_a_chunk_names(self, company: Collection) -> None:
        found = company.graph().entities_of(["owner#0", "nothing#0"])
        assert found.keys() == {"owner#0"}
        assert {"otter", "billing service"} <= set(found["owner#0"])
        assert list(found["owner#0"]) == sorted(found["owner#0"])

    def test_names_of_one_entity_are_told_both_ways(self, company: Collection) -> None:
        found = company.graph().same_as(["kestrel", "红隼", "otter"])
        assert found == {"kestrel": ("红隼",), "红隼": ("kestrel",)}

    def test_a_filter_lets_chunks_through(self, company: Collection) -> None:
        where = parse_filter({"year": 2024})
        found = company.graph().chunks_of(["otter", "kim aldous"], where=where)
        assert found == {"otter": ("owner#0",)}

    def test_a_replaced_document_names_what_it_names_now(self, company: Collection) -> None:
        company.put([document("owner", ["The billing service is owned by Lynx."], [X])])
        graph = company.graph()
        assert graph.chunks_of(["otter", "lynx"]) == {"otter": ("lead#0",), "lynx": ("owner#0",)}
        assert "lynx" in graph.entities_of(["owner#0"])["owner#0"]
        assert company.verify() == []

    def test_a_deleted_document_names_nothing(self, company: Collection) -> None:
        company.graph().frequencies([])
        company.delete(["gateway", "lead"])
        graph = company.graph()
        assert graph.frequencies(["otter", "kim aldous", "kestrel"]) == {"otter": 1}
        assert graph.same_as(["kestrel"]) == {}
        assert graph.entities_of(["gateway#0"]) == {}
        assert company.verify() == []

    def test_a_bulk_write_is_in_it_when_it_ends(self, company: Collection) -> None:
        with company.bulk():
            for n in range(20):
                company.put([document(f"bulk{n:02}", [f"Otter has box B-{n}."], [X])])
        assert company.graph().frequencies(["otter", "b7"]) == {"otter": 22, "b7": 1}
        assert company.verify() == []

    def test_made_anew_it_is_the_same(self, company: Collection) -> None:
        before = company.graph().entities_of(["owner#0", "lead#0", "lead#1", "gateway#0"])
        company.rebuild_indexes()
        after = company.graph().entities_of(["owner#0", "lead#0", "lead#1", "gateway#0"])
        assert after == before
        assert company.verify() == []

    def test_it_follows_chunks_that_are_cut_anew(self, company: Collection) -> None:
        def anew(records: Sequence[DocumentRecord]) -> list[IndexedDocument]:
            led = document("lead", ["Marten is led by Kim Aldous."], [Y])
            return [led for record in records if record.id == "lead"]

        company.reindex(anew, replace(FINGERPRINT, chunking="other"))
        found = company.graph().chunks_of(["marten", "otter", "kim aldous"])
        assert found == {"marten": ("lead#0",), "otter": ("owner#0",), "kim aldous": ("lead#0",)}
