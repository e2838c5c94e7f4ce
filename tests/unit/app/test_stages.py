from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.observing.stages import Stages


class Clock:
    """Moves on by ``step`` seconds each time it is read."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def test_a_stage_entered_twice_counts_both_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.observing.stages.time.perf_counter", Clock(1.0))
    stages = Stages()  # made at 1 s
    with stages.stage("a"):  # 2 s to 3 s
        pass
    with stages.stage("a"), stages.stage("b"):  # a from 4 s to 7 s, b from 5 s to 6 s
        pass
    assert stages.timings_s() == {"a": 4.0, "b": 1.0}
    assert stages.timings_ms() == {"a": 4_000.0, "b": 1_000.0, "total": 7_000.0}


def test_a_stage_that_fails_is_timed_too() -> None:
    stages = Stages()
    with pytest.raises(ValueError, match="x"), stages.stage("a"):
        raise ValueError("x")
    assert "a" in stages.timings_ms()


def test_whoever_observes_is_told_of_each_time_a_stage_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.observing.stages.time.perf_counter", Clock(1.0))
    told: list[tuple[str, float]] = []
    stages = Stages(lambda stage, seconds: told.append((stage, seconds)))
    for name in ("a", "b", "a"):
        with stages.stage(name):
            pass
    assert told == [("a", 1.0), ("b", 1.0), ("a", 1.0)]


def test_no_time_is_lost_where_threads_end_the_same_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads, times = 8, 500
    stages, together = Stages(), threading.Barrier(threads)
    clock = threading.local()

    def step() -> float:
        clock.now = getattr(clock, "now", 0.0) + 1.0
        return float(clock.now)

    monkeypatch.setattr("app.observing.stages.time.perf_counter", step)

    def work() -> None:
        together.wait(30)
        for _ in range(times):
            with stages.stage("a"):
                pass

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result(30)

    assert stages.timings_s() == {"a": float(threads * times)}
