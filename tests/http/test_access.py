"""What a key with few rights reaches: nothing of a collection that it gives no right to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from app.access.guarded_store import require
from app.access.keyring import Keyring
from app.access.principal import LOCAL, VERBS, Principal
from app.errors import Forbidden, NoSuchCollection
from app.fakes import FakeGenerator
from tests.http.world import HARBOUR, MakeWorld, World, error_of, events_of

OWNER = Principal("owner", collections=None, verbs=VERBS)
NOBODY = Principal("nobody", collections=frozenset(), verbs=frozenset())
READER = Principal("reader", frozenset({"notes"}), frozenset({"search"}))
WRITER = Principal("writer", frozenset({"notes"}), frozenset({"ingest"}))
STRANGER = Principal("stranger", frozenset({"other"}), VERBS)
PRINCIPALS = (OWNER, NOBODY, READER, WRITER, STRANGER)

ASKED = "When was the lighthouse of Ardmore lit?"
BODIES = {
    "DocumentsRequest": {"documents": [{"id": "b", "text": "secret"}]},
    "SearchRequest": {"query": ASKED},
    "AnswerRequest": {"query": ASKED},
    "ChatCompletionRequest": {"messages": [{"role": "user", "content": ASKED}]},
    "EmbeddingsRequest": {"input": "x"},
    "RerankRequest": {"query": "x", "documents": ["x"]},
}
"""A body of each schema that the routes read; one that is missing here fails its test."""
NO_COLLECTION = ("/healthz", "/readyz", "/metrics", "/v1/embeddings", "/v1/rerank")
"""Routes that tell nothing of any single collection."""


@dataclass
class Reached:
    """The collections that were asked for in a store and its queue."""

    names: list[str] = field(default_factory=list)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    keyring = Keyring({principal.name: principal for principal in PRINCIPALS})
    world = make_world(generator=FakeGenerator(f"{HARBOUR} [1]"), keyring=keyring)
    world.client.headers["X-API-Key"] = OWNER.name
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    world.ingest("other", {"id": "x", "text": "x"})
    return world


@pytest.fixture
def reached(world: World, monkeypatch: pytest.MonkeyPatch) -> Reached:
    found = Reached()

    def noting(owner: object, method: str) -> None:
        original = getattr(owner, method)

        def noted(name: str, *arguments: Any, **options: Any) -> Any:
            found.names.append(name)
            return original(name, *arguments, **options)

        monkeypatch.setattr(owner, method, noted)

    for method in ("open", "open_same", "create", "drop"):
        noting(world.store, method)
    for method in ("submit", "overtake", "cancel"):
        noting(world.queue, method)
    return found


@dataclass(frozen=True)
class Call:
    """A request that fits the schema, but for the names in it."""

    method: str
    path: str
    options: dict[str, Any]

    def send(self, world: World, *, name: str, job_id: str, key: str) -> httpx2.Response:
        path = self.path.format(name=name, job_id=job_id, document_id="h")
        options = dict(self.options)
        if "{name}" not in self.path and "json" in options:
            options["json"] = options["json"] | {"model": name}
        headers = {"X-API-Key": key, "X-Request-ID": "same"}
        return world.client.request(self.method, path, headers=headers, **options)


def calls(world: World) -> Iterator[Call]:
    """Every operation of the schema, in each way in which it takes a body."""
    schema = world.client.get("/openapi.json").json()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            kinds = operation.get("requestBody", {}).get("content", {"": {}})
            for kind, content in kinds.items():
                if kind == "application/json":
                    body = BODIES[content["schema"]["$ref"].rpartition("/")[2]]
                    yield Call(method, path, {"json": body})
                    if "text/event-stream" in operation["responses"]["200"].get("content", {}):
                        yield Call(method, path, {"json": body | {"stream": True}})
                elif kind == "multipart/form-data":
                    yield Call(method, path, {"files": {"f": ("f.txt", b"secret")}})
                else:
                    assert kind == "", kind
                    yield Call(method, path, {})


def job_in(world: World, collection: str) -> str:
    return str(world.ingest(collection, {"id": "h", "text": HARBOUR})["job_id"])


@pytest.mark.parametrize("key", [NOBODY.name, STRANGER.name])
def test_no_route_reaches_a_collection_without_a_right_to_it(
    world: World, reached: Reached, key: str
) -> None:
    job = job_in(world, "notes")
    asked = list(calls(world))
    assert len(asked) >= 15

    for call in asked:
        reached.names.clear()
        there = call.send(world, name="notes", job_id=job, key=key)
        absent = call.send(world, name="absent", job_id="0" * 32, key=key)

        assert "notes" not in reached.names, call
        assert "Ardmore" not in there.text, call
        if call.path not in NO_COLLECTION:
            told = there.text.replace("notes", "absent").replace(job, "0" * 32)
            assert (there.status_code, told) == (absent.status_code, absent.text), call


def test_the_same_requests_reach_it_with_every_right(world: World, reached: Reached) -> None:
    job = job_in(world, "notes")
    asked = [call for call in calls(world) if call.path not in NO_COLLECTION]
    # What is dropped is gone for the others, and what is deleted is no longer read.
    for call in sorted(asked, key=lambda call: (call.method == "delete", -len(call.path))):
        reached.names.clear()
        answer = call.send(world, name="notes", job_id=job, key=OWNER.name)

        assert answer.status_code < 300, (call, answer.text)
        if call.path != "/v1/jobs/{job_id}":
            assert "notes" in reached.names, call


def test_a_listing_has_what_may_be_searched(world: World) -> None:
    def listed(key: str) -> tuple[list[str], list[str]]:
        headers = {"X-API-Key": key}
        items = world.client.get("/v1/collections", headers=headers).json()["items"]
        models = world.client.get("/v1/models", headers=headers).json()["data"]
        return [item["name"] for item in items], [model["id"] for model in models]

    assert listed("owner") == (["notes", "other"], ["notes", "other"])
    assert listed("reader") == (["notes"], ["notes"])
    assert listed("stranger") == (["other"], ["other"])
    assert listed("nobody") == listed("writer") == ([], [])


def test_who_may_search_but_not_change_is_told_so(world: World) -> None:
    headers = {"X-API-Key": READER.name}
    documents = "/v1/collections/notes/documents"
    body = {"documents": [{"id": "b", "text": "x"}]}

    refused = [
        world.client.post(documents, json=body, headers=headers),
        world.client.delete(f"{documents}/h", headers=headers),
        world.client.delete("/v1/collections/notes", headers=headers),
    ]

    assert [(r.status_code, error_of(r)["code"]) for r in refused] == [(403, "forbidden")] * 3
    found = world.client.post(
        "/v1/collections/notes/search", json={"query": "lighthouse"}, headers=headers
    )
    assert [hit["document_id"] for hit in found.json()["hits"]] == ["h"]
    held = world.client.get(documents, headers=headers).json()["items"]
    assert [item["id"] for item in held] == ["h"]


def test_who_may_only_ingest_follows_the_jobs_and_reads_nothing(world: World) -> None:
    headers = {"X-API-Key": WRITER.name}
    body = {"documents": [{"id": "b", "text": "x"}]}

    done = world.client.post(
        "/v1/collections/notes/documents?wait=true", json=body, headers=headers
    )
    job = world.client.get(f"/v1/jobs/{done.json()['job_id']}", headers=headers)
    read = world.client.get("/v1/collections/notes/documents/b", headers=headers)

    assert (done.status_code, done.json()["indexed"]) == (200, 1)
    assert job.json()["state"] == "done"
    assert (read.status_code, error_of(read)["message"]) == (
        404,
        'There is no collection "notes".',
    )
    removed = world.client.delete("/v1/collections/notes/documents/b", headers=headers)
    assert removed.status_code == 204


def test_an_answer_under_way_is_refused_before_it_begins(world: World) -> None:
    answer = world.client.post(
        "/v1/collections/notes/answer",
        json={"query": ASKED, "stream": True},
        headers={"X-API-Key": STRANGER.name},
    )

    assert answer.status_code == 404
    allowed = world.client.post(
        "/v1/collections/notes/answer",
        json={"query": ASKED, "stream": True},
        headers={"X-API-Key": READER.name},
    )
    assert [name for name, _ in events_of(allowed.text)][-1] == "answer"


@pytest.mark.parametrize(
    ("principal", "verb", "refusal"),
    [
        pytest.param(LOCAL, "manage", None, id="local may do everything"),
        pytest.param(READER, "search", None, id="a right that is given"),
        pytest.param(READER, "manage", Forbidden, id="seen, but not to be changed"),
        pytest.param(WRITER, "search", NoSuchCollection, id="not to be seen"),
        pytest.param(WRITER, "manage", NoSuchCollection, id="neither"),
        pytest.param(STRANGER, "search", NoSuchCollection, id="of another collection"),
        pytest.param(NOBODY, "ingest", NoSuchCollection, id="of none"),
    ],
)
def test_the_check_tells_what_is_not_seen_from_what_is_not_allowed(
    principal: Principal, verb: Any, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        require(principal, verb, "notes")
    else:
        with pytest.raises(refusal) as raised:
            require(principal, verb, "notes")
        assert type(raised.value) is refusal
