from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.errors import Overloaded
from app.http.edge import json_bodies
from app.http.edge.errors import NotReady
from app.http.edge.json_bodies import count_values
from app.http.edge.limits import BoundedExecutor
from tests.http.world import Gate, GatedGenerator, MakeWorld, World, error_of

SEARCH = "/v1/collections/notes/search"
JSON = {"Content-Type": "application/json"}


class Endless:
    """A body in chunks that never ends by itself; it counts what was asked of it."""

    def __init__(self, chunk: bytes) -> None:
        self.chunk = chunk
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(10_000):
            self.sent += len(self.chunk)
            yield self.chunk
        raise AssertionError("the body was read to a gigabyte")


def send(world: World, request: httpx2.Request, body: Endless) -> tuple[int, bytes, dict[str, str]]:
    """Plays the server to the application, chunk by chunk: `TestClient` reads bodies whole."""
    chunks = aiter(body)
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def reply(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": request.url.path,
        "query_string": b"",
        "headers": [(k.lower(), v) for k, v in request.headers.raw],
    }
    asyncio.run(world.app(scope, receive, reply))
    start, end = sent[0], sent[1]
    assert isinstance(start["status"], int)
    assert isinstance(end["body"], bytes)
    headers = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], end["body"], headers


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param(SEARCH, JSON, id="search"),
        pytest.param("/v1/collections/notes/answer", JSON, id="answer"),
        pytest.param("/v1/chat/completions", JSON, id="chat"),
        pytest.param("/v1/collections/notes/documents", JSON, id="records"),
        pytest.param(
            "/v1/collections/notes/documents",
            {"Content-Type": "multipart/form-data; boundary=b"},
            id="files",
        ),
    ],
)
def test_an_endless_body_is_cut_at_the_limit(
    make_world: MakeWorld, path: str, headers: dict[str, str]
) -> None:
    world = make_world(max_body_bytes=1_000_000)
    body = Endless(b" " * 100_000)
    if "multipart" in headers["Content-Type"]:
        body.chunk = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        body.chunk += b"x" * 100_000 + b"\r\n"
    request = httpx2.Request("POST", f"http://localhost{path}", headers=headers)

    status, text, sent_headers = send(world, request, body)

    assert status == 413
    assert b'"payload_too_large"' in text
    assert sent_headers["connection"] == "close"
    assert sent_headers["x-request-id"] in text.decode()
    assert body.sent <= 1_200_000


@pytest.mark.parametrize("declared", ["1000001", "9" * 5_000])
def test_a_body_declared_too_long_is_not_read_at_all(make_world: MakeWorld, declared: str) -> None:
    world = make_world(max_body_bytes=1_000_000)
    body = Endless(b" " * 100_000)
    request = httpx2.Request("POST", f"http://localhost{SEARCH}", headers=JSON)
    request.headers["Content-Length"] = declared

    status, text, _ = send(world, request, body)

    assert (status, body.sent) == (413, 0)
    assert b'"payload_too_large"' in text


@pytest.mark.parametrize(
    "path", [SEARCH, "/v1/collections/notes/answer", "/v1/chat/completions", "/v1/none"]
)
def test_only_uploads_may_be_large(make_world: MakeWorld, path: str) -> None:
    world = make_world(max_question_bytes=1_000)
    body = b" " * 1_001

    refused = world.client.post(path, content=body, headers=JSON)
    upload = world.client.post("/v1/collections/notes/documents", content=body, headers=JSON)

    assert refused.status_code == 413
    assert "1,000 bytes" in error_of(refused)["message"]
    assert "server.max_question_bytes" in error_of(refused)["message"]
    assert upload.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/v1/collections/notes/documents", id="records"),
        pytest.param(SEARCH, id="search"),
        pytest.param("/v1/chat/completions", id="chat"),
    ],
)
def test_a_body_of_more_values_than_anybody_needs_is_not_parsed(
    client: TestClient, path: str
) -> None:
    answer = client.post(path, content=b'{"a":[' + b"[]," * 300_000 + b"1]}", headers=JSON)

    assert answer.status_code == 413
    assert "JSON values" in error_of(answer)["message"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": [1, 2, {"b": "x"}]}', 6),
        (r'["a,b,c", "\\",1,"\",{[", "\\\",,"]', 6),
        ('["unclosed,,,,', 2),
        (r'["\\\\","[,"]', 3),
    ],
)
def test_values_are_counted_outside_of_strings(text: str, values: int) -> None:
    assert count_values(text.encode()) == values


