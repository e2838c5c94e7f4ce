from __future__ import annotations

import json
import logging
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.domain.collections import SelfRecall, SelfRetrieval, Tuning
from app.domain.jobs import QueueHealth
from app.errors import AttestError, ModelMissing, StoreCorrupted
from app.fakes import FakeGenerator
from app.http.api import create_app
from app.retrieval.ranking.learned import shipped
from app.service import Service
from app.settings import Settings
from tests.http.world import HARBOUR, Gate, MakeWorld, World, error_of


def test_it_lives_before_it_is_ready_and_says_what_it_waits_for(make_world: MakeWorld) -> None:
    gate = Gate()
    world = make_world(before_build=gate.pass_through)

    alive, ready = world.client.get("/healthz"), world.client.get("/readyz")
    early = world.client.get("/v1/collections")
    gate.opened.set()
    world.wait_until_built()
    later = world.client.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"alive": True})
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "waiting_for": "models"})
    assert (early.status_code, error_of(early)["code"]) == (503, "not_ready")
    assert early.headers["retry-after"] == ready.headers["retry-after"] == "5"
    assert (later.status_code, later.json()) == (200, {"ready": True})
    assert world.client.get("/v1/collections").status_code == 200


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(ModelMissing("not in /srv/secret; install it"), "model_missing", id="known"),
        pytest.param(OSError("/srv/secret is full"), "internal", id="unknown"),
    ],
)
def test_a_service_that_can_not_be_built_says_so_and_calls_back(
    error: Exception, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def build() -> Service:
        raise error

    app = create_app(
        build,
        Settings(),
        on_close=lambda: calls.append("close"),
        on_failure=lambda: calls.append("failure"),
    )
    with TestClient(app, base_url="http://localhost") as client:
        app.state.edge.startup._thread.join(30)
        ready = client.get("/readyz")
        other = client.get("/v1/collections")

    assert ready.status_code == 503
    assert ready.json()["ready"] is False
    assert ready.json()["error"]["code"] == code
    assert "secret" not in ready.text
    assert "/srv/secret" in caplog.text
    assert (other.status_code, error_of(other)["code"]) == (503, "not_ready")
    assert calls == ["failure"]


def test_readiness_and_metrics_tell_of_jobs_that_are_parked_or_not_worked(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    health = QueueHealth(waiting=2, parked=1)
    monkeypatch.setattr(world.queue, "health", lambda: health)
    ready = world.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "parked_jobs": 1})
    metrics = world.client.get("/metrics").text
    assert 'attest_ingest_queue{state="queued"} 2.0' in metrics
    assert 'attest_ingest_queue{state="parked"} 1.0' in metrics

    health = QueueHealth(trouble="Jobs are not worked; restart the service.")
    stalled = world.client.get("/readyz")
    assert stalled.status_code == 503
    assert stalled.json()["error"] == {"code": "jobs_stalled", "message": health.trouble}


def test_closing_ends_ingestion_before_the_store(make_world: MakeWorld) -> None:
    world = make_world()
    order: list[str] = []
    startup = world.app.state.edge.startup
    on_close, close = startup._on_close, world.service.close
    startup._on_close = lambda: (order.append("jobs"), on_close())
    world.service.close = lambda: (order.append("service"), close())

    world.client.__exit__(None, None, None)

    assert order == ["jobs", "service"]
    assert not startup.ready


def test_metrics_count_requests_answers_stages_and_what_was_left_out(
    make_world: MakeWorld,
) -> None:
    world = make_world(generator=FakeGenerator("The lighthouse of Ardmore was lit in 1853 [1]. "))
    world.ingest("notes", {"id": "h", "text": HARBOUR}, {"id": "i", "text": "Else."})
    world.client.post("/v1/collections/notes/documents", files={"f": ("f.txt", b"x")})
    world.client.post(
        "/v1/collections/notes/answer", json={"query": "When was the lighthouse of Ardmore lit?"}
    )
    world.embedder.broken = RuntimeError("away")
    world.client.post("/v1/collections/notes/search", json={"query": "tower"})
    world.client.get("/v1/collections/none/documents")
    world.client.get("/no/such/page")

    answer = world.client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    prefix = "/v1/collections/{name}"
    count = "attest_http_requests_total"
    assert samples[count, *sorted((f"{prefix}/search", "200", "POST"))] == 1
    assert samples[count, *sorted((f"{prefix}/documents", "404", "GET"))] == 1
    assert samples[count, *sorted(("unmatched", "404", "GET"))] == 1
    assert samples["attest_answers_total", "generated"] == 1
    assert samples["attest_degraded_total", "dense"] == 1
    assert samples["attest_stage_seconds_count", "bm25"] == 2
    assert samples["attest_stage_seconds_count", "generate"] == 1
    assert samples["attest_ingest_uploads_total", "record"] == 2
    assert samples["attest_ingest_uploads_total", "file"] == 1
    assert samples["attest_ingest_jobs_total",] == 2
    assert samples["attest_requests_waiting", "search"] == 0


