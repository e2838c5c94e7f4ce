from __future__ import annotations

import pytest

from app.fakes import FakeGenerator
from app.http.schemas.answers import MAX_HISTORY_CHARACTERS, MAX_TURN_CHARACTERS, MAX_TURNS
from app.http.schemas.chat import ChatCompletionRequest, Message
from tests.http.world import HARBOUR, MakeWorld, World, error_of, events_of

CHAT = "/v1/chat/completions"
ASKED = {"role": "user", "content": "When was the lighthouse of Ardmore lit?"}
SAYS = "The lighthouse of Ardmore was lit in 1853 [1]. The tower is 34 metres high [1]. "


@pytest.fixture
def chatting(make_world: MakeWorld) -> World:
    world = make_world(generator=FakeGenerator(SAYS))
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    return world


def test_a_collection_is_a_model(chatting: World) -> None:
    chatting.ingest("other", {"id": "x", "text": "x"})

    body = chatting.client.get("/v1/models").json()

    assert body["object"] == "list"
    assert body["data"] == [
        {"id": name, "object": "model", "created": 0, "owned_by": "attest"}
        for name in ("notes", "other")
    ]


def test_a_completion_has_its_shape_and_carries_citations(chatting: World) -> None:
    body = chatting.client.post(CHAT, json={"model": "notes", "messages": [ASKED]}).json()

    assert set(body) == {"id", "object", "created", "model", "choices", "usage", "attest"}
    assert (body["object"], body["model"]) == ("chat.completion", "notes")
    (choice,) = body["choices"]
    assert (choice["index"], choice["finish_reason"]) == (0, "stop")
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"].startswith("The lighthouse of Ardmore was lit in 1853. [1]")
    assert body["attest"]["mode"] == "generated"
    assert body["attest"]["citations"][0]["document_id"] == "h"


def test_a_stream_says_the_same_in_chunks(chatting: World) -> None:
    asked = {"model": "notes", "messages": [ASKED]}
    whole = chatting.client.post(CHAT, json=asked).json()

    stream = chatting.client.post(CHAT, json=asked | {"stream": True})

    assert stream.headers["content-type"].startswith("text/event-stream")
    *chunks, done = [data for _, data in events_of(stream.text)]
    assert done == "[DONE]"
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    said = "".join(delta.get("content", "") for delta in deltas)
    assert said == whole["choices"][0]["message"]["content"]
    ends = [chunk["choices"][0].get("finish_reason") for chunk in chunks]
    assert ends == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[-1]["attest"] == whole["attest"]


@pytest.mark.parametrize("stream", [True, False])
def test_an_abstention_says_its_reason(make_world: MakeWorld, *, stream: bool) -> None:
    world = make_world()
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    asked = {"role": "user", "content": "¿Quetzalcoatl?"}

    answer = world.client.post(CHAT, json={"model": "notes", "messages": [asked], "stream": stream})

    assert "The documents do not mention “Quetzalcoatl”." in answer.text
    assert '"abstained"' in answer.text


def test_fields_without_a_meaning_here_are_tolerated(chatting: World) -> None:
    body = {
        "model": "notes",
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Tell me."}], "name": "bob"},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "content": "42", "tool_call_id": "t"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "When was the lighthouse"},
                    {"type": "text", "text": "of Ardmore lit?"},
                ],
            },
        ],
        "temperature": 0.2,
        "max_tokens": 500,
        "n": 1,
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "tool_choice": "auto",
        "user": "bob",
        "seed": None,
    }

    answer = chatting.client.post(CHAT, json=body)

    assert answer.status_code == 200
    assert isinstance(chatting.generator, FakeGenerator)
    turns = chatting.generator.asked[0]
    assert "When was the lighthouse\nof Ardmore lit?" in turns[-1].content
    assert "42" not in [turn.content for turn in turns]
    assert turns[0].content.endswith("Be brief.")
    assert answer.json()["attest"]["ignored"] == ["temperature", "tools", "user"]


def test_a_long_conversation_goes_on(chatting: World) -> None:
    """Clients send all of it each time, however long it has become."""
    said = [{"role": "user", "content": "x" * 50_000}, {"role": "assistant", "content": "No."}]

    answer = chatting.client.post(CHAT, json={"model": "notes", "messages": [*said * 40, ASKED]})

    assert answer.status_code == 200
    assert answer.json()["attest"]["mode"] != "abstained"


def test_the_newest_turns_are_the_history() -> None:
    said = [Message(role="user", content=f"{n}") for n in range(9)] * 9

    history = ChatCompletionRequest(
        model="notes", messages=[*said, Message(role="user", content="?")]
    ).to_domain()

    assert len(history.history) == MAX_TURNS
    assert [turn.content[0] for turn in history.history[-3:]] == ["6", "7", "8"]


def test_a_history_is_no_longer_than_it_may_be_anywhere() -> None:
    said = [Message(role="user", content=f"{n}" * 50_000) for n in range(9)] * 9

    history = ChatCompletionRequest(
        model="notes", messages=[*said, Message(role="user", content="?")]
    ).to_domain()

    assert {len(turn.content) for turn in history.history} == {MAX_TURN_CHARACTERS}
    assert sum(len(turn.content) for turn in history.history) == MAX_HISTORY_CHARACTERS
    assert [turn.content[0] for turn in history.history[-3:]] == ["6", "7", "8"]


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        pytest.param([], 422, id="none"),
        pytest.param([ASKED, {"role": "assistant", "content": "x"}], 400, id="not the user's"),
        pytest.param([{"role": "user", "content": "  "}], 400, id="blank"),
        pytest.param([{"role": "user"}], 400, id="no content"),
        pytest.param([{"role": "user", "content": "x" * 8_001}], 400, id="too long"),
        pytest.param([{"role": "user", "content": 5}], 422, id="a number"),
    ],
)
def test_a_chat_that_ends_in_no_question_is_refused(
    chatting: World, messages: object, status: int
) -> None:
    answer = chatting.client.post(CHAT, json={"model": "notes", "messages": messages})

    assert answer.status_code == status
    assert error_of(answer)["code"] == "invalid_request"