def test_a_large_body_is_parsed_off_the_event_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    monkeypatch.setattr(
        json_bodies, "parse", lambda *_: threads.append(threading.current_thread()) or 1 / 0
    )
    for size in (10, 100_000):
        world.client.post(SEARCH, content=b"x" * size, headers=JSON)

    loop, worker = threads
    assert loop is not worker
    assert worker.name.startswith("asyncio")


@pytest.mark.parametrize(
    ("lane", "path"),
    [
        ("searches", SEARCH),
        ("answers", "/v1/collections/notes/answer"),
        ("answers", "/v1/chat/completions"),
        ("uploads", "/v1/collections/notes/documents"),
        ("models", "/v1/embeddings"),
        ("models", "/v1/rerank"),
    ],
)
def test_no_body_is_read_that_nobody_would_work_on(world: World, lane: str, path: str) -> None:
    executor = getattr(world.app.state.edge.lanes, lane)
    places = []
    with contextlib.suppress(Overloaded):
        while True:
            places.append(executor.take())
    body = Endless(b" " * 100_000)

    request = httpx2.Request("POST", f"http://localhost{path}", headers=JSON)
    status, text, _ = send(world, request, body)
    for place in places:
        place.__exit__()

    assert (status, body.sent) == (429, 0)
    assert b'"overloaded"' in text
    assert executor.running == 0


def test_a_body_that_takes_too_long_is_cut(make_world: MakeWorld) -> None:
    world = make_world(body_timeout_s=0.05)

    class Slow(Endless):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.02)

    request = httpx2.Request("POST", f"http://localhost{SEARCH}", headers=JSON)
    status, text, headers = send(world, request, Slow(b""))

    assert status == 408
    assert b'"request_timeout"' in text
    assert headers["connection"] == "close"
    assert world.wait_until_idle()


def test_a_generation_holds_no_search_and_neither_holds_a_poll(make_world: MakeWorld) -> None:
    generator = GatedGenerator("The lamp burned. ", Gate())
    world = make_world(generator=generator, workers=1, answers=1, queue=0)
    world.ingest("notes", {"id": "a", "text": "The lamp burned colza oil."})
    job = world.client.post(
        "/v1/collections/notes/documents", json={"documents": [{"id": "b", "text": "y"}]}
    ).json()["job_id"]
    asking = threading.Thread(
        target=lambda: world.client.post(
            "/v1/collections/notes/answer", json={"query": "What did the lamp burn?"}
        )
    )
    asking.start()
    assert generator.gate.reached.wait(30)

    found = world.client.post(SEARCH, json={"query": "lamp"})
    world.embedder.gate = gate = Gate()
    other = {"query": "colza"}  # what was asked before is remembered
    searching = threading.Thread(target=lambda: world.client.post(SEARCH, json=other))
    searching.start()
    assert gate.reached.wait(30)
    statuses = [
        world.client.get(path).status_code
        for path in ("/healthz", f"/v1/jobs/{job}", "/v1/collections")
    ]
    gate.opened.set()
    generator.gate.opened.set()
    asking.join(30)
    searching.join(30)

    assert found.status_code == 200
    assert statuses == [200, 200, 200]