def test_the_schema_is_served_and_no_page_that_loads_scripts_from_elsewhere(
    client: TestClient,
) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert {
        "/v1/collections",
        "/v1/collections/{name}",
        "/v1/collections/{name}/documents",
        "/v1/collections/{name}/documents/{document_id}",
        "/v1/collections/{name}/search",
        "/v1/collections/{name}/answer",
        "/v1/jobs/{job_id}",
        "/v1/embeddings",
        "/v1/rerank",
        "/v1/models/{name}",
        "/v1/chat/completions",
        "/v1/models",
        "/healthz",
        "/readyz",
        "/metrics",
    } == set(paths)
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_collections_are_listed_with_their_sizes_and_dropped(world: World) -> None:
    world.ingest("notes", {"id": "a", "text": "x"}, {"id": "b", "text": "y"})
    world.ingest("other", {"id": "a", "text": "x"})

    items = world.client.get("/v1/collections").json()["items"]

    assert [(item["name"], item["documents"], item["chunks"]) for item in items] == [
        ("notes", 2, 2),
        ("other", 1, 1),
    ]
    assert items[0]["fingerprint"]["embedder"] == "fake-embedder"
    assert world.client.delete("/v1/collections/notes").status_code == 204
    assert world.client.delete("/v1/collections/notes").status_code == 404
    names = [item["name"] for item in world.client.get("/v1/collections").json()["items"]]
    assert names == ["other"]


def test_a_collection_that_another_server_is_faster_to_drop_is_not_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})
    store = world.store
    drop = store.drop

    def late(name: str, *, then: object) -> None:
        drop(name)  # as another one does: `then` is not called
        raise FileNotFoundError("/srv/secret/notes/writer.lock")

    monkeypatch.setattr(store, "drop", late)
    answer = world.client.delete("/v1/collections/notes")

    assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
    assert "secret" not in answer.text


def test_what_waits_for_a_collection_goes_with_it(world: World) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})
    documents = "/v1/collections/notes/documents"
    gate = world.embedder.gate = Gate()
    running = world.client.post(documents, json={"documents": [{"id": "b", "text": "y"}]})
    assert gate.reached.wait(30)
    queued = world.client.post(documents, json={"documents": [{"id": "c", "text": "z"}]})
    assert world.client.delete("/v1/collections/notes").status_code == 204
    gate.opened.set()
    for job in (running, queued):
        ended = world.client.get(f"/v1/jobs/{job.json()['job_id']}").json()
        assert ended["state"] == "failed"
        assert "removed" in ended["error"]
    world.ingest("other", {"id": "a", "text": "x"})  # the queue goes on
    names = [item["name"] for item in world.client.get("/v1/collections").json()["items"]]
    assert names == ["other"]


def test_a_collection_that_can_not_be_read_does_not_hide_the_others(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})
    (tmp_path / "store" / "broken").mkdir()
    (tmp_path / "store" / "broken" / "catalog.db").write_bytes(b"no database" * 999)

    items = world.client.get("/v1/collections").json()["items"]

    assert [item["name"] for item in items] == ["notes"]
    assert "collection broken is not listed" in caplog.text
    models = world.client.get("/v1/models").json()["data"]
    assert [model["id"] for model in models] == ["notes"]


