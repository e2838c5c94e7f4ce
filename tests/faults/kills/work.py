"""What is killed: work that goes on without end, and says of each operation that it begins and that
it has ended.

Each function is run in a process of its own. ``say`` writes one line to whoever kills it.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, TypeAlias

from app.domain.collections import SelfRetrieval, Tuning
from app.http.edge.server import serve
from app.main import Application
from ingest.pipeline import Ingestion
from ingest.report import IngestReport
from ingest.sources.model import Source
from tests.faults.kills.world import CHUNK_TOKENS, NAME, Place, State, cut, opened, text_of
from tests.unit.ingest.expanding import sources_in

Say: TypeAlias = Callable[[dict[str, Any]], None]
Work: TypeAlias = Callable[[Place, random.Random, int, State, Say], None]
"""``work(place, choose, version, before, say)``: versions from ``version`` on are new."""

DOCUMENTS = 40
"""Few ids, so that documents are replaced and deleted all the time."""
TRIES = 250
"""Looks whether the server has started; it may be killed before."""


def _some(choose: random.Random, most: int) -> list[str]:
    return [f"doc{n}" for n in choose.sample(range(DOCUMENTS), choose.randrange(1, most + 1))]


def _records(versions: State) -> list[Source]:
    lines = [json.dumps({"id": id_, "text": text_of(id_, v)}) for id_, v in versions.items()]
    return sources_in("many.jsonl", "\n".join(lines).encode())


def write(place: Place, choose: random.Random, version: int, _: State, say: Say) -> None:
    """Puts and deletes, several in one bulk write."""
    with opened(place) as app:
        collection = app.store.create(NAME, app.indexer.fingerprint)
        while True:
            with collection.bulk():
                for _ in range(choose.randrange(1, 8)):
                    version += 1
                    ids = _some(choose, 5)
                    if choose.random() < 0.3:
                        say({"begin": "delete", "ids": ids})
                        collection.delete(ids)
                    else:
                        put = dict.fromkeys(ids, version)
                        say({"begin": "put", "put": put})
                        collection.put(cut(app, put))
                    say({"end": True})


def ingest(place: Place, choose: random.Random, version: int, _: State, say: Say) -> None:
    """Ingests twenty documents after twenty others, in batches, as `rag ingest` does."""
    with opened(place) as app:
        for number in count(version + 1):
            put = dict.fromkeys(_some(choose, 20), number)
            say({"begin": "ingest", "put": put})

            def progress(report: IngestReport) -> None:
                say({"so_far": report.indexed})

            app.ingest(NAME, _records(put), progress)
            say({"end": True})


def prune(place: Place, choose: random.Random, version: int, before: State, say: Say) -> None:
    """Ingests what is left of a folder and deletes what is gone from it."""
    state = dict(before)
    with opened(place) as app:
        collection = app.store.create(NAME, app.indexer.fingerprint)
        for number in count(version + 1):
            put = dict.fromkeys(_some(choose, 12), number)
            say({"begin": "prune", "put": put, "gone": sorted(state.keys() - put.keys())})
            run = Ingestion(collection, app.indexer, load=app.loader.load, batch_chunks=12)
            run.run(_records(put), prune=("doc",))
            state = put
            say({"end": True})


def rebuild(place: Place, _: random.Random, __: int, ___: State, say: Say) -> None:
    """Cuts every text anew, with another size of chunks each time."""
    for number in count():
        tokens = CHUNK_TOKENS[(number + 1) % 2]
        with opened(place, chunk_tokens=tokens) as app:
            if NAME not in app.store.names():
                say({"idle": True})
                return
            say({"begin": "rebuild"})
            app.rebuild(NAME)
            say({"end": True})


def tune(place: Place, _: random.Random, __: int, ___: State, say: Say) -> None:
    """Keeps other settings with the collection each time."""
    with opened(place) as app:
        collection = app.store.create(NAME, app.indexer.fingerprint)
        for number in count(1):
            tuning = Tuning(
                {"depth": number}, {"queries": 1}, collection.fingerprint, "none", {}, "2020-01-01"
            )
            say({"begin": "tune"})
            collection.tune(tuning)
            collection.keep_self_retrieval(SelfRetrieval({}, collection.stats().chunks))
            say({"end": True})


def restore(place: Place, choose: random.Random, version: int, _: State, say: Say) -> None:
    """Copies a collection to a file, drops it, writes another of its name, brings it back."""
    with opened(place) as app:
        collection = app.store.create(NAME, app.indexer.fingerprint)
        for number in count(version + 1):
            put = dict.fromkeys(_some(choose, 8), number)
            say({"begin": "put", "put": put})
            collection.put(cut(app, put))
            say({"end": True})
            place.snapshot.unlink(missing_ok=True)
            say({"begin": "snapshot"})
            app.store.snapshot(NAME, place.snapshot)
            say({"end": "snapshot"})
            if choose.random() < 0.5:
                other = app.store.create("other", app.indexer.fingerprint)
                other.put(cut(app, put))
                app.store.drop("other")
            say({"begin": "drop"})
            app.store.drop(NAME)
            say({"end": True})
            say({"begin": "restore"})
            collection = app.store.restore(place.snapshot, NAME)
            say({"end": True})


def drop(place: Place, choose: random.Random, version: int, _: State, say: Say) -> None:
    """Fills and drops one collection over and over."""
    with opened(place) as app:
        for number in count(version + 1):
            collection = app.store.create(NAME, app.indexer.fingerprint)
            put = dict.fromkeys(_some(choose, 10), number)
            say({"begin": "put", "put": put})
            collection.put(cut(app, put))
            say({"end": True})
            if choose.random() < 0.7:
                say({"begin": "drop"})
                app.store.drop(NAME)
                say({"end": True})


def drain(place: Place, _: random.Random, __: int, ___: State, say: Say) -> None:
    """Works off what a killed server has accepted."""
    with opened(place) as app:
        say({"begin": "drain"})
        work_off(app)
        say({"end": True})


def work_off(app: Application) -> None:
    """Does every accepted job; those that were killed too often are asked for again.

    Raises:
        AssertionError: a job failed for another reason than that its collection is gone.
    """
    app.jobs.start()
    for _ in range(3):
        for job in app.jobs.kept():
            if job.state == "failed" and "rag jobs retry" in (job.error or ""):
                app.jobs.retry(job.id)
        while waiting := [j for j in app.jobs.kept() if j.state in ("queued", "running")]:
            app.jobs.wait(waiting[0].id, 5.0)
    left = [(job.state, job.error) for job in app.jobs.kept()]
    assert not left, f"jobs are left: {left}"


# --- over HTTP -----------------------------------------------------------------------------------


def serving(place: Place, _: random.Random, __: int, ___: State, say: Say) -> None:
    """The server itself; `client` is what speaks to it."""
    with opened(place) as app:
        serve(app.start_service, app.settings, on_close=app.stop_jobs)


class _Client:
    """Knows one server, and JSON."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and body. Raises `OSError` and `http.client.HTTPException`."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            content, headers = None, {}
            if isinstance(body, bytes):
                content, headers = body, {"Content-Type": "multipart/form-data; boundary=x"}
            elif body is not None:
                content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        """Waits for a server that is about to start, until it answers or is given up."""
        for _ in range(TRIES):
            with suppress(OSError):
                if self("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.02)


def client(place: Place, choose: random.Random, version: int, before: State, say: Say) -> None:
    """Uploads as JSON and as files, waits or does not, deletes, drops, until nobody answers.

    What waits to be indexed is deleted and dropped like all else.
    """
    call = _Client(place.port)
    call.wait_until_ready()
    state, jobs = dict(before), []
    path = f"/v1/collections/{NAME}"
    for number in count(version + 1):
        jobs = [job for job in jobs if call("GET", f"/v1/jobs/{job[0]}")[1]["state"] != "done"]
        chance = choose.random()
        if chance < 0.25 and state:
            id_ = choose.choice(sorted(state))
            say({"begin": "delete", "ids": [id_]})
            status, _ = call("DELETE", f"{path}/documents/{id_}")
            waits = any(id_ in ids for _, ids in jobs)
            assert status == 204 or (status == 404 and waits), status
            del state[id_]
            jobs = [(job, [other for other in ids if other != id_]) for job, ids in jobs]
        elif chance < 0.32 and state:
            say({"begin": "drop"})
            status, _ = call("DELETE", path)
            assert status == 204, status
            state, jobs = {}, []
        else:
            put = dict.fromkeys(_some(choose, 6), number)
            wait = choose.random() < 0.5
            say({"begin": "upload", "put": put})
            status, body = call("POST", f"{path}/documents?wait={wait}", _body(choose, put))
            assert status == (200 if wait else 202), (status, body)
            if wait:
                assert body["indexed"] == len(put), body
            else:
                jobs.append((body["job_id"], list(put)))
            state |= put
        say({"end": True})
        _look(call, path, state, {id_ for _, ids in jobs for id_ in ids})


def _body(choose: random.Random, put: State) -> object:
    if choose.random() < 0.7:
        documents = [{"id": id_, "text": text_of(id_, v)} for id_, v in put.items()]
        return {"documents": documents}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="f"; filename="{id_}"\r\n\r\n'
        f"{text_of(id_, version)}\r\n"
        for id_, version in put.items()
    ]
    return ("".join(parts) + "--x--\r\n").encode()


def _look(call: _Client, path: str, state: State, busy: set[str]) -> None:
    """No document that was deleted, and no version that was replaced, is found any more."""
    status, found = call("POST", f"{path}/search", {"query": "word", "limit": 50})
    if status == 404:
        assert not set(state) - busy
        return
    assert status == 200, found
    for hit in found["hits"]:
        id_ = hit["document_id"]
        if id_ not in busy:
            assert f"version{state.get(id_)} " in hit["text"], (id_, hit["text"], state.get(id_))


WORKS: dict[str, Sequence[Work]] = {
    "write": (write,),
    "ingest": (ingest,),
    "prune": (prune,),
    "rebuild": (rebuild,),
    "tune": (tune,),
    "restore": (restore,),
    "drop": (drop,),
    "http": (client, serving),
    "drain": (drain,),
}
"""The process that speaks, and the one that is killed where it is another."""


ROUND = (
    *("write", "ingest", "http", "rebuild", "prune", "http", "restore"),
    *("drop", "write", "http", "ingest", "rebuild", "tune"),
)
"""Which work is killed after which, over and over."""
