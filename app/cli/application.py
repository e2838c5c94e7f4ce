"""The application that a command works with, opened for it and closed after it."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.terminal import load_settings
from app.observing.stages import StageObserver, unobserved
from app.settings import Settings

if TYPE_CHECKING:
    from app.main import Application


@contextmanager
def application(
    settings: Settings | None = None, *, on_ingest_stage: StageObserver = unobserved
) -> Iterator[Application]:
    """The application with ``settings``, or else with those that are in force here.

    ``on_ingest_stage`` is told of each stage of what is ingested in the background.
    """
    from app.main import Application

    app = Application(settings or load_settings(), on_ingest_stage=on_ingest_stage)
    try:
        yield app
    finally:
        app.close()
