"""Progress of an ingestion: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest import pipeline
from ingest.report import IngestReport

SECONDS_PER_LINE: Final = 5.0
"""How often a line is written where there is no terminal."""


@contextmanager
def ingest_progress(console: Console, *, total: int) -> Iterator[pipeline.Progress]:
    """Yields what `ingest.pipeline.Ingestion` is to call after each document."""
    if not console.is_terminal:
        yield _PlainLines(console, total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("ingesting", total=total)
        yield lambda report: bar.update(task, completed=report.received)


class _PlainLines:
    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._told = time.monotonic()

    def __call__(self, report: IngestReport) -> None:
        now = time.monotonic()
        if now - self._told >= SECONDS_PER_LINE:
            self._told = now
            self._console.print(f"{report.received} of {self._total}: {report.summary()}")
