"""Whatever JSON comes, the answer is an answer or an error of the caller's, never ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fakes import FakeGenerator
from tests.http.world import HARBOUR, TEA, MakeWorld, World

HALF_CHARACTERS = st.characters(categories=["Cs"])
TEXT = st.text(st.characters() | HALF_CHARACTERS, max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
HUGE = st.integers(2**63, 2**70) | st.integers(-(2**70), -(2**63) - 1)
FIELDS = st.sampled_from(["lang", "year", "title", "document_id", "and", "or", "not"]) | TEXT
CONDITIONS = st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte", "in", "exists"])
JSON = st.recursive(
    SCALARS | HUGE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(FIELDS | CONDITIONS, inner, max_size=4)
    ),
    max_leaves=12,
)
VALUES = st.lists(SCALARS | HUGE, max_size=3) | SCALARS | HUGE
FILTERS = st.recursive(
    st.dictionaries(FIELDS, VALUES | st.dictionaries(CONDITIONS, VALUES, max_size=2), max_size=3),
    lambda inner: (
        st.dictionaries(st.sampled_from(["and", "or"]), st.lists(inner, max_size=3))
        | st.dictionaries(st.just("not"), inner)
    ),
    max_leaves=6,
)
QUERIES = st.sampled_from(["lamp", "茶", 'tower NOT high:1 "x', "AND OR ("]) | TEXT

REQUESTS = {
    "search": st.fixed_dictionaries(
        {"query": QUERIES},
        optional={
            "filter": FILTERS,
            "limit": st.integers(1, 100),
            "routes": st.lists(st.sampled_from(["bm25", "dense"]), min_size=1, max_size=3),
            "rerank": st.booleans(),
            "explain": st.booleans(),
        },
    ),
    "answer": st.fixed_dictionaries(
        {"query": QUERIES},
        optional={
            "filter": FILTERS,
            "history": st.lists(
                st.fixed_dictionaries(
                    {"role": st.sampled_from(["system", "user", "assistant"]), "content": TEXT}
                ),
                max_size=3,
            ),
            "stream": st.booleans(),
            "explain": st.booleans(),
        },
    ),
    "documents?wait=true": st.fixed_dictionaries(
        {
            "documents": st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "id": TEXT | SCALARS,
                        "text": TEXT | st.just("A text that holds some words."),
                        "title": TEXT,
                        "uri": TEXT,
                        "metadata": st.dictionaries(FIELDS, VALUES, max_size=3) | JSON,
                    },
                )
                | JSON,
                min_size=1,
                max_size=3,
            )
        }
    ),
}


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        make_world = MakeWorld(Path(tmp_path_factory.mktemp("world")), stack)
        world = make_world(generator=FakeGenerator("The tower is 34 metres high [1]. "))
        world.ingest("notes", {"id": "h", "text": HARBOUR}, {"id": "t", "text": TEA})
        yield world


@pytest.mark.parametrize("route", ["search", "answer", "documents?wait=true"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_json_gets_an_answer_or_the_callers_error(
    long_lived: World, route: str, data: st.DataObject
) -> None:
    body = data.draw(JSON | REQUESTS[route] | REQUESTS[route])

    answer = long_lived.post(f"/v1/collections/notes/{route}", body)

    assert answer.status_code in (200, 202, 400, 422), answer.text
    if route == "documents?wait=true" and answer.status_code == 200:
        done = answer.json()
        failed = len(done["failed"])
        assert done["received"] == done["indexed"] + done["skipped"] + failed
        listing = long_lived.client.get("/v1/collections/notes/documents")
        assert listing.status_code == 200
    if "event: error" in answer.text:
        pytest.fail(answer.text)


@settings(max_examples=60, deadline=None)
@given(
    body=JSON
    | st.fixed_dictionaries(
        {
            "model": st.sampled_from(["notes", "none", "NO"]) | TEXT,
            "messages": st.lists(
                st.fixed_dictionaries(
                    {
                        "role": st.sampled_from(["user", "system", "assistant", "tool"]),
                        "content": JSON | TEXT | st.just([{"type": "text", "text": "lamp"}]),
                    }
                ),
                max_size=3,
            ),
        },
        optional={"stream": st.booleans(), "temperature": JSON},
    )
)
def test_any_chat_gets_an_answer_or_the_callers_error(long_lived: World, body: object) -> None:
    answer = long_lived.post("/v1/chat/completions", body)

    assert answer.status_code in (200, 400, 404, 422), answer.text


@settings(max_examples=60, deadline=None)
@given(name=TEXT, document_id=TEXT, after=TEXT)
def test_any_path_gets_an_answer_or_the_callers_error(
    long_lived: World, name: str, document_id: str, after: str
) -> None:
    client = long_lived.client
    for part in (name, document_id):
        quoted = "".join(f"%{byte:02X}" for byte in part.encode("utf-8", "surrogatepass"))
        for path in (
            f"/v1/collections/{quoted}/documents?after={quoted}",
            f"/v1/collections/notes/documents/{quoted}",
            f"/v1/jobs/{quoted}",
        ):
            assert client.get(path).status_code in (200, 400, 404, 422)
    after = after.encode("utf-8", "replace").decode()
    page = client.get("/v1/collections/notes/documents", params={"after": after})
    assert page.status_code == 200
