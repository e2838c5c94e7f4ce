"""Writers of several processes take turns, and searches leave a writer of much its work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from app.conformance.documents import FINGERPRINT, X, document, ids
from app.stores.local.locks.writer_lock import WriterLock
from tests.unit.app.stores import WAIT_S, Open, SpaceAnalyzer, opening


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


def locks(directory: Path) -> tuple[WriterLock, WriterLock]:
    """As two processes have them."""
    first, second = (WriterLock("a", directory, timeout_s=WAIT_S) for _ in range(2))
    return first, second


def wait_until_held(file: Path) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            FileLock(file).acquire(timeout=0).lock.release()
        except Timeout:
            return
        time.sleep(0.001)
    pytest.fail(f"nobody holds {file.name}")


def test_a_writer_that_waits_is_next_however_soon_the_last_one_asks_again(tmp_path: Path) -> None:
    greedy, patient = locks(tmp_path)
    turns: list[str] = []

    def wait_for_a_turn() -> None:
        with patient.held():
            turns.append("patient")

    with ThreadPoolExecutor(1) as thread:
        with greedy.held():
            waiting = thread.submit(wait_for_a_turn)
            wait_until_held(tmp_path / "next_writer.lock")
        with greedy.held():
            turns.append("greedy")
        waiting.result(WAIT_S)
    assert turns == ["patient", "greedy"]


def test_who_holds_the_lock_takes_it_again_while_others_wait(tmp_path: Path) -> None:
    mine, other = locks(tmp_path)
    ended = threading.Event()

    def wait_for_a_turn() -> None:
        with other.held():
            ended.set()

    with ThreadPoolExecutor(1) as thread:
        with mine.held():
            waiting = thread.submit(wait_for_a_turn)
            wait_until_held(tmp_path / "next_writer.lock")
            with mine.held():
                assert not ended.is_set()
        waiting.result(WAIT_S)
    assert ended.is_set()


def test_a_bulk_write_is_told_of_until_it_ends_or_fails(tmp_path: Path) -> None:
    mine, other = locks(tmp_path)
    assert not other.is_bulk()
    with mine.told_of_bulk(), other.told_of_bulk():
        assert mine.is_bulk()
        assert other.is_bulk()
    with pytest.raises(KeyboardInterrupt), mine.told_of_bulk():
        raise KeyboardInterrupt
    assert not other.is_bulk()


def test_a_search_commits_nothing_for_a_bulk_write_that_goes_on(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = open_store().create("a", FINGERPRINT), open_store().open("a")
    writer.put([document("before", ["word"], [X])])
    follow, followed = reader._lexical.follow, []
    monkeypatch.setattr(reader._lexical, "follow", lambda: followed.append(follow()))
    with writer.bulk():
        writer.put([document("within", ["word"], [X])])
        assert ids(reader.search_lexical(["word"], limit=5)) == ["before#0"]
        assert ids(reader.search_dense(X, limit=5)) == ["before#0", "within#0"]
    assert ids(reader.search_lexical(["word"], limit=5)) == ["before#0", "within#0"]
    assert followed == []
    # What a writer leaves that died is taken in by whoever searches next.
    writer._catalog.put([document("left", ["word"], [X])])
    assert "left#0" in ids(reader.search_lexical(["word"], limit=5))
    assert len(followed) == 1
