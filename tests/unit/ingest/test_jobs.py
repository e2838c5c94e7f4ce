from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.jobs import Failure, JobStatus, Upload
from app.errors import (
    CollectionBusy,
    DocumentRejected,
    FingerprintMismatch,
    InvalidRequest,
    NotFound,
    Overloaded,
    RemoteUnavailable,
    StoreCorrupted,
    StoreUnwritable,
    TransientError,
)
from app.observing.requests import current_request_id, serving
from ingest.jobs import queue as queue_module
from ingest.jobs import retry, runner, table, worker
from ingest.jobs.queue import JobQueue
from ingest.jobs.runner import Progress
from ingest.jobs.sources import JobSources
from ingest.jobs.spool import ABANDONED_S, Spool
from ingest.report import IngestReport
from ingest.sources.documents import documents
from tests.unit.ingest.expanding import expand

WAIT_S = 20.0
"""Long enough for a busy machine; no test comes near it."""
TEXT = Upload("a", {"id": "a", "text": "text"}, "record")

Run = Callable[[str, JobSources, Progress], IngestReport]


class Recorder:
    """A run that notes what it was given, and indexes everything at once."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, list[str]]] = []

    def __call__(self, collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        ids = [source.identify()[0] for source in documents(sources, expand)]
        self.ran.append((collection, ids))
        report = IngestReport()
        for _ in ids:
            report = IngestReport(indexed=report.indexed + 1)
            progress(report)
        return report


Make = Callable[..., JobQueue]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes queues on one directory, as several processes would."""
    queues: list[JobQueue] = []

    def made(run: Run, *, max_waiting: int = 10, start: bool = True) -> JobQueue:
        queue = JobQueue(tmp_path, prepare=lambda _: None, run=run, max_waiting=max_waiting)
        queues.append(queue)
        if start:
            queue.start()
        return queue

    yield made
    for queue in queues:
        queue.close(WAIT_S)


def spooled(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / "jobs.spool").iterdir())


def until(is_so: Callable[[], bool]) -> None:
    """Waits for what happens in another thread."""
    latest = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.01)


def ended(queue: JobQueue, id_: str) -> JobStatus:
    """The job once it is done; `JobQueue.wait` returns at states that a new start changes."""
    until(lambda: queue.status(id_).state == "done")
    return queue.status(id_)


def account(job: JobStatus) -> tuple[str, int, int, int, int]:
    return job.state, job.received, job.indexed, job.skipped, len(job.failures)


def test_a_job_is_queued_run_and_done(make: Make, tmp_path: Path) -> None:
    run = Recorder()
    queue = make(run)
    uploads = [TEXT, Upload("b.md", b"bytes", "file"), Upload("c", {"text": "no id"}, "record")]
    job = queue.submit("papers", uploads)
    assert account(job) == ("queued", 0, 0, 0, 0)
    done = queue.wait(job.id, WAIT_S)
    assert account(done) == ("done", 3, 3, 0, 0)
    assert run.ran == [("papers", ["a", "b.md", f"{job.id}-2"])]
    assert done.created_at == job.created_at <= done.updated_at
    queue.close(WAIT_S)
    assert spooled(tmp_path) == []


def test_jobs_run_in_the_order_they_came(make: Make) -> None:
    run = Recorder()
    queue = make(run, start=False)
    jobs = [queue.submit(f"c{n}", [TEXT]) for n in range(4)]
    assert [queue.status(job.id).state for job in jobs] == ["queued"] * 4
    queue.start()
    for job in jobs:
        queue.wait(job.id, WAIT_S)
    assert [collection for collection, _ in run.ran] == ["c0", "c1", "c2", "c3"]


def test_a_job_runs_for_the_request_that_brought_it_in_a_later_process_too(make: Make) -> None:
    served: list[str] = []

    def run(collection: str, sources: object, progress: object) -> IngestReport:
        served.append(current_request_id())
        return IngestReport(indexed=1, timings_s={"embed": 1.5})

    first = make(run, start=False)
    with serving("upload-1"):
        brought = first.submit("papers", [TEXT])
    other = first.submit("papers", [TEXT])
    later = make(run)

    assert ended(later, brought.id).timings_s == {"embed": 1.5}
    assert ended(later, other.id).request_id == ""
    assert served == ["upload-1", ""]


