from __future__ import annotations

import pytest

from app.errors import RemoteUnavailable
from tests.http.world import HARBOUR, TEA, StoreKind, World, error_of

SEARCH = "/v1/collections/notes/search"


@pytest.fixture(params=["local", "memory"])
def store_kind(request: pytest.FixtureRequest) -> StoreKind:
    kind: StoreKind = request.param
    return kind


@pytest.fixture
def filled(world: World) -> World:
    world.ingest(
        "notes",
        {"id": "h", "title": "Ardmore", "text": HARBOUR, "metadata": {"lang": "en", "year": 1853}},
        {"id": "t", "text": TEA, "metadata": {"lang": "zh", "tags": ["tea", "普洱"]}},
    )
    return world


def test_a_search_answers_in_the_agreed_shape(filled: World) -> None:
    answer = filled.client.post(SEARCH, json={"query": "lighthouse of Ardmore"})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"hits", "readings", "degraded", "timings_ms"}
    hit = body["hits"][0]
    assert set(hit) == {
        *("rank", "score", "chunk_id", "document_id", "title", "heading_path", "text", "span"),
        *("metadata", "routes", "term_match", "relevance"),
    }
    assert 0.0 < hit["term_match"] <= 1.0
    assert 0.0 < hit["relevance"] < 1.0
    assert (hit["rank"], hit["document_id"], hit["title"]) == (1, "h", "Ardmore")
    assert hit["text"] == HARBOUR
    assert hit["span"] == [0, len(HARBOUR)]
    assert hit["metadata"] == {"lang": "en", "year": 1853}
    assert set(hit["routes"]) == {"bm25", "dense"}
    assert set(hit["routes"]["bm25"]) == {"rank", "score", "contribution", "path"}
    assert hit["routes"]["bm25"]["rank"] == 1
    parts = [route["contribution"] for route in hit["routes"].values()]
    assert hit["score"] == pytest.approx(sum(parts))
    assert min(parts) > 0  # it is better on both routes than the worst that they return
    assert body["degraded"] == []
    assert {"bm25", "dense", "fuse", "total"} <= set(body["timings_ms"])


def test_only_the_routes_asked_for_take_part(filled: World) -> None:
    body = filled.client.post(SEARCH, json={"query": "普洱茶", "routes": ["bm25"]}).json()

    assert [(hit["document_id"], set(hit["routes"])) for hit in body["hits"]] == [("t", {"bm25"})]


def test_a_trace_is_there_only_when_asked_for(filled: World) -> None:
    body = filled.client.post(SEARCH, json={"query": "lamp", "limit": 1, "explain": True}).json()

    assert body["trace"]["query"] == "lamp"
    assert body["trace"]["terms"] == ["lamp"]
    dropped = [c for c in body["trace"]["candidates"] if "dropped" in c]
    assert [c["document_id"] for c in dropped] == ["t"]
    assert len(body["hits"]) == 1


def test_what_was_read_into_a_query_is_shown_and_can_be_ignored(filled: World) -> None:
    asked = {"query": "lamp -普洱"}
    body = filled.client.post(SEARCH, json=asked).json()
    assert [hit["document_id"] for hit in body["hits"]] == ["h"]
    assert body["readings"] == [{"kind": "operator", "text": "-普洱", "meaning": "not “普洱”"}]

    body = filled.client.post(SEARCH, json=asked | {"ignore": ["operator"]}).json()
    assert {hit["document_id"] for hit in body["hits"]} == {"h", "t"}
    assert body["readings"] == []


def test_a_parenthesis_that_is_not_closed_is_refused(filled: World) -> None:
    answer = filled.client.post(SEARCH, json={"query": "lamp AND (tea OR coffee"})
    assert answer.status_code == 400
    assert "does not close it" in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        pytest.param({"lang": "zh"}, {"t"}, id="equal"),
        pytest.param({"year": {"gte": 1800}}, {"h"}, id="ordered"),
        pytest.param({"not": {"lang": "zh"}}, {"h"}, id="not"),
        pytest.param({"tags": ["tea", "coffee"]}, {"t"}, id="in"),
        pytest.param({"or": [{"lang": "zh"}, {"title": "Ardmore"}]}, {"h", "t"}, id="or"),
        pytest.param({}, {"h", "t"}, id="none"),
    ],
)
def test_a_filter_limits_both_routes(filled: World, where: object, found: set[str]) -> None:
    body = filled.client.post(SEARCH, json={"query": "tower 茶", "filter": where}).json()

    assert {hit["document_id"] for hit in body["hits"]} == found


