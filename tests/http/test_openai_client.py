"""OpenAI's own client against the routes of its shape."""

from __future__ import annotations

import openai
import pytest

from app.fakes import FakeGenerator, FakeReranker
from app.inference import Inference
from tests.http.world import HARBOUR, MakeWorld, World

KEY = "sesame"
ASKED = {"role": "user", "content": "When was the lighthouse of Ardmore lit?"}
SAYS = "The lighthouse of Ardmore was lit in 1853 [1]. "


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    world = make_world(generator=FakeGenerator(SAYS), api_keys=(KEY,))
    world.client.headers["X-API-Key"] = KEY
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    del world.client.headers["X-API-Key"]
    return world


@pytest.fixture
def client(world: World) -> openai.OpenAI:
    return openai.OpenAI(
        api_key=KEY, base_url="http://localhost/v1", http_client=world.client, max_retries=0
    )


def test_it_reads_an_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="notes", messages=[ASKED])

    content = answer.choices[0].message.content
    assert content == "The lighthouse of Ardmore was lit in 1853. [1]"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage
    assert answer.usage.total_tokens == 7 + len(content.split())
    assert answer.model_extra
    assert answer.model_extra["attest"]["citations"][0]["document_id"] == "h"


def test_it_reads_a_stream(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="notes",
            messages=[ASKED],
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert said == "The lighthouse of Ardmore was lit in 1853. [1]"
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == len(said.split())


def test_it_lists_and_looks_up_collections(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["notes"]
    assert client.models.retrieve("notes").owned_by == "attest"


def test_it_reads_vectors_in_the_encoding_that_it_asks_for_itself(
    world: World, client: openai.OpenAI
) -> None:
    found = client.embeddings.create(model="fake-embedder", input=["lamp", "tower"])

    expected = world.embedder.embed_passages(["lamp", "tower"])
    for one, row in zip(found.data, expected, strict=True):
        assert one.embedding == pytest.approx(row.tolist())


def test_it_sends_fields_that_only_we_have(world: World, client: openai.OpenAI) -> None:
    world.service.inference = Inference(
        world.embedder, FakeReranker(), None, world.service._settings.models
    )
    found = client.embeddings.create(
        model="fake-embedder", input="lamp", extra_body={"input_type": "query"}
    )
    assert len(found.data) == 1


def test_it_knows_what_went_wrong(world: World, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="none", messages=[ASKED])
    assert (missing.value.code, missing.value.type) == ("not_found", "invalid_request_error")

    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.chat.completions.create(model="notes", messages=[ASKED], n=2)
    assert refused.value.param == "n"

    stranger = client.with_options(api_key="wrong")
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()
