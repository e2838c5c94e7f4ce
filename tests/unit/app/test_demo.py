"""``rag demo`` without a process: what it makes of how its steps end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from rich.console import Console

from app.cli import demo
from app.cli.demo import DemoFailed
from app.settings import Settings

Show = Callable[..., str]

TEXT = "Cats purr at night."
DRAFTED = (
    "Cats purr at night. [1]\n"
    "0.42 not needed: Dogs bark. (similarity 0.1)\n"
    "draft: Cats bark. — “bark” is not in the statement it rests on\n"
)
CITATION = {"n": 1, "document_id": "a.md", "span": [0, len(TEXT)], "quote": TEXT}


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Runs the demo after an ingestion that ended so and left these documents; what it prints."""

    def ran(code: int, *documents: str) -> str:
        def answer(request: httpx2.Request) -> httpx2.Response:
            match request.url.path.rpartition("/")[2]:
                case "documents":
                    return httpx2.Response(200, json={"items": [{"title": n} for n in documents]})
                case "answer":
                    said = {"answer": TEXT, "mode": "extractive", "citations": [CITATION]}
                    return httpx2.Response(200, json=said)
            return httpx2.Response(200, json={"text": TEXT})

        @contextmanager
        def server(_: object) -> Iterator[httpx2.Client]:
            transport = httpx2.MockTransport(answer)
            with httpx2.Client(transport=transport, base_url="http://demo") as client:
                yield client

        monkeypatch.setattr(demo, "_server", server)

        def command(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
            if "ask" in words:
                return subprocess.CompletedProcess(words, 0, DRAFTED, "")
            return subprocess.CompletedProcess(words, code)

        monkeypatch.setattr(demo.subprocess, "run", command)
        console = Console(record=True, width=200)
        demo.run_demo(Path("docs"), questions=(), settings=Settings(), console=console)
        return console.export_text()

    return ran


def test_the_chain_is_shown_once_with_the_local_model_and_without_what_was_only_judged(
    show: Show,
) -> None:
    shown = show(0, "Cats")
    assert "draft: Cats bark. — “bark” is not in the statement it rests on" in shown
    assert "not needed" not in shown


@pytest.mark.parametrize("code", [0, 1], ids=["all are indexed", "some are not"])
def test_what_was_ingested_is_asked(show: Show, code: int) -> None:
    assert TEXT in show(code, "Cats")


def test_an_ingestion_that_could_not_run_ends_the_demo(show: Show) -> None:
    with pytest.raises(DemoFailed, match="failed with code 3"):
        show(3, "Cats")


def test_nothing_ingested_is_nothing_to_show(show: Show) -> None:
    with pytest.raises(DemoFailed, match="nothing below docs could be ingested"):
        show(1)
