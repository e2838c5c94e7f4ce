"""Time by stage, of one query or one ingestion."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeAlias

StageObserver: TypeAlias = Callable[[str, float], None]
"""``observe(stage, seconds)`` is told of each stage that has ended."""


def unobserved(stage: str, seconds: float) -> None:
    """Default for observers."""


class IngestObserver(Protocol):
    """Counts what is ingested in the background."""

    def ingest_stage(self, stage: str, seconds: float) -> None:
        """Called with each stage of an ingestion that has ended."""

    def job_ended(self, outcome: str) -> None:
        """Called with the state that a job was left in: done, failed, parked, or queued again."""


class Unobserved:
    """Implements `IngestObserver`; counts nothing."""

    def ingest_stage(self, stage: str, seconds: float) -> None:
        """See `IngestObserver.ingest_stage`."""

    def job_ended(self, outcome: str) -> None:
        """See `IngestObserver.job_ended`."""


class Stages:
    """Collects the time of named stages, which may overlap in several threads.

    It is passed to whoever does the work, so it also counts what is done in other threads.
    """

    def __init__(self, observe: StageObserver = unobserved) -> None:
        self._observe = observe
        self._started = time.perf_counter()
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what happens within; a stage entered twice counts both times."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            with self._lock:
                self._seconds[name] = self._seconds.get(name, 0.0) + spent
            self._observe(name, spent)

    def timings_s(self) -> dict[str, float]:
        """Every stage so far, in seconds."""
        with self._lock:
            return {name: round(seconds, 3) for name, seconds in self._seconds.items()}

    def timings_ms(self) -> Mapping[str, float]:
        """Every stage so far, and ``total`` since this was made, in milliseconds."""
        total = time.perf_counter() - self._started
        with self._lock:
            seconds = self._seconds | {"total": total}
        return {name: round(spent * 1_000, 3) for name, spent in seconds.items()}
