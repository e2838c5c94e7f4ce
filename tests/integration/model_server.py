"""A real HTTP server on loopback that speaks the protocols of model servers, well or badly."""

import json
import math
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

Fault = Literal["malformed", "wrong_count", "wrong_shape", "hang", "cut", "drip", "huge"]
DIMENSION = 4


@dataclass(frozen=True)
class Status:
    """Answers with this status instead."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, object]


@dataclass
class ModelServer:
    """``faults`` are used up one a request; without any left the server behaves."""

    url: str = ""
    faults: deque[Fault | Status] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    pieces: list[str] = field(default_factory=lambda: ["Paris ", "is ", "the capital ", "[1]."])
    release: threading.Event = field(default_factory=threading.Event)
    """Set at the end, so that hanging requests let the server stop."""
    stream_closed: threading.Event = field(default_factory=threading.Event)
    """Set once a streamed answer ended, by either side."""


def embedding_of(text: str) -> list[float]:
    """Not of unit length: the adapter must normalise."""
    return [float(len(text)), float(sum(map(ord, text)) % 97), 1.0, 2.0]


def relevance_of(query: str, passage: str) -> float:
    """Words of the query that the passage has, so that expected scores can be read off."""
    return float(sum(word in passage.split() for word in query.split()))


def model_app(server: ModelServer) -> FastAPI:  # noqa: C901 - a list of routes
    app = FastAPI()

    async def receive(request: Request) -> tuple[dict, Fault | Response | None]:
        body = json.loads(await request.body())
        server.received.append(Received(request.url.path, dict(request.headers), body))
        fault = server.faults.popleft() if server.faults else None
        if isinstance(fault, Status):
            return body, Response(
                fault.body, fault.code, fault.headers, media_type="application/json"
            )
        return body, fault

    def answer(content: object, fault: Fault | Response | None) -> Response:
        if isinstance(fault, Response):
            return fault
        text = json.dumps(content)
        bodies: dict[Fault | None, str | Iterable[str]] = {
            "malformed": text[:-5],
            "wrong_shape": '{"unexpected": "secret passage"}',
            "hang": _after(server.release, text),
            "cut": _cut(text),
            "drip": _dripping(server.release),
            "huge": (" " * 2**20 for _ in range(70)),
        }
        body = bodies.get(fault, text)
        return StreamingResponse([body] if isinstance(body, str) else body)

    @app.get("/v1/models")
    def models() -> dict:
        return {"object": "list", "data": [{"id": "tiny", "object": "model"}]}

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        body, fault = await receive(request)
        data = [
            {"index": index, "embedding": embedding_of(text)}
            for index, text in enumerate(body["input"])
        ]
        data.reverse()  # the protocol promises no order
        if fault == "wrong_count":
            data.pop()
        return answer({"object": "list", "data": data, "model": body["model"]}, fault)

    @app.post("/embed")
    async def tei_embed(request: Request) -> Response:
        body, fault = await receive(request)
        return answer([embedding_of(text) for text in body["inputs"]], fault)

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        _, fault = await receive(request)
        if fault in ("malformed", "wrong_shape", "cut", "hang", None):
            stream = _WatchedStream(_events(server, fault), media_type="text/event-stream")
            stream.closed = server.stream_closed
            return stream
        return answer({}, fault)

    def results(query: str, passages: list[str], key: str, fault: object) -> list[dict]:
        ranked = sorted(
            ((relevance_of(query, text), -index) for index, text in enumerate(passages)),
            reverse=True,
        )
        if fault == "wrong_count":
            ranked.pop()
        return [{"index": -index, key: score} for score, index in ranked]

    @app.post("/v2/rerank")
    @app.post("/v1/rerank")
    async def rerank(request: Request) -> Response:
        body, fault = await receive(request)
        ranked = results(body["query"], body["documents"], "relevance_score", fault)
        return answer({"id": "r", "results": ranked}, fault)

    @app.post("/rerank")
    async def tei_rerank(request: Request) -> Response:
        body, fault = await receive(request)
        return answer(results(body["query"], body["texts"], "score", fault), fault)

    return app


def _cut(text: str) -> Iterator[str]:
    yield text[:20]
    raise ConnectionAbortedError


class _WatchedStream(StreamingResponse):
    """Tells when the answer ended, by either side."""

    closed: threading.Event

    async def __call__(self, scope, receive, send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.closed.set()


def _after(release: threading.Event, text: str) -> Iterator[str]:
    release.wait()
    yield text


def _dripping(release: threading.Event) -> Iterator[str]:
    while not release.wait(0.02):
        yield " "


def _events(server: ModelServer, fault: object) -> Iterator[str]:
    def event(delta: dict, finish: str | None = None) -> str:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return f"data: {json.dumps({'choices': choices})}\n\n"

    yield ": a comment that keeps the connection open\n\n"
    yield event({"role": "assistant", "content": ""})
    for number, piece in enumerate(server.pieces):
        if number == 1 and fault is not None:
            match fault:
                case "malformed":
                    yield "data: {not json\n\n"
                case "wrong_shape":
                    yield 'data: {"error": {"message": "secret passage"}}\n\n'
                case "hang":
                    server.release.wait()
            return
        yield event({"content": piece})
    yield event({}, finish="stop")
    yield 'data: {"choices": [], "usage": {"total_tokens": 9}}\n\n'
    yield "data: [DONE]\n\n"


@contextmanager
def running_model_server() -> Iterator[ModelServer]:
    server = ModelServer()
    config = uvicorn.Config(
        model_app(server), host="127.0.0.1", port=0, ws="none", lifespan="off", log_config=None
    )
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        thread.join(0.01)
        if not thread.is_alive():
            raise RuntimeError("the model server did not start")
    port = runner.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        server.release.set()
        runner.should_exit = True
        thread.join()


def unit(vector: list[float]) -> list[float]:
    norm = math.sqrt(sum(value * value for value in vector))
    return [value / norm for value in vector]
