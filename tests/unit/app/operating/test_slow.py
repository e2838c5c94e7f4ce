from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest

from app.observing.slow import SlowLog

TIMINGS: Mapping[str, float] = {"bm25": 20.0, "total": 300.0}


def note(slow: SlowLog) -> None:
    slow.note("search", collection="notes", question="sesame", timings_ms=TIMINGS)


def test_what_took_long_is_told_with_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    note(SlowLog(slow_ms=300, with_questions=False))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        'slow search, 300 ms: {"collection": "notes", "timings_ms": {"bm25": 20.0, "total": 300.0}}'
    )


def test_the_question_is_told_where_that_is_allowed(caplog: pytest.LogCaptureFixture) -> None:
    note(SlowLog(slow_ms=300, with_questions=True))
    assert '"question": "sesame"' in caplog.text


@pytest.mark.parametrize("slow_ms", [0, 301])
def test_what_was_quick_is_not_told(caplog: pytest.LogCaptureFixture, slow_ms: float) -> None:
    note(SlowLog(slow_ms=slow_ms, with_questions=True))
    assert caplog.records == []
