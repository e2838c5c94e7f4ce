"""Tools at ``/mcp``, asked by the SDK's own client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from app.access.keyring import Keyring
from app.access.principal import VERBS, Principal
from app.domain.collections import CollectionStats
from app.fakes import FakeGenerator
from app.http.edge.json_bodies import MAX_VALUES
from app.observing.requests import current_request_id
from tests.http.world import HARBOUR, MakeWorld, World, error_of

OWNER = Principal("owner", collections=None, verbs=VERBS)
READER = Principal("reader", frozenset({"notes"}), frozenset({"search"}))
STRANGER = Principal("stranger", frozenset({"other"}), VERBS)
ASKED = "When was the lighthouse of Ardmore lit?"
READING = {"search", "answer", "read_document", "list_collections", "list_documents"}


@pytest.fixture(params=["auto", "legacy"])
def mode(request: pytest.FixtureRequest) -> str:
    """The protocol of today, and the one with a handshake that older clients speak."""
    return str(request.param)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return filled(make_world, "writable")


def filled(make_world: MakeWorld, mcp: Literal["read-only", "writable"]) -> World:
    world = make_world(
        generator=FakeGenerator("The lighthouse of Ardmore was lit in 1853 [1]. "),
        keyring=Keyring({one.name: one for one in (OWNER, READER, STRANGER)}),
        mcp=mcp,
    )
    world.client.headers["X-API-Key"] = OWNER.name
    world.ingest("notes", {"id": "h", "title": "Harbour", "text": HARBOUR})
    return world


def with_client(
    world: World,
    ask: Callable[[Client], Awaitable[Any]],
    *,
    key: str = OWNER.name,
    mode: str = "auto",
    request_id: str = "",
) -> Any:
    """What ``ask`` returns, run in the loop of the application."""

    async def run() -> Any:
        transport = httpx2.ASGITransport(app=world.app)
        headers = {"Authorization": f"Bearer {key}", "X-Request-ID": request_id}
        async with (
            httpx2.AsyncClient(transport=transport, headers=headers) as http,
            Client(
                streamable_http_client("http://localhost/mcp", http_client=http), mode=mode
            ) as client,
        ):
            return await ask(client)

    portal = world.client.portal
    assert portal is not None
    return portal.call(run)


def call(world: World, tool: str, **given: Any) -> Any:
    """The structured result of a tool, or the text of its error."""
    how = {name: given.pop(name) for name in ("key", "mode", "request_id") if name in given}
    result = with_client(world, lambda client: client.call_tool(tool, given), **how)
    return result.content[0].text if result.is_error else result.structured_content


def test_tools_say_what_they_are_for_and_take(world: World, mode: str) -> None:
    tools = with_client(world, lambda client: client.list_tools(), mode=mode).tools

    assert {tool.name for tool in tools} == READING | {"add_documents"}
    for tool in tools:
        assert len(tool.description) > 40
        assert tool.output_schema
        assert tool.annotations.read_only_hint is (tool.name != "add_documents")
        assert "context" not in tool.input_schema["properties"]


def test_an_answer_has_citations_that_can_be_verified(world: World, mode: str) -> None:
    answer = call(world, "answer", question=ASKED, collection="notes", mode=mode)

    assert answer["mode"] == "generated"
    assert "1853. [1]" in answer["answer"]
    (source,) = answer["citations"]
    assert (source["document_id"], source["title"], source["page"]) == ("h", "Harbour", None)
    start, end = source["span"]
    read = call(world, "read_document", document_id="h", collection="notes", start=start, end=end)
    assert read["text"] == source["quote"] == HARBOUR[start:end]


def test_a_search_finds_passages(world: World) -> None:
    found = call(world, "search", query="paraffin", collection="notes", filter={"document_id": "h"})

    assert found["passages"][0]["document_id"] == "h"
    start, end = found["passages"][0]["span"]
    assert found["passages"][0]["text"] == HARBOUR[start:end]
    assert call(world, "search", query="x", collection="notes", filter={"lang": "zh"}) == {
        "passages": [],
        "degraded": [],
    }


def test_a_long_document_is_read_in_parts(world: World) -> None:
    text = "".join(f"Line {n} of the log. " for n in range(2_000))
    world.ingest("notes", {"id": "long", "text": text})

    parts, at = [], 0
    while at is not None:
        read = call(world, "read_document", document_id="long", collection="notes", start=at)
        parts.append(read["text"])
        at = read["next"]

    assert "".join(parts) == text
    assert max(map(len, parts)) == 20_000
    assert read["characters"] == len(text)


def test_documents_are_listed_page_by_page(world: World) -> None:
    world.ingest("notes", *({"id": f"d{n}", "text": f"Note {n}."} for n in range(3)))

    first = call(world, "list_documents", collection="notes", limit=3)
    rest = call(world, "list_documents", collection="notes", limit=3, after=first["next"])

    assert [one["id"] for one in first["documents"]] == ["d0", "d1", "d2"]
    assert ([one["id"] for one in rest["documents"]], rest["next"]) == (["h"], None)


def test_documents_are_added(world: World) -> None:
    added = call(
        world,
        "add_documents",
        collection="new",
        documents=[{"id": "a", "text": "Tea grows here.", "metadata": {"kind": "memo"}}],
    )

    assert (added["state"], added["indexed"], added["rejected"]) == ("done", 1, [])
    listed = call(world, "list_collections")["collections"]
    assert [(one["name"], one["documents"]) for one in listed] == [("new", 1), ("notes", 1)]


def test_documents_that_were_added_are_counted(world: World) -> None:
    documents = [{"id": "a", "text": "Tea."}, {"id": "b", "text": "Coffee."}]
    call(world, "add_documents", collection="new", documents=documents)

    metrics = world.client.get("/metrics").text

    assert 'attest_ingest_uploads_total{kind="record"} 3.0' in metrics  # one was there before


def test_nothing_can_be_added_unless_the_settings_say_so(make_world: MakeWorld) -> None:
    world = filled(make_world, "read-only")

    tools = with_client(world, lambda client: client.list_tools()).tools

    assert {tool.name for tool in tools} == READING


@pytest.mark.parametrize("tool", ["search", "answer", "list_documents", "read_document"])
def test_a_key_without_a_right_reaches_nothing(world: World, tool: str) -> None:
    given = {"search": {"query": "x"}, "answer": {"question": "x"}}.get(tool, {})
    if tool == "read_document":
        given = {"document_id": "h"}

    told = call(world, tool, key=STRANGER.name, collection="notes", **given)
    absent = call(world, tool, key=STRANGER.name, collection="absent", **given)

    assert told == absent.replace("absent", "notes")
    assert "list_collections" in told
    assert call(world, "list_collections", key=STRANGER.name) == {"collections": []}


def test_who_may_only_search_adds_nothing(world: World) -> None:
    documents = [{"id": "a", "text": "x"}]

    told = call(world, "add_documents", key=READER.name, collection="notes", documents=documents)

    assert "no right to ingest" in told


@pytest.mark.parametrize(
    ("tool", "given", "says"),
    [
        ("read_document", {"document_id": "none"}, "list_documents"),
        ("search", {"query": "x", "filter": {"a": {"near": 1}}}, "near"),
        ("search", {"query": "x", "limit": 21}, "20"),
        ("search", {"query": "x" * 8_001}, "8000"),
        ("search", {}, "query"),
    ],
)
def test_errors_say_what_to_do(
    world: World, tool: str, given: dict[str, object], says: str
) -> None:
    assert says in call(world, tool, collection="notes", **given)


def test_what_went_wrong_within_is_not_told(world: World) -> None:
    world.service.document = lambda *_: 1 / 0  # type: ignore[method-assign] - fails

    told = call(world, "read_document", collection="notes", document_id="h")

    assert told == "Error executing tool read_document"


def test_the_work_of_a_call_knows_its_request(world: World, mode: str) -> None:
    seen: list[str | None] = []

    def noting(_: Principal) -> list[CollectionStats]:
        seen.append(current_request_id())
        return []

    world.service.collections = noting  # type: ignore[method-assign] - notes who asks

    call(world, "list_collections", mode=mode, request_id="find-me")

    assert seen == ["find-me"]


def test_it_is_off_by_default(make_world: MakeWorld) -> None:
    assert make_world().client.post("/mcp", json={}).status_code == 404


def test_without_a_key_it_is_not_even_read(world: World) -> None:
    answer = world.client.post("/mcp", json={}, headers={"X-API-Key": "wrong"})

    assert answer.status_code == 401


def test_a_page_of_another_site_reaches_no_tool(world: World) -> None:
    answer = world.client.post("/mcp", json={}, headers={"Origin": "https://evil.example"})

    assert error_of(answer)["code"] == "cross_site"


def test_nothing_is_streamed_that_nobody_asked_for(world: World) -> None:
    answer = world.client.get("/mcp")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_body_of_many_values_is_refused_before_they_are_made(world: World) -> None:
    answer = world.client.post("/mcp", json=[{}] * MAX_VALUES)

    assert answer.status_code == 413
    assert error_of(answer)["code"] == "payload_too_large"


def test_calls_are_counted_by_their_route(world: World) -> None:
    call(world, "search", query="tower", collection="notes")
    call(world, "answer", question=ASKED, collection="notes")

    metrics = world.client.get("/metrics").text

    assert 'route="/mcp"' in metrics
    assert "attest_answers_total{" in metrics
    assert 'attest_stage_seconds_count{stage="bm25"}' in metrics
