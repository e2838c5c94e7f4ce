"""The handbook, ingested and asked with the models that come with the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.principal import LOCAL
from app.main import Application
from app.requests import SearchRequest
from app.service import Service
from app.settings import IngestSettings, Settings, StoreSettings
from ingest.report import IngestReport
from ingest.sources.found_files import find_files

pytestmark = pytest.mark.models

TOP = 5
"""Fewer than the passages that an answer is made of."""
MAX_BYTES = IngestSettings().max_file_bytes
COLLECTION = "handbook"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    directory = tmp_path_factory.mktemp("collections")
    application = Application(Settings(store=StoreSettings(directory=directory)))
    yield application
    application.close()


@pytest.fixture(scope="module")
def report(application: Application, repository: Path) -> IngestReport:
    files = find_files([repository / "docs" / "handbook"], max_bytes=MAX_BYTES)
    return application.ingest(COLLECTION, files.files)


@pytest.fixture(scope="module")
def service(application: Application, report: IngestReport) -> Iterator[Service]:
    service = application.make_service(reader=None, generator=None)
    yield service
    service.close()


@pytest.fixture(scope="module")
def questions(repository: Path) -> dict[str, tuple[str, set[str]]]:
    """Each question of the handbook's own set by its id, with the pages that answer it."""
    lines = (repository / "eval" / "questions" / "handbook" / "queries.jsonl").read_text("utf-8")
    return {
        query["_id"]: (query["text"], {r["document"] for r in query["metadata"]["references"]})
        for query in map(json.loads, lines.splitlines())
    }


def test_every_page_is_indexed_and_nothing_else(
    application: Application, report: IngestReport, repository: Path
) -> None:
    pages = sorted((repository / "docs" / "handbook").rglob("*.md"))
    assert (report.indexed, report.failures) == (len(pages), ())
    collection = application.store.open(COLLECTION)
    assert [r.id for r in collection.records()] == sorted(
        f"handbook/{page.relative_to(repository / 'docs' / 'handbook').as_posix()}"
        for page in pages
    )
    assert collection.verify() == []


def test_no_passage_is_longer_than_what_the_embedder_reads(application: Application) -> None:
    collection, embedder = application.store.open(COLLECTION), application.embedder
    chunks = [c for r in collection.records() for c in collection.document_chunks(r.id)]
    assert chunks
    sizes = [embedder.count_tokens(chunk.indexed_text) for chunk in chunks]
    assert max(sizes) <= embedder.max_tokens


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("hb-en-002", id="English: the constant of RRF"),
        pytest.param("hb-en-017", id="English: a filter on dates"),
        pytest.param("hb-en-040", id="English: the licence of the embedder"),
        pytest.param("hb-zh-001", id="Chinese: killed while ingesting"),
        pytest.param("hb-zh-011", id="Chinese: GBK files"),
        pytest.param("hb-zh-018", id="Chinese: semicolons"),
        pytest.param("hb-zh-030", id="Chinese: uploads too large"),
    ],
)
def test_a_question_finds_a_page_that_answers_it(
    service: Service, questions: dict[str, tuple[str, set[str]]], question: str
) -> None:
    text, pages = questions[question]
    result = service.search(LOCAL, COLLECTION, SearchRequest(text, limit=TOP))
    assert result.degraded == ()
    assert pages & {hit.chunk.document_id for hit in result.hits}


def test_a_second_run_skips_every_page(application: Application, repository: Path) -> None:
    files = find_files([repository / "docs" / "handbook"], max_bytes=MAX_BYTES)
    again = application.ingest(COLLECTION, files.files, prune=files.roots)
    assert (again.indexed, again.skipped, again.pruned) == (0, len(files.files), 0)
