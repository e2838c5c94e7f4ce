from __future__ import annotations

import io

import pytest
from rich.console import Console

from ingest import progress
from ingest.progress import ingest_progress
from ingest.report import IngestReport


def test_plain_lines_count_files_and_their_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_PER_LINE", 0.0)
    out = io.StringIO()
    with ingest_progress(Console(file=out, width=200), total=2) as told:
        for file in told.over(["a.md", "b.zip"]):
            told(IngestReport(indexed=1 if file == "a.md" else 8))
    assert out.getvalue().splitlines() == [
        "file 1 of 2: received 1 = indexed 1 + skipped 0 + failed 0",
        "file 2 of 2: received 8 = indexed 8 + skipped 0 + failed 0",
    ]


def test_a_bar_is_full_when_every_file_is_done() -> None:
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system=None)
    with ingest_progress(console, total=2) as told:
        for _ in told.over(["a.md", "b.zip"]):
            told(IngestReport(indexed=9))
    assert "9 documents, files" in out.getvalue()
    assert "2/2" in out.getvalue()
