"""The server as it runs: a process with a socket, stopped by signals in the midst of its work."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from app.access.key_file import KeyFile
from app.access.keys import Rights
from tests.http.world import HARBOUR, error_of, events_of
from tests.integration.fake_server import HELD

QUESTION = {"query": "When was the lighthouse of Ardmore lit?"}
PATIENCE_S = 30


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.01)


class ServerProcess:
    """One run of the server; what it logs is kept."""

    def __init__(self, root: Path, directory: Path, *options: str) -> None:
        self.directory = directory
        self.log: list[str] = []
        self._port: int | None = None
        self._started = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.fake_server", str(directory), *options],
            cwd=root,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def port(self) -> int:
        assert self._started.wait(PATIENCE_S), self.log
        assert self._port is not None, self.log
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> httpx2.Client:
        wait_until(lambda: httpx2.get(f"{self.url}/readyz").status_code == 200)
        return httpx2.Client(base_url=self.url, timeout=PATIENCE_S)

    def wait_until_reached(self, point: str) -> None:
        wait_until((self.directory / f"reached.{point}").exists)

    def open(self, point: str) -> None:
        (self.directory / f"open.{point}").touch()

    def stops_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def exit_code(self) -> int:
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def end(self) -> None:
        self.process.kill()
        self.exit_code()
        if self.process.stderr:
            self.process.stderr.close()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
                self._port = int(found[1])
                self._started.set()
        self._started.set()


StartServer = Callable[..., ServerProcess]


@pytest.fixture
def start(repository: Path, tmp_path: Path) -> Iterator[StartServer]:
    with ExitStack() as stack:

        def start(*options: str) -> ServerProcess:
            server = ServerProcess(repository, tmp_path, *options)
            stack.callback(server.end)
            return server

        yield start


def fill(client: httpx2.Client, *documents: dict[str, str]) -> dict[str, Any]:
    answer = client.post("/v1/collections/notes/documents?wait=true", json={"documents": documents})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_an_answer_under_way_is_completed_and_then_the_process_ends_well(
    start: StartServer,
) -> None:
    server = start()
    with server.wait_until_ready() as client:
        fill(client, {"id": "h", "text": HARBOUR})
        body = QUESTION | {"stream": True}
        with client.stream("POST", "/v1/collections/notes/answer", json=body) as stream:
            lines = stream.iter_lines()
            first = next(lines)
            server.wait_until_reached("generate")
            server.process.send_signal(signal.SIGTERM)
            wait_until(server.stops_listening)
            server.open("generate")
            events = events_of("\n".join([first, *lines]))

    assert [name for name, _ in events] == ["sentence", "sentence", "answer"]
    assert server.exit_code() == 0
    assert "Traceback" not in "".join(server.log)


def test_an_answer_that_outlasts_the_grace_is_given_up(start: StartServer) -> None:
    server = start("--grace", "1")
    with server.wait_until_ready() as client:
        fill(client, {"id": "h", "text": HARBOUR})
        body = QUESTION | {"stream": True}
        with client.stream("POST", "/v1/collections/notes/answer", json=body) as stream:
            lines = stream.iter_lines()  # kept: the stream closes with it
            next(lines)
            server.wait_until_reached("generate")
            server.process.send_signal(signal.SIGTERM)

            assert server.exit_code() == 0


def test_a_request_that_is_cut_at_the_end_of_the_grace_is_told_so(start: StartServer) -> None:
    server = start("--grace", "1")
    with server.wait_until_ready() as client:
        fill(client, {"id": "h", "text": HARBOUR})
        answers: list[httpx2.Response] = []
        asking = threading.Thread(
            target=lambda: answers.append(
                client.post("/v1/collections/notes/answer", json=QUESTION)
            )
        )
        asking.start()
        server.wait_until_reached("generate")
        server.process.send_signal(signal.SIGTERM)
        asking.join(PATIENCE_S)

    assert answers[0].status_code == 503
    assert error_of(answers[0])["code"] == "not_ready"
    assert server.exit_code() == 0
    assert "Traceback" not in "".join(server.log)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_taken_over_is_indexed_by_the_next_process(
    start: StartServer, how: signal.Signals
) -> None:
    server = start()
    with server.wait_until_ready() as client:
        batches = [
            [{"id": "a1", "text": "First."}, {"id": "a2", "text": HELD}, {"id": "a3", "text": "x"}],
            [{"id": "b1", "text": "Queued."}, {"id": "b2", "text": ""}],
        ]
        jobs = [
            client.post("/v1/collections/notes/documents", json={"documents": batch}).json()
            for batch in batches
        ]
        server.wait_until_reached("embed")
        server.process.send_signal(how)
        if how == signal.SIGTERM:
            wait_until(server.stops_listening)
            server.open("embed")
        assert server.exit_code() == (0 if how == signal.SIGTERM else -signal.SIGKILL)

    server.open("embed")
    again = start()
    with again.wait_until_ready() as client:
        ended = [wait_for_job(client, job["job_id"]) for job in jobs]
        items = client.get("/v1/collections/notes/documents").json()["items"]
        found = client.post("/v1/collections/notes/search", json={"query": "Queued"}).json()
        again.process.send_signal(signal.SIGTERM)

    assert [job["state"] for job in ended] == ["done", "done"]
    assert [job["received"] for job in ended] == [3, 2]
    assert [job["indexed"] + job["skipped"] for job in ended] == [3, 1]
    assert ended[1]["failed"] == [
        {"id": "b2", "code": "empty", "reason": ended[1]["failed"][0]["reason"]}
    ]
    assert [item["id"] for item in items] == ["a1", "a2", "a3", "b1"]
    assert found["hits"][0]["document_id"] == "b1"
    assert again.exit_code() == 0


def wait_for_job(client: httpx2.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = {}

    def ended() -> bool:
        job.update(client.get(f"/v1/jobs/{job_id}").json())
        return job["state"] in ("done", "failed")

    wait_until(ended)
    return job


def test_a_client_that_hangs_up_frees_the_only_worker(start: StartServer) -> None:
    server = start()
    with server.wait_until_ready() as client:
        fill(client, {"id": "h", "text": HARBOUR})
        for body in (QUESTION | {"stream": True}, QUESTION):
            content = httpx2.Request("POST", server.url, json=body).content
            with socket.create_connection(("127.0.0.1", server.port)) as raw:
                raw.sendall(
                    b"POST /v1/collections/notes/answer HTTP/1.1\r\nHost: localhost\r\n"
                    b"Content-Type: application/json\r\n"
                    + f"Content-Length: {len(content)}\r\n\r\n".encode()
                    + content
                )
                server.wait_until_reached("generate")
                (server.directory / "reached.generate").unlink()
            # Nobody opens the gate: the worker is free again because the answer was given up.
            assert client.get("/v1/collections").status_code == 200


def test_ids_survive_the_way_through_a_real_server(start: StartServer) -> None:
    ids = ["a%2Fb", "100%25", "a/b c#d?e", "茶/普洱", "line\nfeed\n"]
    server = start()
    with server.wait_until_ready() as client:
        fill(client, {"id": "a/b", "text": "Another."})
        for id_ in ids:
            fill(client, {"id": id_, "text": "This one."})
            path = f"/v1/collections/notes/documents/{quote(id_, safe='')}"

            assert client.get(path).json()["id"] == id_
            assert client.delete(path).status_code == 204, id_
            left = client.get("/v1/collections/notes/documents").json()["items"]

            assert [item["id"] for item in left] == ["a/b"], id_


def test_an_endless_upload_is_cut(start: StartServer) -> None:
    server = start()
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 2**20
            yield b" " * 2**20

    with server.wait_until_ready() as client:
        try:
            answer = client.post(
                "/v1/collections/notes/search",
                content=endless(),
                headers={"Content-Type": "application/json"},
            )
        except httpx2.TransportError:
            pass  # the server closed the connection while the client was still sending
        else:
            assert answer.status_code == 413
        assert client.get("/healthz").status_code == 200

    assert 4 * 2**20 < sent < 200 * 2**20


def test_a_service_that_can_not_be_built_ends_the_process_with_an_error(
    start: StartServer,
) -> None:
    server = start("--broken")

    assert server.exit_code() == 1
    assert "rag models install" in "".join(server.log)


def test_what_one_process_takes_over_is_found_by_another_on_the_same_store(
    start: StartServer,
) -> None:
    with start().wait_until_ready() as first, start().wait_until_ready() as second:
        search = {"query": "lighthouse"}
        fill(first, {"id": "h", "text": HARBOUR})
        found = second.post("/v1/collections/notes/search", json=search).json()
        assert [hit["document_id"] for hit in found["hits"]] == ["h"]

        fill(second, {"id": "i", "text": "Another lighthouse."})
        for client in (first, second, first):
            found = client.post("/v1/collections/notes/search", json=search).json()
            assert {hit["document_id"] for hit in found["hits"]} == {"h", "i"}

        second.delete("/v1/collections/notes/documents/h")
        found = first.post("/v1/collections/notes/search", json=search).json()
        assert [hit["document_id"] for hit in found["hits"]] == ["i"]


def test_the_log_holds_no_query(start: StartServer) -> None:
    server = start()
    with server.wait_until_ready() as client:
        fill(client, {"id": "h", "text": HARBOUR})
        client.post("/v1/collections/notes/search?q=sesame", json={"query": "sesame"})
        server.process.send_signal(signal.SIGTERM)
    assert server.exit_code() == 0

    log = "".join(server.log)
    assert '"route": "/v1/collections/{name}/search", "status": 200' in log
    assert "sesame" not in log


def test_keys_count_at_once_in_every_process_over_the_same_folder(
    start: StartServer, tmp_path: Path
) -> None:
    servers = start(), start()
    clients = [server.wait_until_ready() for server in servers]
    rights = Rights(None, frozenset({"search"}), quota=3)

    def statuses(key: str) -> list[int]:
        headers = {"X-API-Key": key}
        return [client.get("/v1/models", headers=headers).status_code for client in clients]

    assert statuses("") == [200, 200]
    with closing(KeyFile(tmp_path / "store")) as file:
        key = file.create("reader", rights, expires=None, now=datetime.now(UTC))
        assert statuses("") == [401, 401]
        assert statuses(key) == [200, 200]
        assert statuses(key) == [200, 429]
        file.revoke("reader", now=datetime.now(UTC))
        assert statuses(key) == [401, 401]
    for server, client in zip(servers, clients, strict=True):
        client.close()
        server.process.send_signal(signal.SIGTERM)
    assert [server.exit_code() for server in servers] == [0, 0]
