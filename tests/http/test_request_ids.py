"""The id of a request: on the way out, and in what its work logs, in whatever thread."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from io import StringIO

import pytest

from app.domain.documents import Vectors
from app.domain.questions import Turn
from app.fakes import FakeGenerator
from app.models.streaming import streamed
from app.observing.requests import RequestThreads, current_request_id, serving
from tests.http.world import HARBOUR, MakeWorld, World

NOTES = "/v1/collections/notes"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"
MODEL = logging.getLogger("a.model")


class Loud(FakeGenerator):
    """Says in the log that it was asked, from a thread of its own."""

    def stream(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[str]:
        def produce(put: Callable[[str], None], _: Callable[[], bool]) -> None:
            MODEL.warning("asked in %s", threading.current_thread().name)
            for word in super(Loud, self).stream(turns, max_tokens=max_tokens):
                put(word)

        return streamed(produce, name="generate", stop=stop)


@pytest.fixture
def world(make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch) -> World:
    world = make_world(generator=Loud(f"{HARBOUR} [1]"))
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    embed = world.embedder.embed_passages

    def loudly(texts: Sequence[str]) -> Vectors:
        MODEL.warning("embeds in %s", threading.current_thread().name)
        return embed(texts)

    monkeypatch.setattr(world.embedder, "embed_passages", loudly)
    return world


def threads_of(log: StringIO, request_id: str, what: str) -> set[str]:
    """Names of the threads, without numbers, in which a model said this for the request."""
    line = rf"WARNING a\.model \[{re.escape(request_id)}\]: {what} in ([a-z-]+)"
    return set(re.findall(line, log.getvalue()))


def test_a_route_that_fails_in_its_thread_logs_for_its_request(
    world: World, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Sequence[str]) -> Vectors:
        MODEL.warning("fails in %s", threading.current_thread().name)
        raise RuntimeError("away")

    monkeypatch.setattr(world.embedder, "embed_queries", fails)
    for request_id in ("first", "second"):
        answer = world.client.post(
            f"{NOTES}/search",
            # The last route runs in the thread of the request, the others in threads of their own.
            json={"query": "tower", "routes": ["dense", "bm25"]},
            headers={"X-Request-ID": request_id},
        )
        assert answer.headers["x-request-id"] == request_id
        assert len(answer.json()["degraded"]) == 1

        (thread,) = threads_of(log, request_id, "fails")
        assert thread.startswith("recall")
        failed = f"ERROR app.retrieval.recall.running [{request_id}]: route dense failed\n"
        assert failed in log.getvalue()


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_logs_for_its_request_wherever_it_is_made(
    world: World, log: StringIO, *, stream: bool
) -> None:
    body = {"query": "When was the lighthouse of Ardmore lit?", "stream": stream}
    world.client.post(f"{NOTES}/answer", json=body, headers={"X-Request-ID": "asks"}).read()

    assert threads_of(log, "asks", "asked") == {"generate"}
    assert any(name.startswith("answer") for name in threads_of(log, "asks", "embeds"))


def test_a_job_logs_for_the_request_that_brought_it(world: World, log: StringIO) -> None:
    done = world.client.post(
        f"{NOTES}/documents?wait=true",
        json={"documents": [{"id": "b", "text": "x"}]},
        headers={"X-Request-ID": "brings"},
    )
    world.client.get(f"/v1/jobs/{done.json()['job_id']}", headers={"X-Request-ID": "looks"})

    assert threads_of(log, "brings", "embeds") == {"ingest-jobs"}
    assert world.queue.status(done.json()["job_id"]).request_id == "brings"


def test_an_id_is_made_where_none_is_sent_and_no_line_is_without(
    world: World, log: StringIO
) -> None:
    made = {
        world.client.get("/v1/collections/none/documents").headers["x-request-id"],
        world.client.post(f"{NOTES}/search", json={"query": ""}).headers["x-request-id"],
        world.client.get("/nowhere").headers["x-request-id"],
    }

    assert len(made) == 3
    ours = [line for line in log.getvalue().splitlines() if re.match(rf"{TIME} [A-Z]+ app\.", line)]
    assert len(ours) == 3
    assert {re.findall(r"\[(.+?)\]", line)[0] for line in ours} == made


def test_outside_of_requests_a_line_names_none(log: StringIO) -> None:
    MODEL.warning("on its own")

    assert re.fullmatch(rf"{TIME} WARNING a\.model: on its own\n", log.getvalue())


def test_a_thread_works_for_whoever_handed_the_work_in() -> None:
    with RequestThreads(1) as threads:
        with serving("first"):
            first = threads.submit(current_request_id)
        second = threads.submit(current_request_id)

    assert (first.result(), second.result()) == ("first", "")
