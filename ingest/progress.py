"""Progress of an ingestion: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from ingest.report import IngestReport

T = TypeVar("T")

SECONDS_PER_LINE: Final = 5.0
"""How often a line is written where there is no terminal."""


class IngestProgress(Protocol):
    """Told of every document by `ingest.pipeline.Ingestion`, and of every file by `over`."""

    def __call__(self, report: IngestReport) -> None:
        """Shows what has been done so far."""

    def over(self, files: Iterable[T]) -> Iterator[T]:
        """The files, each counted once the next one is asked for: all its documents are done."""


@contextmanager
def ingest_progress(console: Console, *, total: int) -> Iterator[IngestProgress]:
    """Yields the progress of so many files: how many documents they hold, nobody knows before."""
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
        yield _Bar(bar, bar.add_task("ingesting", total=total))


class _Bar:
    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def __call__(self, report: IngestReport) -> None:
        self._bar.update(self._task, description=f"{report.received} documents, files")

    def over(self, files: Iterable[T]) -> Iterator[T]:
        for file in files:
            yield file
            self._bar.advance(self._task)


class _PlainLines:
    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._files = 0
        self._told = time.monotonic()

    def __call__(self, report: IngestReport) -> None:
        now = time.monotonic()
        if now - self._told >= SECONDS_PER_LINE:
            self._told = now
            self._console.print(f"file {self._files} of {self._total}: {report.summary()}")

    def over(self, files: Iterable[T]) -> Iterator[T]:
        for file in files:
            self._files += 1
            yield file
