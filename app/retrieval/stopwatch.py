"""Milliseconds by stage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Collects the time of named stages; stages may overlap in several threads."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what happens within; a stage entered twice counts both times."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - started) * 1_000
            self._stages[name] = self._stages.get(name, 0.0) + spent

    def timings_ms(self) -> Mapping[str, float]:
        """Every stage so far, and ``total`` since the watch was made."""
        total = (time.perf_counter() - self._started) * 1_000
        return {name: round(ms, 3) for name, ms in (self._stages | {"total": total}).items()}
