from __future__ import annotations

import json
import logging
import re
from io import StringIO
from typing import Any

import pytest

from app.observing.logs import LogFormat, LogHandler, event
from app.observing.requests import serving


def logger_to(stream: StringIO, log_format: LogFormat) -> logging.Logger:
    logger = logging.Logger("a.part")  # noqa: LOG001 - of its own, apart from the others
    handler = LogHandler(stream)
    handler.use(log_format)
    logger.addHandler(handler)
    return logger


def test_a_line_of_text_says_when_how_grave_who_and_for_which_request() -> None:
    lines = StringIO()
    with serving("r-1"):
        logger_to(lines, "text").warning("a model is %s", "away", extra=event("away", {"n": 1}))
    written = (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 WARNING a\.part \[r-1\]: a model is away\n"
    )
    assert re.fullmatch(written, lines.getvalue())


def test_a_line_of_json_has_the_fields_of_an_event_one_by_one() -> None:
    lines = StringIO()
    with serving("r-1"):
        logger_to(lines, "json").info("ready: 1 model", extra=event("ready", {"embedder": "e5"}))
    told: dict[str, Any] = json.loads(lines.getvalue())
    assert told.pop("time")
    assert told == {
        "level": "INFO",
        "logger": "a.part",
        "request_id": "r-1",
        "message": "ready",
        "embedder": "e5",
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_error_is_written_with_its_trace(log_format: LogFormat) -> None:
    lines = StringIO()
    try:
        raise RuntimeError("茶")
    except RuntimeError:
        logger_to(lines, log_format).exception("it failed")
    assert "it failed" in lines.getvalue()
    assert "RuntimeError: 茶" in lines.getvalue()
    if log_format == "json":
        assert lines.getvalue().count("\n") == 1
