from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.collections import SelfRecall, SelfRetrieval
from app.errors import RemoteUnavailable
from tests.http.world import HARBOUR, MakeWorld, StoreKind, World

SEARCH = "/v1/collections/notes/search"


@pytest.fixture(params=["local", "memory"])
def store_kind(request: pytest.FixtureRequest) -> StoreKind:
    kind: StoreKind = request.param
    return kind


@pytest.fixture
def filled(world: World) -> World:
    world.ingest("notes", {"id": "h", "text": HARBOUR, "metadata": {"lit": True}})
    # The first search of the lexical index may still bring it up to date.
    search(world, query="warm up")
    return world


def search(world: World, **body: Any) -> dict[str, Any]:
    answer = world.post(SEARCH, {"query": "lighthouse"} | body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def was_remembered(found: dict[str, Any]) -> bool:
    return "remembered" in found["timings_ms"]


def test_the_same_search_is_made_once(filled: World) -> None:
    first, second = search(filled), search(filled)

    assert not was_remembered(first)
    assert was_remembered(second)
    assert first["hits"] == second["hits"]
    metrics = filled.client.get("/metrics").text
    assert 'attest_cache_requests_total{cache="results",found="yes"} 1.0' in metrics
    assert 'attest_cache_requests_total{cache="query_vectors",found="no"} 2.0' in metrics


def test_what_was_written_is_found_by_the_next_search(filled: World) -> None:
    search(filled)
    filled.ingest("notes", {"id": "new", "text": "Another lighthouse."})
    assert {hit["document_id"] for hit in search(filled)["hits"]} == {"h", "new"}

    filled.ingest("notes", {"id": "new", "text": "A third lighthouse."})
    assert "A third lighthouse." in {hit["text"] for hit in search(filled)["hits"]}

    filled.client.delete("/v1/collections/notes/documents/new")
    assert {hit["document_id"] for hit in search(filled)["hits"]} == {"h"}

    filled.client.delete("/v1/collections/notes")
    filled.ingest("notes", {"id": "again", "text": "The lighthouse again."})
    assert {hit["document_id"] for hit in search(filled)["hits"]} == {"again"}


def test_what_was_learned_of_a_collection_counts_in_the_next_search(filled: World) -> None:
    search(filled)
    measured = SelfRetrieval({"en": SelfRecall(64, 0, 64)}, chunks=1)
    filled.store.open("notes").keep_self_retrieval(measured)
    assert not was_remembered(search(filled))


@pytest.mark.parametrize(
    "other",
    [{"limit": 1}, {"filter": {"lit": True}}, {"routes": ["bm25"]}, {"explain": True}],
    ids=lambda body: next(iter(body)),
)
def test_another_request_is_another_search(filled: World, other: dict[str, Any]) -> None:
    search(filled)
    assert not was_remembered(search(filled, **other))


def test_one_is_not_true_in_a_filter(filled: World) -> None:
    assert search(filled, filter={"lit": True})["hits"]
    assert search(filled, filter={"lit": 1})["hits"] == []


def test_a_search_that_went_on_without_a_part_is_made_again(filled: World) -> None:
    filled.embedder.broken = RemoteUnavailable("away")
    assert search(filled)["degraded"]
    filled.embedder.broken = None
    assert not search(filled)["degraded"]


def test_last_week_is_another_one_tomorrow(filled: World) -> None:
    days = [date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2)]
    filled.service._results._today = iter(days).__next__
    found = [search(filled, query="minutes from last week") for _ in days]
    assert [was_remembered(one) for one in found] == [False, True, False]


def test_nothing_is_remembered_where_the_settings_say_so(make_world: MakeWorld) -> None:
    world = make_world(query_vectors_bytes=0, results_bytes=0)
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    assert not any(was_remembered(search(world)) for _ in range(3))
    world.embedder.broken = RemoteUnavailable("away")
    assert search(world)["degraded"]
