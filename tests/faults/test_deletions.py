"""What is deleted stays so, whatever was accepted before it and is done behind it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app import main
from app.access.principal import LOCAL
from app.domain.documents import Vectors
from app.domain.jobs import JobStatus, Upload
from app.errors import FingerprintMismatch, NotFound, RemoteUnavailable
from app.fakes import FakeEmbedder
from app.main import Application
from app.service import Service
from ingest.jobs.queue import DROPPED, JobQueue
from ingest.jobs.runner import Progress
from ingest.jobs.sources import JobSources
from ingest.report import IngestReport
from ingest.sources.found_files import find_files
from tests.faults.kills.world import NAME, Place, State, held, opened, text_of

WAIT_S = 20.0
"""Long enough for a busy machine; no test comes near it."""


class Held(FakeEmbedder):
    """Waits until it may go on, and fails where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.broken: Exception | None = None

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.reached.set()
        assert self.go_on.wait(WAIT_S)
        if self.broken:
            raise self.broken
        return super().embed_passages(texts)

    def hold(self) -> None:
        self.reached.clear()
        self.go_on.clear()


class World:
    """An application with ``doc1`` and ``doc2`` in their first versions."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.embedder = Held()
        vars(app)["embedder"] = self.embedder
        self.service: Service = app.make_service(reader=None, generator=None)
        app.jobs.start()
        self.done(self.upload({"doc1": 1, "doc2": 1}))

    def upload(self, versions: State) -> str:
        uploads = [
            Upload(id_, {"id": id_, "text": text_of(id_, version)}, "record")
            for id_, version in versions.items()
        ]
        return self.service.submit(LOCAL, NAME, uploads).id

    def until(self, job_id: str, state: str, error: bool) -> None:
        latest = time.monotonic() + WAIT_S
        while (job := self.service.job(LOCAL, job_id)).state != state or bool(job.error) != error:
            assert time.monotonic() < latest, job
            time.sleep(0.01)

    def done(self, job_id: str) -> JobStatus:
        self.until(job_id, "done", error=False)
        return self.service.job(LOCAL, job_id)

    def held(self) -> dict[str, int]:
        return held(self.app.store.open(NAME))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with opened(Place(tmp_path, graph=False)) as app:
        world = World(app)
        try:
            yield world
        finally:
            world.embedder.go_on.set()


def superseded(job: JobStatus) -> list[tuple[str, str]]:
    return [(failure.name, failure.code) for failure in job.failures]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        pytest.param(RemoteUnavailable("no answer"), "queued", id="queued"),
        pytest.param(FingerprintMismatch("another embedder"), "parked", id="parked"),
        pytest.param(ValueError("a bug"), "failed", id="failed"),
    ],
)
def test_a_job_accepted_before_does_not_bring_a_deleted_document_back(
    world: World, error: Exception, state: str
) -> None:
    world.embedder.broken = error
    job = world.upload({"doc1": 2, "doc2": 2})
    world.until(job, state, error=True)
    behind = world.upload({"doc1": 3, "doc3": 1}) if state == "queued" else None

    world.service.delete(LOCAL, NAME, "doc1")
    world.embedder.broken = None
    if state != "queued":
        world.app.jobs.retry(job)

    assert superseded(world.done(job)) == [("doc1", "superseded")]
    if behind is not None:
        assert superseded(world.done(behind)) == [("doc1", "superseded")]
    assert world.held() == {"doc2": 2} | ({"doc3": 1} if behind else {})
    world.done(world.upload({"doc1": 4}))
    assert world.held()["doc1"] == 4


def test_a_job_that_runs_when_a_document_is_deleted_leaves_it_out(world: World) -> None:
    world.embedder.hold()
    job = world.upload({"doc1": 2, "doc2": 2})
    assert world.embedder.reached.wait(WAIT_S)

    world.service.delete(LOCAL, NAME, "doc1")
    world.embedder.go_on.set()

    done = world.done(job)
    assert (done.received, done.indexed) == (2, 1)
    assert superseded(done) == [("doc1", "superseded")]
    assert world.held() == {"doc2": 2}


def test_nothing_is_committed_between_a_deletion_and_its_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.embedder.hold()
    job = world.upload({"doc1": 2})
    assert world.embedder.reached.wait(WAIT_S)
    overtake = world.app.jobs.overtake

    def slowly(collection: str, document_ids: Sequence[str]) -> None:
        world.embedder.go_on.set()  # doc1 is deleted, and the job wants to write it
        time.sleep(0.3)
        overtake(collection, document_ids)

    monkeypatch.setattr(world.app.jobs, "overtake", slowly)
    world.service.delete(LOCAL, NAME, "doc1")

    world.done(job)
    assert world.held() == {"doc2": 1}


def test_a_document_that_only_waits_is_told_not_to_be_there_and_does_not_come(
    world: World,
) -> None:
    world.embedder.hold()
    first = world.upload({"doc2": 2})
    assert world.embedder.reached.wait(WAIT_S)
    job = world.upload({"doc7": 1})

    with pytest.raises(NotFound):
        world.service.delete(LOCAL, NAME, "doc7")
    world.embedder.go_on.set()

    world.done(first)
    assert superseded(world.done(job)) == [("doc7", "superseded")]
    assert world.held() == {"doc1": 1, "doc2": 2}


def test_what_pruning_deletes_stays_deleted(world: World, tmp_path: Path) -> None:
    world.embedder.broken = FingerprintMismatch("another embedder")
    job = world.upload({"doc1": 2})
    world.until(job, "parked", error=True)
    world.embedder.broken = None
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps({"id": "doc2", "text": text_of("doc2", 2)}))

    files = find_files([folder], max_bytes=10_000)
    report = world.app.ingest(NAME, files.files, prune=("doc",))
    assert (report.indexed, report.pruned) == (1, 1)
    world.app.jobs.retry(job)

    assert superseded(world.done(job)) == [("doc1", "superseded")]
    assert world.held() == {"doc2": 2}


def test_rag_delete_reaches_what_waits(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.embedder.broken = FingerprintMismatch("another embedder")
    job = world.upload({"doc1": 2, "doc2": 2})
    world.until(job, "parked", error=True)
    monkeypatch.setenv("ATTEST_STORE__DIRECTORY", str(Place(tmp_path, graph=False).store))
    monkeypatch.setattr(main, "StandardAnalyzer", lambda _: world.app.analyzer)

    from app.cli.main import main as rag

    with pytest.raises(SystemExit) as ended:
        rag(["delete", "doc1", "--collection", NAME])
    assert ended.value.code == 0
    world.embedder.broken = None
    world.app.jobs.retry(job)

    world.done(job)
    assert world.held() == {"doc2": 2}


def test_a_job_of_a_dropped_collection_writes_nothing_into_one_made_anew(
    tmp_path: Path,
) -> None:
    began, go_on = threading.Event(), threading.Event()
    with opened(Place(tmp_path, graph=False)) as app:

        def run(name: str, sources: JobSources, progress: Progress) -> IngestReport:
            began.set()
            assert go_on.wait(WAIT_S)
            return app._run_job(name, sources, progress)

        vars(app)["jobs"] = JobQueue(
            app.settings.store.directory,
            prepare=lambda name: app.store.create(name, app.indexer.fingerprint),
            run=run,
            max_waiting=8,
        )
        service = app.make_service(reader=None, generator=None)
        app.jobs.start()
        upload = Upload("doc1", {"id": "doc1", "text": text_of("doc1", 1)}, "record")
        old = service.submit(LOCAL, NAME, [upload])
        assert began.wait(WAIT_S)

        service.drop(LOCAL, NAME)
        upload = Upload("doc2", {"id": "doc2", "text": text_of("doc2", 1)}, "record")
        new = service.submit(LOCAL, NAME, [upload])
        go_on.set()

        assert service.wait(LOCAL, new.id, WAIT_S).state == "done"
        assert (service.job(LOCAL, old.id).state, service.job(LOCAL, old.id).error) == (
            "failed",
            DROPPED,
        )
        assert held(app.store.open(NAME)) == {"doc2": 1}


def test_a_job_accepted_after_a_drop_is_not_ended_by_it(world: World) -> None:
    cancel: Callable[[str], None] = world.app.jobs.cancel
    accepted: list[str] = []

    def late(collection: str) -> None:
        maker = threading.Thread(target=lambda: accepted.append(world.upload({"doc9": 1})))
        maker.start()
        maker.join(0.3)  # it has to wait until the jobs of the one that is dropped are ended
        assert not accepted
        cancel(collection)
        makers.append(maker)

    makers: list[threading.Thread] = []
    world.app.jobs.cancel = late  # type: ignore[method-assign]  # a slower one for this test
    world.service.drop(LOCAL, NAME)
    makers[0].join(WAIT_S)

    world.done(accepted[0])
    assert world.held() == {"doc9": 1}
