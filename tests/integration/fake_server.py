"""A server of fakes as a process of its own: ``python -m tests.integration.fake_server DIR …``.

A test holds it up at points that it names: whoever reaches a point leaves a file ``reached.POINT``
in the directory and goes on once there is a file ``open.POINT``.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.access.guarded_store import GuardedStore
from app.access.principal import LOCAL
from app.domain.documents import Vectors
from app.errors import ModelMissing
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeGenerator
from app.http.edge.server import serve
from app.mcp.stdio import serve_stdio
from app.service import Service
from app.settings import AnswerSettings, ServerSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer
from ingest.jobs.indexing import run_job
from ingest.jobs.queue import JobQueue
from ingest.jobs.runner import Progress
from ingest.jobs.sources import JobSources
from ingest.loaders.registry import load
from ingest.report import IngestReport
from tests.unit.ingest.expanding import expand

HELD = "HELD"
"""A text with this word is held up before it is embedded."""
SAYS = ("The lighthouse of Ardmore was lit in 1853 [1]. The tower", " is 34 metres high [1]. ")


class Points:
    """Where a test may hold the server up."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def pass_through(self, point: str, stop: Callable[[], bool] = lambda: False) -> None:
        (self._directory / f"reached.{point}").touch()
        while not (self._directory / f"open.{point}").exists() and not stop():
            time.sleep(0.005)


class HeldEmbedder(FakeEmbedder):
    def __init__(self, points: Points) -> None:
        super().__init__()
        self._points = points

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if any(HELD in text for text in texts):
            self._points.pass_through("embed")
        return super().embed_passages(texts)


class HeldGenerator(FakeGenerator):
    def __init__(self, points: Points) -> None:
        super().__init__()
        self._points = points

    def stream(
        self, *_: object, stop: Callable[[], bool] = lambda: False, **__: object
    ) -> Iterator[str]:
        yield SAYS[0]
        self._points.pass_through("generate", stop)
        yield SAYS[1]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--grace", type=float, default=20.0)
    parser.add_argument("--broken", action="store_true", help="the service can't be built")
    parser.add_argument("--mcp", action="store_true", help="tools over standard input and output")
    options = parser.parse_args()
    directory: Path = options.directory
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s %(message)s")

    settings = Settings(
        store=StoreSettings(directory=directory / "store"),
        server=ServerSettings(
            port=0, workers=1, answers=1, queue=4, shutdown_grace_s=options.grace
        ),
        # What is learned of statements one day must not decide what is said here.
        answer=AnswerSettings(min_probability=0.001, least_said=0.0),
    )
    points = Points(directory)
    analyzer, embedder = FakeAnalyzer(), HeldEmbedder(points)
    store = LocalStore(settings.store, analyzer)
    indexer = Indexer(embedder, analyzer, settings)

    def run(name: str, sources: JobSources, progress: Progress) -> IngestReport:
        return run_job(
            sources,
            progress,
            collection=store.open_same(name, indexer.fingerprint),
            indexer=indexer,
            load=load,
            expand=expand,
            batch_chunks=1,
        )

    queue = JobQueue(
        directory / "jobs",
        prepare=lambda name: store.create(name, indexer.fingerprint),
        run=run,
        max_waiting=8,
    )

    def build() -> Service:
        if options.broken:
            raise ModelMissing("run `rag models install`")
        queue.start()
        return Service(
            collections=GuardedStore(store),
            analyzer=analyzer,
            embedder=embedder,
            reranker=None,
            generator=HeldGenerator(points),
            ingestor=queue,
            settings=settings,
        )

    if options.mcp:
        serve_stdio(build, LOCAL, writable=True)
        queue.close(options.grace)
        store.close()
        return 0
    return serve(build, settings, on_close=lambda: queue.close(options.grace))


if __name__ == "__main__":
    sys.exit(main())
