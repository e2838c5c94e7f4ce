from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.stores.local.locks.shared_lock import SharedLock

WAIT_S = 20.0


def test_readers_hold_it_together() -> None:
    lock, together = SharedLock(), threading.Barrier(3)

    def read(_: int) -> None:
        with lock.shared():
            together.wait(WAIT_S)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(read, range(3)))


def test_a_writer_waits_for_readers_and_goes_before_later_ones() -> None:
    lock, order = SharedLock(), []

    def write() -> None:
        with lock.alone():
            order.append("writer")

    def read() -> None:
        with lock.shared():
            order.append("later reader")

    with ThreadPoolExecutor(2) as threads:
        with lock.shared():
            writing = threads.submit(write)
            deadline = time.monotonic() + WAIT_S
            while not lock._writer and time.monotonic() < deadline:
                time.sleep(0.001)
            reading = threads.submit(read)
            time.sleep(0.02)  # were it let in, it would be by now
            assert order == []
        writing.result(WAIT_S)
        reading.result(WAIT_S)
    assert order == ["writer", "later reader"]


def test_what_raises_within_lets_go() -> None:
    lock = SharedLock()
    for held in (lock.shared, lock.alone):
        with pytest.raises(ValueError, match="within"), held():
            raise ValueError("within")
    with lock.alone():
        pass
