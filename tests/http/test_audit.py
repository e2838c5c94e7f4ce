from __future__ import annotations

import json
import logging
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.access.audit import Access, AuditLog, note_count, note_use, noting
from app.access.key_file import KeyFile
from app.access.keys import Rights
from app.cli.main import main
from app.errors import ConfigurationError
from app.fakes import FakeGenerator
from tests.http.world import HARBOUR, MakeWorld, World

Lines = Callable[[], list[dict[str, Any]]]
OPERATOR = "the-operator"
SECRETS = ("Ardmore", "lighthouse", "colza", "secret-id", OPERATOR, "guessed-key", "ak_live_")
"""Of documents, questions, ids and keys."""


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """The lines that were written so far, without their times."""

    def read() -> list[dict[str, Any]]:
        text = (tmp_path / "store" / "audit.jsonl").read_text()
        assert [secret for secret in SECRETS if secret in text] == []
        found = [json.loads(line) for line in text.splitlines()]
        for line in found:
            assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
        return found

    return read


def audited(make_world: MakeWorld, what: str) -> World:
    world = make_world(generator=FakeGenerator(f"{HARBOUR} [1]"), api_keys=(OPERATOR,), audit=what)
    world.client.headers.update({"X-API-Key": OPERATOR, "X-Request-ID": "r"})
    return world


def line(verb: str | None, method: str, route: str, status: int, **others: Any) -> dict[str, Any]:
    base = {"request_id": "r", "key": "key 1", "collection": "notes", "counts": {}}
    return base | {"verb": verb, "method": method, "route": route, "status": status} | others


def test_all_requests_are_told_by_what_they_did(make_world: MakeWorld, lines: Lines) -> None:
    client = audited(make_world, "all").client
    base, ask = "/v1/collections/notes", {"query": "When was the lighthouse of Ardmore lit?"}
    documents = f"{base}/documents"

    client.post(
        f"{documents}?wait=true", json={"documents": [{"id": "secret-id", "text": HARBOUR}]}
    )
    client.post(f"{base}/search", json=ask)
    answer = client.post(f"{base}/answer", json=ask).json()
    client.post(f"{base}/answer", json=ask | {"stream": True})
    turns = [{"role": "user", "content": ask["query"]}]
    client.post("/v1/chat/completions", json={"model": "notes", "messages": turns})
    client.get(f"{documents}/secret-id")
    client.delete(f"{documents}/secret-id")
    client.get("/v1/collections")
    client.get("/healthz")
    client.get("/none")

    routes = {
        "documents": "/v1/collections/{name}/documents",
        "document": "/v1/collections/{name}/documents/{document_id}",
        "answer": "/v1/collections/{name}/answer",
    }
    cited = {"citations": len(answer["citations"])}
    assert lines() == [
        line("ingest", "POST", routes["documents"], 200, counts={"uploads": 1}),
        line("search", "POST", "/v1/collections/{name}/search", 200, counts={"hits": 1}),
        line("search", "POST", routes["answer"], 200, counts=cited),
        line("search", "POST", routes["answer"], 200, counts=cited),
        line("search", "POST", "/v1/chat/completions", 200, counts=cited),
        line("search", "GET", routes["document"], 200, counts={"documents": 1}),
        line("ingest", "DELETE", routes["document"], 204, counts={"removed": 1}),
        line("search", "GET", "/v1/collections", 200),
        line(None, "GET", "unmatched", 404, collection=None),
    ]


def test_what_is_refused_is_told_too(make_world: MakeWorld, lines: Lines, tmp_path: Path) -> None:
    client = audited(make_world, "all").client
    file = KeyFile(tmp_path / "store")
    rights = Rights(frozenset({"notes"}), frozenset({"search"}), rate=1)
    key = file.create("reader", rights, expires=None, now=datetime.now(UTC))
    file.close()

    client.get("/v1/collections", headers={"X-API-Key": "guessed-key"})
    client.delete("/v1/collections/notes", headers={"X-API-Key": key})
    client.get("/v1/collections", headers={"X-API-Key": key})
    client.post("/v1/collections/Ardmore/search", json={"query": "lighthouse"})

    nobody = {"collection": None}
    assert lines() == [
        line(None, "GET", "unmatched", 401, key=None, **nobody),
        line("manage", "DELETE", "/v1/collections/{name}", 403, key="reader"),
        line(None, "GET", "unmatched", 429, key="reader", **nobody),
        line("search", "POST", "/v1/collections/{name}/search", 400, **nobody),
    ]


