"""``rag demo``: the whole service once, as a user would run it, in a directory of its own.

Every step is a real one: files are ingested by ``rag ingest``, the API is served by ``rag serve``
in a process of its own, and questions go over HTTP.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from rich.console import Console

from app.cli.terminal import EXIT_INCOMPLETE
from app.errors import OperatorError
from app.net import free_port
from app.settings import Settings

COLLECTION: Final = "demo"
START_TIMEOUT_S: Final = 120.0
ANSWER_TIMEOUT_S: Final = 120.0
GENERATOR: Final = "bundled:smollm2-135m-instruct"
"""Shown once: it drafts, and what the documents don't bear out is replaced or dropped."""
_JUDGED: Final = re.compile(r"\d\.\d\d (?:chosen|not needed|too improbable|about something else)")
"""Lines of an explanation that are not of the draft."""
HANDBOOK_QUESTIONS: Final = (
    "Why can fusing two rankings lose to BM25 alone?",
    "服务被强行终止之后，怎样保证已确认的文档不丢失？",
)
"""Asked when the handbook is what was ingested."""

Json = Mapping[str, Any]


class DemoFailed(OperatorError):
    """A step did not do what it is there to show."""


def run_demo(
    path: Path, *, questions: tuple[str, ...], settings: Settings, console: Console
) -> None:
    """Ingests ``path``, serves, asks ``questions`` (of its own, where none are given), stops.

    Raises:
        DemoFailed: an answer cites a passage that does not contain what it quotes, or none at all.
    """
    with tempfile.TemporaryDirectory(prefix="attest-demo-") as directory:
        environment = {
            **os.environ,
            "ATTEST_STORE__DIRECTORY": directory,
            "ATTEST_MODELS__CACHE": str(settings.models.cache),
        }
        console.rule("rag ingest")
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "app", "ingest", str(path), "--collection", COLLECTION],
            env=environment,
            check=False,
        )
        if done.returncode not in (0, EXIT_INCOMPLETE):
            raise DemoFailed(f"`rag ingest {path}` failed with code {done.returncode}")
        with _server(environment) as client:
            documents = _documents(client)
            if not documents:
                raise DemoFailed(f"nothing below {path} could be ingested")
            for question in questions or _own_questions(path, documents):
                console.rule(question)
                started = time.perf_counter()
                answer = (
                    client.post(f"/v1/collections/{COLLECTION}/answer", json={"query": question})
                    .raise_for_status()
                    .json()
                )
                _show(answer, time.perf_counter() - started, console)
                _check(client, answer, must_answer=not questions)
        _show_generator(environment, (questions or HANDBOOK_QUESTIONS)[0], console)
    console.rule("done; the server has stopped")


def _show_generator(environment: Mapping[str, str], question: str, console: Console) -> None:
    """The whole chain once with the bundled model: its draft, what was verified, what stands."""
    console.rule(f"rag ask --explain, with {GENERATOR}")
    done = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-m", "app", "ask", question, "--collection", COLLECTION, "--explain"],
        env={**environment, "ATTEST_MODELS__GENERATOR": GENERATOR},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        raise DemoFailed(f"`rag ask` failed with code {done.returncode}:\n{done.stderr[-2_000:]}")
    shown = [line for line in done.stdout.splitlines() if not _JUDGED.match(line)]
    console.print("\n".join(shown), markup=False)


@contextmanager
def _server(environment: Mapping[str, str]) -> Iterator[httpx2.Client]:
    """``rag serve`` on a free port, ready; stopped by SIGTERM."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    log = Path(environment["ATTEST_STORE__DIRECTORY"]) / "server.log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(command, env=dict(environment), stderr=stderr) as server,  # noqa: S603 - as above
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_TIMEOUT_S) as client,
    ):
        try:
            _wait_until_ready(server, client)
            yield client
        except (DemoFailed, httpx2.HTTPError) as error:
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            raise DemoFailed("\n".join([str(error), "the server's last lines:", *last])) from error
        finally:
            server.terminate()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], client: httpx2.Client) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DemoFailed(f"`rag serve` ended with code {server.returncode}")
        try:
            if client.get("/readyz").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            pass  # it does not listen yet
        time.sleep(0.2)
    raise DemoFailed(f"`rag serve` was not ready after {START_TIMEOUT_S:g} s")


def _documents(client: httpx2.Client) -> list[Json]:
    response = client.get(f"/v1/collections/{COLLECTION}/documents").raise_for_status()
    items: list[Json] = response.json()["items"]
    return items


def _own_questions(path: Path, documents: list[Json]) -> tuple[str, ...]:
    if path.resolve().name == "handbook":
        return HANDBOOK_QUESTIONS
    titles = [document["title"] for document in documents if document["title"]]
    return tuple(titles[:2]) or ("What is this about?",)


def _show(answer: Json, seconds: float, console: Console) -> None:
    console.print(answer["answer"] or f"(abstained: {answer.get('reason')})", markup=False)
    console.print(f"— {answer['mode']}, {seconds:.1f} s", style="dim")
    for citation in answer["citations"]:
        start, end = citation["span"]
        console.print(
            f"[{citation['n']}] {citation['document_id']}, characters {start} to {end}:\n"
            f"    “{citation['quote']}”",
            markup=False,
        )


def _check(client: httpx2.Client, answer: Json, *, must_answer: bool) -> None:
    """Each quotation stands in the stored document, where the citation says."""
    if must_answer and not answer["citations"]:
        raise DemoFailed("the answer cites nothing")
    for citation in answer["citations"]:
        url = httpx2.URL(f"/v1/collections/{COLLECTION}/documents/").join(citation["document_id"])
        text = client.get(url).raise_for_status().json()["text"]
        start, end = citation["span"]
        if text[start:end] != citation["quote"]:
            raise DemoFailed(f"citation [{citation['n']}] is not what the document says there")
