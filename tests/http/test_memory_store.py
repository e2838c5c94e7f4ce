"""The application that settings name with ``store.kind = "memory"``, behind its HTTP edge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.errors import StoreCorrupted
from app.fakes import FakeEmbedder
from app.http.api import create_app
from app.main import Application
from app.observing.metrics import Metrics
from app.settings import AnswerSettings, ModelSettings, Settings, StoreSettings
from tests.http.world import HARBOUR, TEA

NOTES = "/v1/collections/notes"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("app.main.build_embedder", lambda _: FakeEmbedder())
    settings = Settings(
        store=StoreSettings(kind="memory", directory=tmp_path / "store"),
        models=ModelSettings(cache=tmp_path / "cache", reader="none", glossary="none"),
        answer=AnswerSettings(min_probability=0.001, least_said=0.0),
    )
    metrics = Metrics()
    application = Application(settings, observer=metrics)
    app = create_app(
        application.start_service, settings, on_close=application.close, metrics=metrics
    )
    with TestClient(app, base_url="http://localhost") as client:
        app.state.edge.startup._thread.join(30)
        yield client


def test_documents_are_taken_in_found_quoted_and_removed(
    client: TestClient, tmp_path: Path
) -> None:
    documents = [
        {"id": "h", "title": "Ardmore", "text": HARBOUR, "metadata": {"lang": "en", "year": 1853}},
        {"id": "t", "text": TEA, "metadata": {"lang": "zh"}},
    ]
    done = client.post(f"{NOTES}/documents?wait=true", json={"documents": documents})
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["indexed"]) == ("done", 2)
    stages = {"read", "identify", "load", "chunk", "embed", "store", "self_retrieval"}
    assert set(done.json()["timings_s"]) == stages
    shown = client.get("/metrics").text
    for stage in stages:
        assert f'attest_ingest_stage_seconds_count{{stage="{stage}"}}' in shown

    query = {"query": "lighthouse 普洱茶", "filter": {"lang": "zh"}}
    found = client.post(f"{NOTES}/search", json=query).json()
    assert [hit["document_id"] for hit in found["hits"]] == ["t"]
    assert set(found["hits"][0]["routes"]) == {"bm25", "dense"}

    answer = client.post(f"{NOTES}/answer", json={"query": "How high is the tower?"}).json()
    assert "34 metres" in answer["answer"]
    assert [citation["document_id"] for citation in answer["citations"]] == ["h"]

    assert client.delete(f"{NOTES}/documents/h").status_code == 204
    listed = client.get(f"{NOTES}/documents").json()
    assert [item["id"] for item in listed["items"]] == ["t"]
    again = client.post(f"{NOTES}/search", json={"query": "lighthouse"}).json()
    assert {hit["document_id"] for hit in again["hits"]} <= {"t"}
    assert client.delete(NOTES).status_code == 204
    assert list((tmp_path / "store").glob("*/catalog.db")) == []


def test_damage_that_a_job_finds_counts(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise StoreCorrupted("a document can't be read")

    monkeypatch.setattr("app.stores.memory.collection.MemoryCollection.put", damaged)
    body = {"documents": [{"id": "h", "text": HARBOUR}]}
    client.post(f"{NOTES}/documents?wait=true", json=body)

    assert client.get("/readyz").json() == {"ready": True, "parked_jobs": 1, "damaged": 1}