def test_of_writes_only_those_are_told(make_world: MakeWorld, lines: Lines) -> None:
    client = audited(make_world, "writes").client

    done = client.post(
        "/v1/collections/notes/documents?wait=true", json={"documents": [{"text": HARBOUR}]}
    )
    client.post("/v1/collections/notes/search", json={"query": "lighthouse"})
    client.get(f"/v1/jobs/{done.json()['job_id']}")
    client.delete("/v1/collections/notes")

    assert [(told["verb"], told["method"], told["status"]) for told in lines()] == [
        ("ingest", "POST", 200),
        ("manage", "DELETE", 204),
    ]


def test_without_the_setting_there_is_no_log(world: World, tmp_path: Path) -> None:
    world.client.get("/v1/collections")

    assert list((tmp_path / "store").glob("audit*")) == []


def test_a_request_is_served_where_its_line_can_not_be_written(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world = audited(make_world, "all")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(AuditLog, "write", full)
    with caplog.at_level(logging.ERROR):
        assert world.client.get("/v1/collections").status_code == 200
    assert "a line of the audit log is lost" in caplog.text


def test_nothing_is_served_where_the_log_can_not_be_made(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    (tmp_path / "store" / "audit.jsonl").mkdir(parents=True)

    with pytest.raises(ConfigurationError, match=r"server\.audit"):
        make_world(audit="writes")


def test_files_are_bounded_in_size_and_number_and_for_their_user_alone(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, max_bytes=100, files=3)
    for number in range(20):
        log.write({"number": number, "padding": "x" * 20})

    files = sorted(tmp_path.glob("audit.jsonl*"))
    assert [file.name for file in files] == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert all(file.stat().st_size <= 100 for file in files)
    kept = [
        json.loads(text)["number"] for file in files[::-1] for text in file.read_text().splitlines()
    ]
    assert kept == list(range(20 - len(kept), 20))


def test_one_file_is_kept_where_one_is_wanted(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, max_bytes=10, files=1)
    for number in range(3):
        log.write({"number": number})

    assert [path.name for path in sorted(tmp_path.glob("audit.jsonl*"))] == ["audit.jsonl"]
    assert (tmp_path / "audit.jsonl").read_text() == '{"number": 2}\n'


def test_no_line_is_torn_by_another_writer(tmp_path: Path) -> None:
    logs = [AuditLog(tmp_path, max_bytes=2_000, files=50) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: logs[n % 4].write({"n": n, "x": "y" * 50}), range(200)))

    read = [
        json.loads(text)["n"]
        for file in tmp_path.glob("audit.jsonl*")
        for text in file.read_text().splitlines()
    ]
    assert sorted(read) == list(range(200))


def test_a_request_that_uses_several_collections_names_none() -> None:
    access = Access()
    note_use("search", "outside of requests")
    with noting(access):
        note_use("search", "a")
        note_use("search", "a")
        assert access.collection == "a"
        note_use("search", "b")
        note_use("search", "b")
        note_count(hits=2)

    assert (access.verb, access.collection, access.counts) == ("search", None, {"hits": 2})


def test_changes_of_keys_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATTEST_STORE__DIRECTORY", str(tmp_path / "store"))
    monkeypatch.setenv("ATTEST_SERVER__AUDIT", "writes")
    for arguments in (["create", "a", "--collections", "*"], ["list"], ["rotate", "a"]):
        with pytest.raises(SystemExit):
            main(["keys", *arguments])
    with pytest.raises(SystemExit):
        main(["keys", "revoke", "none"])

    assert lines() == [
        {"key": "local", "verb": "keys create", "of": "a"},
        {"key": "local", "verb": "keys rotate", "of": "a"},
    ]