def test_without_a_key_no_byte_of_a_body_is_read(make_world: MakeWorld) -> None:
    world = make_world(api_keys=("sesame",))
    body = Endless(b" " * 100_000)

    status, _, headers = send(world, httpx2.Request("POST", f"http://localhost{SEARCH}"), body)

    assert (status, body.sent, headers["connection"]) == (401, 0, "close")


def test_a_body_of_exactly_the_limit_is_read(make_world: MakeWorld) -> None:
    world = make_world(max_body_bytes=200)
    body = b'{"query": "' + b"x" * (200 - 13) + b'"}'
    assert len(body) == 200

    answer = world.client.post(SEARCH, content=body, headers=JSON)

    assert answer.status_code == 404  # the collection, after the body was read


def test_when_the_queue_is_full_the_next_request_is_told_when_to_come_back(
    make_world: MakeWorld,
) -> None:
    world = make_world(workers=1, queue=1)
    world.ingest("notes", {"id": "a", "text": "x"})
    assert world.wait_until_idle()
    world.embedder.gate = gate = Gate()
    answers: list[int] = []

    def search() -> None:
        answers.append(world.client.post(SEARCH, json={"query": "x"}).status_code)

    clients = [threading.Thread(target=search) for _ in range(2)]
    for client in clients:
        client.start()
    assert gate.reached.wait(30)
    assert world.wait_until(lambda: world.app.state.edge.lanes.searches.waiting == 1)

    refused = world.client.post(SEARCH, json={"query": "x"})
    alive = world.client.get("/healthz")
    depth = world.client.get("/metrics").text
    gate.opened.set()
    for client in clients:
        client.join(30)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert error_of(refused)["code"] == "overloaded"
    assert alive.status_code == 200
    assert 'attest_requests_waiting{lane="search"} 1.0' in depth
    assert 'attest_requests_running{lane="search"} 1.0' in depth
    assert answers == [200, 200]
    assert world.wait_until_idle()


def test_uploads_that_wait_keep_no_search_from_running(make_world: MakeWorld) -> None:
    world = make_world(workers=1, queue=0)
    world.ingest("notes", {"id": "a", "text": "x"})
    world.embedder.gate = gate = Gate()
    statuses: list[int] = []

    def upload() -> None:
        answer = world.client.post(
            "/v1/collections/notes/documents?wait=true",
            json={"documents": [{"id": "b", "text": "y"}]},
        )
        statuses.append(answer.status_code)

    uploading = threading.Thread(target=upload)
    uploading.start()
    assert gate.reached.wait(30)
    assert world.wait_until_idle()

    found = world.client.post(SEARCH, json={"query": "x", "routes": ["bm25"]})
    gate.opened.set()
    uploading.join(30)

    assert found.status_code == 200
    assert statuses == [200]


# --- the executor alone ---------------------------------------------------------------------------


@pytest.fixture
def executor() -> Iterator[BoundedExecutor]:
    executor = BoundedExecutor(workers=1, queue=1, name="test")
    yield executor
    executor.close()


def test_a_cancelled_call_gives_its_place_back(executor: BoundedExecutor) -> None:
    gate = Gate()
    running = executor.submit(gate.pass_through)
    waiting = executor.submit(lambda: None)
    with pytest.raises(Overloaded):
        executor.submit(lambda: None)

    assert waiting.cancel()
    again = executor.submit(lambda: "ran")
    gate.opened.set()

    running.result(30)
    assert again.result(30) == "ran"


def test_a_call_that_fails_gives_its_place_back(executor: BoundedExecutor) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            executor.submit(lambda: 1 / 0).result(30)


def test_a_call_sees_the_context_of_its_request(executor: BoundedExecutor) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="none")
    variable.set("this request")

    assert executor.submit(variable.get).result(30) == "this request"


def test_a_closed_executor_takes_nothing(executor: BoundedExecutor) -> None:
    executor.close()

    with pytest.raises(NotReady):
        executor.submit(lambda: None)
    assert (executor.running, executor.waiting) == (0, 0)