def test_the_report_with_its_failures_is_kept(make: Make) -> None:
    failure = Failure("a", "empty", "The document has no text.", "record")

    def run(collection: str, sources: object, progress: object) -> IngestReport:
        return IngestReport(indexed=1, skipped=2, failures=(failure,))

    queue = make(run)
    done = queue.wait(queue.submit("c", [TEXT]).id, WAIT_S)
    assert account(done) == ("done", 4, 1, 2, 1)
    assert done.failures == (failure,)


def test_two_queues_on_one_directory_share_the_work(make: Make) -> None:
    runs = Recorder(), Recorder()
    queues = [make(run) for run in runs]
    jobs = [queue.submit("c", [TEXT]) for queue in queues for _ in range(3)]
    for job in jobs:
        for queue in queues:  # both know all jobs
            assert queue.wait(job.id, WAIT_S).state == "done"
    assert sum(len(run.ran) for run in runs) == 6


def test_a_job_that_is_stopped_halfway_is_taken_up_by_the_next_queue(
    make: Make, tmp_path: Path
) -> None:
    halfway = threading.Event()

    def slow(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        halfway.set()
        while True:  # one document after the other, until the queue is closed
            progress(IngestReport(indexed=1))

    first = make(slow)
    job = first.submit("c", [TEXT])
    assert halfway.wait(WAIT_S)
    assert first.status(job.id).state == "running"
    first.close(WAIT_S)
    assert account(first.status(job.id)) == ("queued", 0, 0, 0, 0)
    assert spooled(tmp_path) == [job.id]

    run = Recorder()
    second = make(run)
    assert second.wait(job.id, WAIT_S).state == "done"
    assert run.ran == [("c", ["a"])]


def test_a_job_that_a_dead_process_left_running_is_taken_up(make: Make, tmp_path: Path) -> None:
    dead = make(Recorder(), start=False)
    job = dead.submit("c", [TEXT])
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute("UPDATE jobs SET state = 'running'")
    db.close()
    assert make(Recorder()).wait(job.id, WAIT_S).state == "done"


@pytest.mark.parametrize(
    ("error", "told", "kept"),
    [
        (NotFound("The collection was dropped."), "The collection was dropped.", False),
        (ValueError("/srv/secret"), "The service could not complete the request.", True),
    ],
    ids=["request", "unexpected"],
)
def test_a_job_that_fails_says_so_without_internals(
    make: Make, tmp_path: Path, error: Exception, told: str, kept: bool
) -> None:
    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        progress(IngestReport(indexed=2, skipped=1))
        raise error

    queue = make(run)
    failed = queue.wait(queue.submit("c", [TEXT]).id, WAIT_S)
    assert account(failed) == ("failed", 3, 2, 1, 0)  # what was committed stays and is told
    assert failed.error == told
    queue.close(WAIT_S)
    assert spooled(tmp_path) == ([failed.id] if kept else [])  # what may be retried is kept


def test_the_queue_goes_on_after_a_job_that_failed(make: Make) -> None:
    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        if collection == "bad":
            raise ValueError("broken")
        return IngestReport(indexed=1)

    queue = make(run)
    bad, good = queue.submit("bad", [TEXT]), queue.submit("good", [TEXT])
    assert queue.wait(good.id, WAIT_S).state == "done"
    assert queue.wait(bad.id, WAIT_S).state == "failed"


@pytest.mark.parametrize(
    ("passing", "told"),
    [
        (CollectionBusy("lock /srv/secret"), "Another writer holds the collection; try again."),
        (sqlite3.OperationalError("/srv/secret is full"), TransientError.public_message),
        (OSError(28, "No space left", "/srv/secret"), TransientError.public_message),
    ],
)
def test_a_job_that_something_passing_stopped_is_tried_again_in_its_turn(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passing: Exception, told: str
) -> None:
    monkeypatch.setattr(retry, "RETRY_S", (0.0, 0.0))
    ran: list[tuple[str, str]] = []
    free = threading.Event()

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        if collection == "held" and not free.is_set():
            raise passing
        ran.extend((collection, source.identify()[0]) for source in documents(sources, expand))
        return IngestReport(indexed=1)

    queue = make(run, start=False)
    older, newer = (
        queue.submit("held", [Upload(name, {"id": name, "text": "t"}, "record")])
        for name in ("older", "newer")
    )
    other = queue.submit("other", [TEXT])
    queue.start()
    assert queue.wait(other.id, WAIT_S).state == "done"
    assert ran == [("other", "a")]
    waiting = queue.wait(older.id, 0.1)
    while waiting.error is None:  # it is being tried right now
        waiting = queue.status(older.id)
    assert waiting.error == told
    assert waiting.state == "queued"
    assert spooled(tmp_path) == sorted([older.id, newer.id])

    free.set()
    assert queue.wait(newer.id, WAIT_S).state == "done"
    assert ran == [("other", "a"), ("held", "older"), ("held", "newer")]
    assert queue.status(older.id).error is None


def test_tries_become_rarer() -> None:
    tried = retry.Retry()
    pauses = []
    for _ in range(8):
        tried.put_off(park=False)
        pauses.append(tried.pause_s)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_what_does_not_pass_is_parked_and_the_next_job_has_its_turn(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "RETRY_S", (0.0, 0.0))
    monkeypatch.setattr(retry, "RETRIED_FOR_S", 0.3)

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        if [source.identify()[0] for source in documents(sources, expand)] == ["poison"]:
            raise RemoteUnavailable("http://secret gives 500 for one text")
        return IngestReport(indexed=1)

    queue = make(run)
    poison = queue.submit("c", [Upload("poison", {"id": "poison", "text": "t"}, "record")])
    good = queue.submit("c", [TEXT])
    assert queue.wait(good.id, WAIT_S).state == "done"
    parked = queue.status(poison.id)
    assert (parked.state, parked.error) == ("parked", RemoteUnavailable.public_message)
    assert queue.wait(poison.id, WAIT_S).state == "parked"  # nobody waits for it
    queue.close(WAIT_S)
    assert spooled(tmp_path) == [poison.id]
    assert [job.id for job in queue.kept()] == [poison.id]
    assert queue.health().parked == 1


def record(id_: str, text: str = "t") -> Upload:
    return Upload(id_, {"id": id_, "text": text}, "record")


def test_a_job_that_waits_for_its_operator_is_done_once_he_has_helped(
    make: Make, tmp_path: Path
) -> None:
    """And brings nothing back that later jobs have replaced."""
    refused: dict[str, Exception] = {"old": FingerprintMismatch("rebuild /srv/secret")}
    ran: list[list[tuple[str, str]]] = []

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        failures: list[Failure] = []
        seen: list[tuple[str, str]] = []
        for source in documents(sources, expand):
            try:
                id_ = source.identify()[0]
                sources.admit(id_)
                text = source.load(lambda *_: None).text  # type: ignore[arg-type,return-value]  # no loader is asked
            except DocumentRejected as reason:
                failures.append(Failure(source.name, reason.code, reason.message, source.kind))
                continue
            if error := refused.get(text):
                raise error
            seen.append((id_, text))
        ran.append(seen)
        return IngestReport(indexed=len(seen), failures=tuple(failures))

    queue = make(run)
    older = queue.submit("c", [record("a", "old"), record("b", "old")])
    parked = queue.wait(older.id, WAIT_S)
    assert (parked.state, parked.error) == ("parked", FingerprintMismatch.public_message)
    newer = queue.submit("c", [record("a", "new")])
    assert queue.wait(newer.id, WAIT_S).state == "done"
    queue.close(WAIT_S)

    refused.clear()
    again = make(run)
    done = ended(again, older.id)
    assert ran == [[("a", "new")], [("b", "old")]]
    assert account(done) == ("done", 2, 1, 0, 1)
    assert done.failures[0].code == "superseded"
    again.close(WAIT_S)
    assert spooled(tmp_path) == []


def test_a_person_may_retry_and_remove_what_is_kept(make: Make, tmp_path: Path) -> None:
    broken = threading.Event()
    broken.set()

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        if broken.is_set():
            raise ValueError("broken")
        return IngestReport(indexed=len(list(sources)))

    queue = make(run)
    jobs = [queue.submit("c", [TEXT]) for _ in range(2)]
    assert [queue.wait(job.id, WAIT_S).state for job in jobs] == ["failed", "failed"]
    assert [job.id for job in queue.kept()] == [job.id for job in jobs]
    queue.remove(jobs[0].id)
    assert spooled(tmp_path) == [jobs[1].id]
    with pytest.raises(InvalidRequest, match="is failed"):
        queue.retry(jobs[0].id)
    broken.clear()
    queue.retry(jobs[1].id)
    assert account(queue.wait(jobs[1].id, WAIT_S)) == ("done", 1, 1, 0, 0)


def crash(directory: Path) -> None:
    """Leaves the jobs as a process does that is killed while it works on them."""
    with sqlite3.connect(directory / "jobs.db") as db:
        db.execute("UPDATE jobs SET state = 'running', attempts = attempts + 1")
    db.close()


def test_a_job_that_ended_the_process_twice_fails_and_can_be_retried(
    make: Make, tmp_path: Path
) -> None:
    dead = make(Recorder(), start=False)
    job = dead.submit("c", [TEXT])
    crash(tmp_path)
    crash(tmp_path)
    run = Recorder()
    queue = make(run)
    failed = queue.wait(job.id, WAIT_S)
    assert (failed.state, failed.error, run.ran) == ("failed", worker.CRASHED, [])
    assert spooled(tmp_path) == [job.id]
    queue.retry(job.id)
    assert queue.wait(job.id, WAIT_S).state == "done"


def test_a_failed_job_that_is_retried_brings_nothing_back_that_later_jobs_have_replaced(
    make: Make, tmp_path: Path
) -> None:
    ran: list[list[str]] = []

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        failures: list[Failure] = []
        seen: list[str] = []
        for source in documents(sources, expand):
            try:
                id_ = source.identify()[0]
                sources.admit(id_)
                seen.append(id_)
            except DocumentRejected as reason:
                failures.append(Failure(source.name, reason.code, reason.message, source.kind))
        ran.append(seen)
        return IngestReport(indexed=len(seen), failures=tuple(failures))

    dead = make(run, start=False)
    older = dead.submit("c", [TEXT, record("b", "old")])
    crash(tmp_path)
    crash(tmp_path)
    queue = make(run)
    assert queue.wait(older.id, WAIT_S).state == "failed"
    newer = queue.submit("c", [record("a", "new")])
    assert queue.wait(newer.id, WAIT_S).state == "done"
    queue.retry(older.id)

    done = ended(queue, older.id)
    assert ran == [["a"], ["b"]]
    assert [failure.code for failure in done.failures] == ["superseded"]


def test_attempts_count_from_the_last_document_that_was_indexed(make: Make, tmp_path: Path) -> None:
    seen: list[int] = []

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        seen.append(queue._store.table.attempts(job.id))
        progress(IngestReport(indexed=1))
        seen.append(queue._store.table.attempts(job.id))
        return IngestReport(indexed=1)

    queue = make(run, start=False)
    job = queue.submit("c", [TEXT])
    crash(tmp_path)
    queue.start()
    ended(queue, job.id)
    assert seen == [2, 1]


class PanicException(BaseException):
    """As pyo3 raises where Rust panics."""


PanicException.__module__ = "pyo3_runtime"


@pytest.mark.parametrize(("part", "where"), [("_runner", "_run"), ("_worker", "_take_over")])
def test_the_worker_survives_a_panic(
    make: Make, monkeypatch: pytest.MonkeyPatch, part: str, where: str
) -> None:
    monkeypatch.setattr(worker, "STUMBLED_S", 0.01)
    left = [1]
    queue = make(Recorder(), start=False)
    owner = getattr(queue, part)
    real = getattr(owner, where)

    def panicking(*arguments: object) -> object:
        if left:
            left.pop()
            raise PanicException("index out of bounds")
        return real(*arguments)

    monkeypatch.setattr(owner, where, panicking)
    jobs = [queue.submit("c", [TEXT]) for _ in range(2)]
    queue.start()
    assert queue.wait(jobs[1].id, WAIT_S).state == "done"
    assert queue.health().trouble is None


def test_a_queue_that_is_not_worked_says_so(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(worker, "STUMBLED_S", 0.01)
    queue = make(Recorder())
    assert queue.health().trouble is None
    for left in tmp_path.glob("jobs.db*"):
        left.write_bytes(b"garbage" * 2_000)
    until(lambda: queue.health().trouble is not None)
    assert queue._worker._thread.is_alive()
    queue.close(WAIT_S)

    # As if its thread had just died.
    monkeypatch.setattr(queue._worker, "_stopping", threading.Event())
    assert queue.health().trouble == "Jobs are not worked; restart the service."


def test_a_damaged_job_table_names_its_remedy_and_is_made_anew_from_the_uploads(
    make: Make, tmp_path: Path
) -> None:
    lost = make(Recorder(), start=False)
    jobs = [lost.submit(f"c{n}", [TEXT]) for n in range(3)]
    for left in tmp_path.glob("jobs.db*"):
        left.write_bytes(b"garbage" * 2_000)
    with pytest.raises(StoreCorrupted, match=r"jobs\.db can't be read .* Move it"):
        make(Recorder())
    for left in tmp_path.glob("jobs.db*"):
        left.unlink()
    run = Recorder()
    again = make(run)
    assert [again.wait(job.id, WAIT_S).state for job in jobs] == ["done"] * 3
    assert sorted(collection for collection, _ in run.ran) == ["c0", "c1", "c2"]


@pytest.mark.parametrize("status", ["{", "[]", "{}", b"\xff\xfe", '{"failures": [{"a": 1}]}'])
def test_one_damaged_row_does_not_stall_the_queue(
    make: Make, tmp_path: Path, status: str | bytes
) -> None:
    queue = make(Recorder(), start=False)
    bad, good = queue.submit("bad", [TEXT]), queue.submit("good", [TEXT])
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute("UPDATE jobs SET status = ? WHERE id = ?", (status, bad.id))
    db.close()
    queue.start()
    for job in (bad, good):
        assert account(queue.wait(job.id, WAIT_S)) == ("done", 1, 1, 0, 0)


def test_a_clock_that_steps_back_does_not_change_the_order_of_jobs(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Recorder()
    queue = make(run, start=False)
    older = queue.submit("c", [record("older")])
    monkeypatch.setattr(queue_module, "now", lambda: "1999-12-31T00:00:00.000+00:00")
    newer = queue.submit("c", [record("newer")])
    queue.start()
    for job in (older, newer):
        assert queue.wait(job.id, WAIT_S).state == "done"
    assert run.ran == [("c", ["older"]), ("c", ["newer"])]


def test_a_job_that_runs_when_its_collection_is_removed_does_not_bring_it_back(
    make: Make, tmp_path: Path
) -> None:
    began, dropped = threading.Event(), threading.Event()

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        began.set()
        assert dropped.wait(WAIT_S)
        raise RemoteUnavailable("gone for a moment")

    queue = make(run)
    job = queue.submit("c", [TEXT])
    assert began.wait(WAIT_S)
    queue.cancel("c")
    dropped.set()
    queue.close(WAIT_S)
    ended = queue.status(job.id)
    assert (ended.state, ended.error) == ("failed", queue_module.DROPPED)
    assert spooled(tmp_path) == []


def test_a_job_that_outlasts_the_grace_is_left_to_the_next_start(
    make: Make, tmp_path: Path
) -> None:
    began, closed = threading.Event(), threading.Event()

    def slow(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        began.set()
        assert closed.wait(WAIT_S)
        raise NotFound("collection c was closed")

    first = make(slow)
    job = first.submit("c", [TEXT])
    assert began.wait(WAIT_S)
    first.close(0.0)
    closed.set()
    first._worker._thread.join(WAIT_S)
    assert account(first.status(job.id)) == ("queued", 0, 0, 0, 0)
    assert spooled(tmp_path) == [job.id]
    assert make(Recorder()).wait(job.id, WAIT_S).state == "done"


def test_jobs_of_a_collection_that_is_removed_are_cancelled(make: Make, tmp_path: Path) -> None:
    run = Recorder()
    queue = make(run, start=False)
    gone, kept = queue.submit("gone", [TEXT]), queue.submit("kept", [TEXT])
    queue.cancel("gone")
    assert spooled(tmp_path) == [kept.id]
    queue.start()
    assert queue.wait(kept.id, WAIT_S).state == "done"
    assert queue.status(gone.id).state == "failed"
    assert queue.status(gone.id).error == queue_module.DROPPED
    assert [collection for collection, _ in run.ran] == ["kept"]


def test_a_running_job_ends_soon_after_its_collection_was_removed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SAVE_S", 0.0)
    began, ended = threading.Event(), threading.Event()

    def endless(_: str, __: object, progress: Progress) -> IngestReport:
        try:
            while True:
                progress(IngestReport(skipped=1))
                began.set()
        finally:
            ended.set()

    queue, elsewhere = make(endless), make(Recorder(), start=False)
    job = queue.submit("c", [TEXT])
    assert began.wait(WAIT_S)
    elsewhere.cancel("c")  # in another process, say

    assert ended.wait(WAIT_S)
    assert queue.status(job.id).error == queue_module.DROPPED
    queue._runner._run = Recorder()
    assert queue.wait(queue.submit("c", [TEXT]).id, WAIT_S).state == "done"


def test_waiting_reads_no_failures_until_the_job_has_ended(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    failures = tuple(Failure(f"line {n}", "empty", "x" * 100, "file") for n in range(1_000))

    def run(_: str, __: object, progress: Progress) -> IngestReport:
        assert go_on.wait(WAIT_S)
        return IngestReport(failures=failures, unlisted=79_000)

    queue = make(run)
    job = queue.submit("c", [TEXT])
    looked: list[str] = []
    status = queue._store.table.status
    monkeypatch.setattr(queue._store.table, "status", lambda id_: looked.append(id_) or status(id_))

    assert queue.wait(job.id, 0.5).state in ("queued", "running")
    assert len(looked) == 1
    threading.Timer(0.2, go_on.set).start()
    done = queue.wait(job.id, 3_600.0)  # which it does not take
    assert (done.state, done.received, len(done.failures)) == ("done", 80_000, 1_000)
    assert done.unlisted == 79_000
    assert len(looked) == 2


def test_a_job_whose_uploads_are_lost_fails(make: Make, tmp_path: Path) -> None:
    queue = make(Recorder(), start=False)
    job = queue.submit("c", [TEXT])
    shutil.rmtree(tmp_path / "jobs.spool" / job.id)
    queue.start()
    failed = queue.wait(job.id, WAIT_S)
    assert failed.state == "failed"
    assert failed.error is not None
    assert str(tmp_path) not in failed.error


def test_too_many_waiting_jobs_are_refused_and_leave_nothing(make: Make, tmp_path: Path) -> None:
    queue = make(Recorder(), max_waiting=2, start=False)
    jobs = [queue.submit("c", [TEXT]) for _ in range(2)]
    with pytest.raises(Overloaded):
        queue.submit("c", [TEXT])
    assert spooled(tmp_path) == sorted(job.id for job in jobs)
    queue.start()
    for job in jobs:
        queue.wait(job.id, WAIT_S)
    assert queue.wait(queue.submit("c", [TEXT]).id, WAIT_S).state == "done"


def test_a_collection_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    def prepare(name: str) -> None:
        raise FingerprintMismatch("no")

    queue = JobQueue(tmp_path, prepare=prepare, run=Recorder(), max_waiting=1)
    with pytest.raises(FingerprintMismatch):
        queue.submit("c", [TEXT])
    assert not (tmp_path / "jobs.spool").exists()


def test_an_upload_that_cannot_be_kept_is_not_acknowledged(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    queue = make(Recorder(), start=False)
    monkeypatch.setattr("ingest.jobs.spool.write_bytes", full)
    with pytest.raises(StoreUnwritable, match="Make room"):
        queue.submit("c", [TEXT])
    assert spooled(tmp_path) == []
    assert queue.kept() == []


def test_an_unknown_job_is_not_found(make: Make) -> None:
    with pytest.raises(NotFound, match="no job"):
        make(Recorder()).status("unknown")


def test_waiting_ends_with_the_state_so_far(make: Make) -> None:
    queue = make(Recorder(), start=False)
    job = queue.submit("c", [TEXT])
    assert queue.wait(job.id, 0.0).state == "queued"
    queue.close(0.0)
    assert queue.wait(job.id, 3_600.0).state == "queued"  # nobody works on it any more


def test_the_status_of_old_jobs_is_forgotten(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "KEPT_JOBS", 2)
    queue = make(Recorder())
    jobs = [queue.submit("c", [TEXT]) for _ in range(4)]
    for job in jobs[-2:]:
        assert queue.wait(job.id, WAIT_S).state == "done"
    queue.close(WAIT_S)
    with pytest.raises(NotFound):
        queue.status(jobs[0].id)
    assert queue.status(jobs[-1].id).state == "done"


def test_progress_is_written_down_while_a_job_runs(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SAVE_S", 0.0)
    told, seen = threading.Event(), threading.Event()

    def run(collection: str, sources: JobSources, progress: Progress) -> IngestReport:
        progress(IngestReport(indexed=5))
        told.set()
        assert seen.wait(WAIT_S)
        return IngestReport(indexed=6)

    queue = make(run)
    job = queue.submit("c", [TEXT])
    assert told.wait(WAIT_S)
    assert account(queue.status(job.id)) == ("running", 5, 5, 0, 0)
    seen.set()
    assert account(queue.wait(job.id, WAIT_S)) == ("done", 6, 6, 0, 0)


def spool_job(id_: str) -> JobStatus:
    return JobStatus(id_, "c", "queued", 0, 0, 0, (), "2026-01-01", "2026-01-01")


# --- the spool -----------------------------------------------------------------------------------


def test_uploads_come_back_as_they_went_in(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    uploads = [
        Upload("a.md", b"\x00\xff", "file"),
        Upload("half \ud800", {"text": "中文", "metadata": {"l": [True, None, 1.5]}}, "record"),
        Upload("../../escape", b"", "file"),
        Upload("no document", ["at all"], "record"),
    ]
    spool.write(spool_job("job"), uploads)
    kept = [
        replace(upload, content=upload.content.read_bytes())
        if isinstance(upload.content, Path)
        else upload
        for upload in spool.read("job")
    ]
    assert kept == uploads
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["0", "2", "job", "manifest.json"]
    spool.remove("job")
    spool.remove("job")
    assert list(tmp_path.iterdir()) == []


def test_uploads_that_cannot_be_kept_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        Spool(tmp_path).write(
            spool_job("job"), [Upload("a", {"text": b"bytes are no JSON"}, "record")]
        )
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_process_left_unfinished_is_swept_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    (tmp_path / "half.new").mkdir()
    for job in ("ended", "waiting"):
        spool.write(spool_job(job), [TEXT])
    spool.sweep(keep={"waiting"})
    assert len(list(tmp_path.iterdir())) == 3  # another process may be at them right now
    later = (tmp_path / "waiting").stat().st_mtime + ABANDONED_S + 1
    monkeypatch.setattr("ingest.jobs.spool.time.time", lambda: later)
    spool.sweep(keep={"waiting"})
    assert [path.name for path in tmp_path.iterdir()] == ["waiting"]