def test_a_damaged_collection_is_counted_and_leaves_the_server_ready(
    make_world: MakeWorld, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "store" / "broken"
    broken.mkdir(parents=True)
    (broken / "catalog.db").write_bytes(b"no database" * 999)
    world = make_world()
    world.ingest("notes", {"id": "a", "text": "x"})

    ready = world.client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"ready": True, "damaged": 1})
    assert "attest_damaged_collections 1.0" in world.client.get("/metrics").text
    assert "collection broken can't be opened" in caplog.text
    assert world.client.delete("/v1/collections/broken").status_code == 204
    assert world.client.get("/readyz").json() == {"ready": True}


def test_damage_counts_once_a_use_has_found_it_and_no_less_while_other_uses_succeed(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(results_bytes=0)  # what is remembered needs no store
    world.ingest("notes", {"id": "a", "text": "the tower"})
    search = partial(world.post, "/v1/collections/notes/search", {"query": "tower"})
    answer = partial(world.post, "/v1/collections/notes/answer", {"query": "Which tower?"})

    for ask in (search, answer):
        collection = world.store.open("notes")
        assert ask().status_code == 200
        assert world.client.get("/readyz").json() == {"ready": True}

        with monkeypatch.context() as patched:
            patched.setattr(collection, "chunks", damaged)
            failed = ask()
        assert (failed.status_code, error_of(failed)["code"]) == (500, "store_corrupted")
        assert world.client.get("/readyz").json() == {"ready": True, "damaged": 1}

        for other in (search, answer, partial(world.client.get, "/v1/collections")):
            assert other().status_code == 200
        ready = world.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "damaged": 1})
        assert "attest_damaged_collections 1.0" in world.client.get("/metrics").text

        world.store.close()  # so that it is opened anew
        assert ask().status_code == 200
        assert world.client.get("/readyz").json() == {"ready": True}


def test_damage_that_one_route_finds_counts_though_another_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ingest("notes", {"id": "a", "text": "the tower"})
    with monkeypatch.context() as patched:
        patched.setattr(world.store.open("notes"), "search_dense", damaged)
        answer = world.post("/v1/collections/notes/search", {"query": "tower"})

    assert (answer.status_code, len(answer.json()["degraded"])) == (200, 1)
    assert world.client.get("/readyz").json() == {"ready": True, "damaged": 1}


def test_damage_counts_no_more_once_a_collection_is_rebuilt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ingest("notes", {"id": "a", "text": "the tower"})
    collection = world.store.open("notes")
    with monkeypatch.context() as patched:
        patched.setattr(collection, "records", damaged)
        assert world.client.get("/v1/collections/notes/documents").status_code == 500
    assert world.client.get("/readyz").json() == {"ready": True, "damaged": 1}

    collection.reindex(lambda _: [], collection.fingerprint)

    assert world.client.get("/v1/collections/notes/documents").status_code == 200
    assert world.client.get("/readyz").json() == {"ready": True}


def test_damage_of_a_collection_that_is_taken_away_is_forgotten(
    world: World, tmp_path: Path
) -> None:
    broken = tmp_path / "store" / "broken"
    broken.mkdir(parents=True)
    (broken / "catalog.db").write_bytes(b"no database" * 999)
    assert world.client.get("/v1/collections/broken/documents").status_code == 500
    assert world.client.get("/readyz").json() == {"ready": True, "damaged": 1}

    (broken / "catalog.db").unlink()
    assert world.client.get("/v1/collections").json() == {"items": []}

    assert world.client.get("/readyz").json() == {"ready": True}


def test_a_collection_tells_how_sound_its_vectors_are_once_that_is_measured(world: World) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})
    assert world.client.get("/v1/collections").json()["items"][0]["self_retrieval"] is None

    self_retrieval = SelfRetrieval({"zh": SelfRecall(asked=64, dense=20, bm25=63)}, chunks=500)
    world.store.open("notes").keep_self_retrieval(self_retrieval)

    assert world.client.get("/v1/collections").json()["items"][0]["self_retrieval"] == {
        "languages": {"zh": {"asked": 64, "dense": 20, "bm25": 63}},
        "chunks": 500,
    }


