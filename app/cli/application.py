"""The application that a command works with, opened for it and closed after it."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.terminal import load_settings
from app.observing.stages import IngestObserver
from app.settings import Settings

if TYPE_CHECKING:
    from app.main import Application


@contextmanager
def application(
    settings: Settings | None = None, *, observer: IngestObserver | None = None
) -> Iterator[Application]:
    """The application with ``settings``, or else with those that are in force here.

    ``observer`` is told of what is ingested in the background.
    """
    from app.main import Application

    app = Application(settings or load_settings(), observer=observer)
    try:
        yield app
    finally:
        app.close()
