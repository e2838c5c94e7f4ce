"""A whole service of fakes over a store and a real job queue, behind its HTTP edge."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access.guarded_store import GuardedStore
from app.access.keyring import Keyring
from app.domain.documents import Vectors
from app.domain.questions import Turn
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeGenerator
from app.http.api import create_app
from app.ports.store import Store
from app.service import Service
from app.settings import AnswerSettings, ServerSettings, Settings, StoreSettings
from app.stores.registry import build_store
from ingest.indexer import Indexer
from ingest.jobs.indexing import run_job
from ingest.jobs.queue import JobQueue
from ingest.jobs.runner import Progress
from ingest.jobs.sources import JobSources
from ingest.loaders.registry import load
from ingest.report import IngestReport
from tests.http.contract import check
from tests.unit.ingest.expanding import expand

StoreKind: TypeAlias = Literal["local", "memory"]

HARBOUR = (
    "The lighthouse of Ardmore was lit in 1853. "
    "Its lamp burned colza oil until the keeper changed it for paraffin. "
    "The tower is 34 metres high."
)
TEA = "茶叶最早产于云南。普洱茶需要发酵。"


class Gate:
    """Something in a worker waits here until a test opens it; a test waits until it is reached."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def pass_through(self) -> None:
        self.reached.set()
        assert self.opened.wait(30), "the test never opened the gate"


class GatedGenerator(FakeGenerator):
    """Stops at a gate before each word but the first; notes how it ended."""

    def __init__(self, says: str, gate: Gate) -> None:
        super().__init__(says)
        self.gate = gate
        self.stopped = threading.Event()

    def stream(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[str]:
        for word in super().stream(turns, max_tokens=max_tokens):
            yield word
            self.gate.reached.set()
            while not self.gate.opened.wait(0.01):
                if stop():
                    self.stopped.set()
                    return


class BreakableEmbedder(FakeEmbedder):
    """Fails with a message that clients must never see."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: Exception | None = None
        self.gate: Gate | None = None

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if self.gate:
            self.gate.pass_through()
        if self.broken:
            raise self.broken
        return super().embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.gate:
            self.gate.pass_through()
        return super().embed_passages(texts)


@dataclass
class World:
    """What a test may break, hold up or look into."""

    client: TestClient
    app: FastAPI
    embedder: BreakableEmbedder
    generator: FakeGenerator
    queue: JobQueue
    service: Service
    store: Store

    def wait_until_built(self) -> None:
        self.app.state.edge.startup._thread.join(30)

    def wait_until(self, holds: Callable[[], bool]) -> bool:
        """Whether it holds, at the latest after half a minute."""
        deadline = time.monotonic() + 30
        while not holds() and time.monotonic() < deadline:
            time.sleep(0.001)
        return holds()

    def wait_until_idle(self) -> bool:
        """Whether every worker is free, once what ends has ended."""
        lanes = self.app.state.edge.lanes.all()
        return self.wait_until(lambda: all(lane.running == 0 for lane in lanes))

    def post(self, path: str, body: object) -> httpx2.Response:
        """Posts JSON in ASCII, which has an escape even for half a character."""
        return self.client.post(
            path, content=json.dumps(body), headers={"Content-Type": "application/json"}
        )

    def ingest(self, collection: str, *documents: object) -> dict[str, Any]:
        answer = self.client.post(
            f"/v1/collections/{collection}/documents?wait=true", json={"documents": documents}
        )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


class MakeWorld:
    """Makes worlds over one directory and stores of one kind; they end with ``stack``."""

    def __init__(self, directory: Path, stack: ExitStack, kind: StoreKind = "local") -> None:
        self._directory = directory
        self._stack = stack
        self._kind: StoreKind = kind

    def __call__(
        self,
        *,
        generator: FakeGenerator | None = None,
        heartbeat_s: float = 15.0,
        max_waiting_jobs: int = 8,
        before_build: Callable[[], None] | None = None,
        keyring: Keyring | None = None,
        **server: Any,
    ) -> World:
        settings = Settings(
            store=StoreSettings(kind=self._kind, directory=self._directory / "store"),
            server=ServerSettings(**server),
            # What is learned of statements one day must not decide what these tests look at.
            answer=AnswerSettings(min_probability=0.001, least_said=0.0),
        )
        analyzer, embedder = FakeAnalyzer(), BreakableEmbedder()
        generator = generator or FakeGenerator()
        store = build_store(settings.store, analyzer)
        indexer = Indexer(embedder, analyzer, settings)

        def run(name: str, sources: JobSources, progress: Progress) -> IngestReport:
            return run_job(
                sources,
                progress,
                collection=store.open_same(name, indexer.fingerprint),
                indexer=indexer,
                load=load,
                expand=expand,
                batch_chunks=4,
            )

        queue = JobQueue(
            self._directory / "jobs",
            prepare=lambda name: store.create(name, indexer.fingerprint),
            run=run,
            max_waiting=max_waiting_jobs,
        )
        service = Service(
            collections=GuardedStore(store),
            analyzer=analyzer,
            embedder=embedder,
            reranker=None,
            generator=generator,
            ingestor=queue,
            settings=settings,
        )

        def build() -> Service:
            if before_build:
                before_build()
            queue.start()
            return service

        app = create_app(
            build,
            settings,
            on_close=lambda: queue.close(30),
            heartbeat_s=heartbeat_s,
            keyring=keyring,
        )
        client = self._stack.enter_context(TestClient(app, base_url="http://localhost"))
        client.event_hooks = {"response": [check]}
        world = World(client, app, embedder, generator, queue, service, store)
        if before_build is None:
            world.wait_until_built()
        return world


def events_of(stream: str) -> list[tuple[str, Any]]:
    """Named events of an SSE body with their data read as JSON; comments as ``("", text)``."""
    events: list[tuple[str, Any]] = []
    for block in stream.strip().split("\n\n"):
        name, data = "message", None
        for line in block.split("\n"):
            if line.startswith(":"):
                name, data = "", line
            elif line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                text = line.removeprefix("data: ")
                data = text if text == "[DONE]" else json.loads(text)
        events.append((name, data))
    return events


def error_of(response: httpx2.Response) -> dict[str, Any]:
    """The error of an answer, after a look at its shape."""
    body = response.json()
    assert set(body) == {"error"}
    assert {"code", "message", "type", "param", "request_id"} <= set(body["error"])
    assert body["error"]["request_id"] == response.headers["x-request-id"]
    error: dict[str, Any] = body["error"]
    return error