@pytest.mark.parametrize(
    "where",
    [
        pytest.param([], id="a list"),
        pytest.param({"lang": {"like": "z"}}, id="an unknown condition"),
        pytest.param({"or": []}, id="an empty or"),
        pytest.param({"lang": {"a": {}}}, id="too deep a condition"),
        pytest.param({"lang": "\ud800"}, id="half a character"),
        pytest.param({"\ud800": {"like": 1}}, id="half a character in the message"),
        pytest.param({"x" * 10_000: {"like": 1}}, id="a long name"),
    ],
)
def test_a_filter_that_can_not_be_read_is_refused(filled: World, where: object) -> None:
    answer = filled.post(SEARCH, {"query": "lamp", "filter": where})

    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_filter"
    assert len(answer.text) < 1_000


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param({}, "query", id="no query"),
        pytest.param({"query": ""}, "query", id="an empty query"),
        pytest.param({"query": " \n "}, "query", id="a blank query"),
        pytest.param({"query": "x" * 8_001}, "query", id="a long query"),
        pytest.param({"query": 5}, "query", id="a number for a query"),
        pytest.param({"query": "\ud800"}, "query", id="half a character"),
        pytest.param({"query": "x", "limit": 0}, "limit", id="a limit too low"),
        pytest.param({"query": "x", "limit": 101}, "limit", id="a limit too high"),
        pytest.param({"query": "x", "routes": []}, "routes", id="no routes"),
        pytest.param({"query": "x", "filters": {}}, "filters", id="a misspelt field"),
    ],
)
def test_values_out_of_bounds_are_named_and_not_echoed(
    filled: World, body: object, path: str
) -> None:
    answer = filled.post(SEARCH, body)

    assert answer.status_code == 422
    error = error_of(answer)
    assert error["code"] == "invalid_request"
    assert [field["path"] for field in error["fields"]] == [path]
    assert "x" * 100 not in answer.text


def test_the_bounds_themselves_are_within_them(filled: World) -> None:
    body = {"query": "x" * 8_000, "limit": 100}

    assert filled.client.post(SEARCH, json=body).status_code == 200


def test_an_unknown_route_is_refused_with_those_that_exist(filled: World) -> None:
    answer = filled.client.post(SEARCH, json={"query": "x", "routes": ["nowhere"]})

    assert answer.status_code == 400
    assert "bm25, dense" in error_of(answer)["message"]


@pytest.mark.parametrize("now", [0, "0", True, "2026-01-28", "2026-01-28T09:30:00"])
def test_an_instant_is_written_out_with_its_zone(filled: World, now: object) -> None:
    path = "/v1/collections/notes/search"
    answer = filled.client.post(path, json={"query": "x", "now": now})

    assert answer.status_code == 422
    assert error_of(answer)["param"] == "now"
    said = filled.client.post(path, json={"query": "x", "now": "2026-01-28T09:30:00Z"})
    assert said.status_code == 200


def test_an_unknown_collection_is_not_found(filled: World) -> None:
    answer = filled.client.post("/v1/collections/none/search", json={"query": "x"})

    assert answer.status_code == 404
    assert error_of(answer) | {"request_id": ""} == {
        "code": "not_found",
        "message": 'There is no collection "none".',
        "type": "invalid_request_error",
        "param": None,
        "request_id": "",
    }


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(
            RemoteUnavailable("http://10.0.0.7/embed?key=sk-secret timed out"), id="known"
        ),
        pytest.param(RuntimeError("cannot read /srv/secret/model.bin"), id="unknown"),
    ],
)
def test_a_route_that_fails_leaves_the_others_and_is_named_without_its_inside(
    filled: World, failure: Exception
) -> None:
    filled.embedder.broken = failure

    answer = filled.client.post(SEARCH, json={"query": "lighthouse"})

    assert answer.status_code == 200
    body = answer.json()
    assert [hit["document_id"] for hit in body["hits"]] == ["h"]
    assert [part.partition(":")[0] for part in body["degraded"]] == ["dense"]
    assert "secret" not in answer.text
    assert "10.0.0.7" not in answer.text


def test_when_every_route_fails_the_error_tells_nothing_of_the_inside(filled: World) -> None:
    filled.embedder.broken = RuntimeError("cannot read /srv/secret/model.bin")

    answer = filled.client.post(SEARCH, json={"query": "lighthouse", "routes": ["dense"]})

    assert answer.status_code == 500
    assert error_of(answer)["code"] == "misconfigured"
    assert "secret" not in answer.text


def test_a_remote_model_that_is_away_is_worth_another_try(filled: World) -> None:
    filled.embedder.broken = RemoteUnavailable("http://10.0.0.7/ timed out")

    answer = filled.client.post(SEARCH, json={"query": "lighthouse", "routes": ["dense"]})

    assert answer.status_code == 503
    assert error_of(answer)["code"] == "remote_unavailable"
    assert answer.headers["retry-after"] == "5"