def test_a_tuning_kept_while_the_service_runs_is_listed_and_used_by_the_next_search(
    world: World,
) -> None:
    world.ingest("notes", {"id": "a", "text": "the lamp"}, {"id": "b", "text": "the tower"})

    def listed() -> Any:
        return world.client.get("/v1/collections").json()["items"][0]["tuning"]

    # Both documents are dense hits, of which one holds the query: BM25 leads by a half of 0.6.
    lead = 0.5 / 0.6

    def settings_of_a_search() -> Any:
        body = {"query": "lamp", "explain": True}
        answer = world.client.post("/v1/collections/notes/search", json=body)
        return answer.json()["trace"]["settings"]

    assert listed() is None
    assert settings_of_a_search()["weights_of_query"] == {
        "bm25": pytest.approx(0.5 * lead),
        "dense": 0.5,
    }

    collection = world.store.open("notes")
    tuning = Tuning(
        settings={"weights": {"bm25": 0.8, "dense": 0.2}, "weight_rules": []},
        evidence={"questions": 200, "gain": 0.05},
        fingerprint=collection.fingerprint,
        reranker="none",
        learned=asdict(shipped().combination),
        created_at="2026-01-01T00:00:00+00:00",
    )
    collection.tune(tuning)

    assert listed() == asdict(tuning)
    assert settings_of_a_search()["weights_of_query"] == {
        "bm25": pytest.approx(0.8 * lead),
        "dense": 0.2,
    }
    assert settings_of_a_search()["tuning"] == {"questions": 200, "gain": 0.05}

    collection.tune(None)

    assert listed() is None
    assert settings_of_a_search()["weights_of_query"] == {
        "bm25": pytest.approx(0.5 * lead),
        "dense": 0.5,
    }
    assert settings_of_a_search()["tuning"] is None


def test_a_collection_of_another_model_names_no_secret_and_is_a_matter_for_the_operator(
    world: World,
) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})
    world.service._pipelines.forget("notes")
    world.embedder.id = "another-model"

    answer = world.client.post("/v1/collections/notes/search", json={"query": "x"})

    assert answer.status_code == 503
    assert error_of(answer)["code"] == "fingerprint_mismatch"
    assert "retry-after" not in answer.headers


# --- around every request -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123_x.y", True), ("a b", False), ("x" * 65, False), ("", False), ("<script>", False)],
)
def test_a_sane_request_id_is_kept(client: TestClient, given: str, *, kept: bool) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]

    assert (answered == given) is kept
    assert 0 < len(answered) <= 64


def test_every_answer_has_the_headers_that_browsers_heed(client: TestClient) -> None:
    for path in ("/healthz", "/v1/collections", "/none"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_one_line_is_logged_a_request_without_what_was_asked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.ingest("notes", {"id": "private-name", "text": HARBOUR})
    caplog.clear()
    with caplog.at_level(logging.INFO):
        world.client.post(
            "/v1/collections/notes/search?utm=private-campaign",
            json={"query": "a private question about the tower"},
            headers={"X-Request-ID": "r1"},
        )
        world.client.get("/v1/collections/notes/documents/private-name")

    lines = [json.loads(r.message) for r in caplog.records if r.name == "app.http.access"]
    assert [set(line) for line in lines] == [{"request_id", "method", "route", "status", "ms"}] * 2
    assert lines[0] | {"ms": 0} == {
        "request_id": "r1",
        "method": "POST",
        "route": "/v1/collections/{name}/search",
        "status": 200,
        "ms": 0,
    }
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("httpx2")]
    assert "private" not in "\n".join(ours)


def test_an_unexpected_error_is_logged_with_its_trace_and_not_shown(
    world: World, log: StringIO
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("cannot read /srv/secret/catalog.db")

    world.service.collections = broken

    answer = world.client.get("/v1/collections", headers={"X-Request-ID": "find-me"})

    assert answer.status_code == 500
    assert error_of(answer) == {
        "code": "internal",
        "type": "server_error",
        "param": None,
        "message": AttestError.public_message,
        "request_id": "find-me",
    }
    assert "ERROR app.http.edge.errors [find-me]: the request failed\n" in log.getvalue()
    assert "Traceback" in log.getvalue()
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_method_that_a_route_does_not_know_is_refused_in_the_one_shape(
    client: TestClient,
) -> None:
    answer = client.put("/v1/collections")

    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET"


def damaged(*_: object, **__: object) -> Any:
    raise StoreCorrupted("/srv/secret/catalog.db can't be read")