def test_an_unknown_model_is_not_found(chatting: World) -> None:
    answer = chatting.client.post(CHAT, json={"model": "none", "messages": [ASKED]})

    assert answer.status_code == 404
    assert error_of(answer)["code"] == "not_found"


def test_usage_counts_the_conversation_and_what_was_said(chatting: World) -> None:
    messages = [{"role": "system", "content": "Be brief."}, ASKED]

    body = chatting.client.post(CHAT, json={"model": "notes", "messages": messages}).json()

    said = body["choices"][0]["message"]["content"]
    assert body["usage"] == {
        "prompt_tokens": 2 + 7,  # the fake counts words
        "completion_tokens": len(said.split()),
        "total_tokens": 9 + len(said.split()),
    }


def test_a_stream_tells_its_usage_where_it_is_asked_to(chatting: World) -> None:
    asked = {"model": "notes", "messages": [ASKED]}
    whole = chatting.client.post(CHAT, json=asked).json()

    streamed = asked | {"stream": True, "stream_options": {"include_usage": True}}
    *chunks, done = [data for _, data in events_of(chatting.client.post(CHAT, json=streamed).text)]

    assert done == "[DONE]"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"] == whole["usage"]
    assert all("usage" not in chunk for chunk in chunks[:-1])


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("limit", "said", "reason"),
    [
        ({"stop": "1853"}, "The lighthouse of Ardmore was lit in ", "stop"),
        ({"stop": ["tower", "853"]}, "The lighthouse of Ardmore was lit in 1", "stop"),
        ({"max_tokens": 9}, "The lighthouse of Ardmore was lit in 1853. [1]", "length"),
        ({"max_completion_tokens": 9, "max_tokens": 99}, None, "length"),
        ({"max_tokens": 1}, "", "length"),
    ],
)
def test_an_answer_ends_where_the_client_wants_it_to_end(
    chatting: World, limit: dict[str, object], said: str | None, reason: str, *, stream: bool
) -> None:
    asked = {"model": "notes", "messages": [ASKED], "stream": stream} | limit

    answer = chatting.client.post(CHAT, json=asked)

    if stream:
        chunks = [data for _, data in events_of(answer.text)][:-1]
        choices = [chunk["choices"][0] for chunk in chunks]
        content = "".join(choice["delta"].get("content", "") for choice in choices)
        ended = choices[-1]["finish_reason"]
    else:
        (choice,) = answer.json()["choices"]
        content, ended = choice["message"]["content"], choice["finish_reason"]
    assert ended == reason
    if said is not None:
        assert content == said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 2),
        ("n", 0),
        ("logprobs", True),
        ("response_format", {"type": "json_object"}),
        ("tool_choice", "required"),
        ("modalities", ["text", "audio"]),
        ("max_tokens", 0),
        ("stop", ["a"] * 5),
    ],
)
def test_what_would_make_a_client_misread_the_answer_is_refused(
    chatting: World, field: str, value: object
) -> None:
    body = {"model": "notes", "messages": [ASKED], field: value}

    answer = chatting.client.post(CHAT, json=body)

    assert answer.status_code == 422
    assert error_of(answer)["param"].startswith(field)
    assert error_of(answer)["type"] == "invalid_request_error"


def test_a_question_about_a_picture_is_refused(chatting: World) -> None:
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:,"}},
    ]
    body = {"model": "notes", "messages": [{"role": "user", "content": parts}]}

    answer = chatting.client.post(CHAT, json=body)

    assert answer.status_code == 400
    assert "text" in error_of(answer)["message"]


def test_quoting_says_that_it_ignores_system_messages(make_world: MakeWorld) -> None:
    world = make_world()  # whose generator says nothing
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    messages = [{"role": "system", "content": "Talk like a pirate."}, ASKED]

    body = world.client.post(CHAT, json={"model": "notes", "messages": messages}).json()

    assert body["attest"]["mode"] == "extractive"
    assert body["attest"]["ignored"] == ["messages.system"]


def test_system_messages_outlive_a_long_conversation() -> None:
    said = [Message(role="user", content="x" * 1_000)] * 99
    first = [Message(role="system", content="Be brief."), Message(role="developer", content="!")]

    asked = ChatCompletionRequest(
        model="notes", messages=[*first, *said, Message(role="user", content="?")]
    ).to_domain()

    assert len(asked.history) == MAX_TURNS
    assert (asked.history[0].role, asked.history[0].content) == ("system", "Be brief.\n!")


def test_no_more_than_twenty_ignored_parameters_are_named(chatting: World) -> None:
    body = {"model": "notes", "messages": [ASKED]} | {f"p{n}": n for n in range(30)}

    answer = chatting.post(CHAT, body)

    assert len(answer.json()["attest"]["ignored"]) == 20


def test_a_collection_is_looked_up_as_a_model(chatting: World) -> None:
    found = chatting.client.get("/v1/models/notes")
    missing = chatting.client.get("/v1/models/none")

    assert found.json() == {"id": "notes", "object": "model", "created": 0, "owned_by": "attest"}
    assert missing.status_code == 404
    assert error_of(missing)["code"] == "not_found"
