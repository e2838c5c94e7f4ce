from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import RemoteUnavailable
from app.fakes import FakeGenerator
from tests.http.world import (
    HARBOUR,
    TEA,
    Gate,
    GatedGenerator,
    MakeWorld,
    World,
    error_of,
    events_of,
)

ANSWER = "/v1/collections/notes/answer"
QUESTION = "When was the lighthouse of Ardmore lit?"
SAYS = "The lighthouse of Ardmore was lit in 1853 [1]. The tower is 34 metres high [1]. "


def filled(world: World) -> World:
    world.ingest(
        "notes",
        {"id": "h", "title": "Ardmore", "text": HARBOUR, "metadata": {"lang": "en"}},
        {"id": "t", "text": TEA, "metadata": {"lang": "zh"}},
    )
    return world


@pytest.fixture
def generating(make_world: MakeWorld) -> World:
    return filled(make_world(generator=FakeGenerator(SAYS)))


def test_an_answer_has_the_agreed_shape_and_cites(generating: World) -> None:
    answer = generating.client.post(ANSWER, json={"query": QUESTION})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "answer", "mode", "sentences", "citations", "notes", "nearest", "probability", "degraded",
        "timings_ms",
    }  # fmt: skip
    assert 0 < body["probability"] <= 1
    assert (body["notes"], body["nearest"]) == ([], [])
    assert body["mode"] == "generated"
    first = body["sentences"][0]
    assert set(first) == {"text", "setting", "verdict", "citations"}
    assert first["text"] == "The lighthouse of Ardmore was lit in 1853."
    assert first["verdict"] == "supported"
    cited = body["citations"][first["citations"][0] - 1]
    assert set(cited) == {"n", "chunk_id", "document_id", "title", "span", "quote", "setting"}
    assert cited["setting"]["title"] == "Ardmore"
    assert cited["setting"]["validity"] == {"superseded": False, "date": "", "version": ""}
    assert (cited["document_id"], cited["title"]) == ("h", "Ardmore")
    assert cited["quote"] == HARBOUR[slice(*cited["span"])]
    assert [citation["n"] for citation in body["citations"]] == list(
        range(1, len(body["citations"]) + 1)
    )


def test_without_a_draft_that_holds_the_answer_is_verbatim(make_world: MakeWorld) -> None:
    world = filled(make_world(generator=FakeGenerator("It was built by giants in 1066 [1]. ")))

    body = world.client.post(ANSWER, json={"query": QUESTION}).json()

    assert body["mode"] == "extractive"
    assert {sentence["verdict"] for sentence in body["sentences"]} == {"verbatim"}
    assert "1066" not in body["answer"]


def test_a_quotation_shows_the_setting_that_says_what_it_is_about(make_world: MakeWorld) -> None:
    world = make_world(generator=FakeGenerator(""))
    text = "# Tools\n\n## Heron drill\n\nUse in rain is forbidden.\n"
    world.ingest("notes", {"id": "tools", "text": text})

    body = world.client.post(ANSWER, json={"query": "May the Heron drill be used in rain?"}).json()

    (sentence,) = body["sentences"]
    assert (sentence["setting"], sentence["text"]) == ("Heron drill", "Use in rain is forbidden.")
    assert body["answer"] == "Heron drill › Use in rain is forbidden. [1]"
    assert body["citations"][0]["setting"]["headings"][-1] == "Heron drill"


def test_an_answer_notes_what_it_leaves_out(make_world: MakeWorld) -> None:
    world = make_world(generator=FakeGenerator(""))
    items = "".join(f"- Door {n} was open.\n" for n in range(1, 16))
    world.ingest("notes", {"id": "audit", "text": f"The audit had these findings:\n\n{items}"})

    body = world.client.post(ANSWER, json={"query": "List all findings of the audit."}).json()

    assert len(body["sentences"]) == 12
    assert body["notes"] == ["3 more are not shown."]
    assert body["answer"].endswith(body["notes"][0])


def test_an_abstention_offers_what_came_nearest(make_world: MakeWorld) -> None:
    world = filled(make_world(generator=FakeGenerator("")))

    body = world.client.post(
        ANSWER,
        json={
            "query": "When was the lighthouse of Quetzal lit?",
            "filter": {"lang": "en"},
            "explain": True,
        },
    ).json()

    assert (body["mode"], body["citations"]) == ("abstained", [])
    assert body["reason"] == "The documents do not mention “Quetzal”."
    assert [nearest["n"] for nearest in body["nearest"]] == list(range(1, len(body["nearest"]) + 1))
    assert HARBOUR[slice(*body["nearest"][0]["span"])] == body["nearest"][0]["quote"]
    judged = body["trace"]["statements"]
    assert {trace["missing"][0] for trace in judged} == {"Quetzal"}
    assert {"part", "text", "setting", "probability", "features", "verdict"} <= set(judged[0])


def test_an_abstention_says_why(generating: World) -> None:
    body = generating.client.post(ANSWER, json={"query": QUESTION, "filter": {"lang": "fr"}}).json()

    assert (body["mode"], body["answer"]) == ("abstained", "")
    assert (body["sentences"], body["citations"]) == ([], [])
    assert body["reason"]


def test_history_reaches_the_model_and_the_trace_tells_of_the_draft(generating: World) -> None:
    history = [
        {"role": "user", "content": "Tell me about Ardmore."},
        {"role": "assistant", "content": "It has a lighthouse."},
    ]
    body = generating.client.post(
        ANSWER, json={"query": QUESTION, "history": history, "limit": 1, "explain": True}
    ).json()

    first, second, *_ = body["trace"]["search"]["candidates"]
    assert (first["document_id"], first.get("dropped")) == ("h", None)
    assert second["dropped"] == "context: only 1 passages are used"
    assert body["trace"]["draft"][0]["text"].startswith("The lighthouse of Ardmore")
    assert body["trace"]["hits"][0]["rank"] == 1
    settings = body["trace"]["settings"]
    assert (settings["passages"], settings["least_said"]) == (1, 0.0)
    assert (settings["reader"], settings["generator"]) == (None, "fake-generator")
    assert "log" not in settings  # nobody's business but the operator's
    assert isinstance(generating.generator, FakeGenerator)
    said = [turn.content for turn in generating.generator.asked[0]]
    assert "It has a lighthouse." in said


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param({"query": ""}, "query", id="an empty question"),
        pytest.param(
            {"query": "x", "history": [{"role": "user", "content": "x"}] * 51}, "history", id="long"
        ),
        pytest.param(
            {"query": "x", "history": [{"role": "robot", "content": "x"}]},
            "history.0.role",
            id="an unknown role",
        ),
        pytest.param(
            {"query": "x", "history": [{"role": "user", "content": "x" * 8_001}]},
            "history.0.content",
            id="a long turn",
        ),
        pytest.param(
            {"query": "x", "history": [{"role": "user", "content": "x" * 8_000}] * 9},
            "history",
            id="long turns",
        ),
        pytest.param({"query": "x", "limit": 0}, "limit", id="no passages"),
    ],
)
def test_values_out_of_bounds_are_named(generating: World, body: object, path: str) -> None:
    answer = generating.client.post(ANSWER, json=body)

    assert answer.status_code == 422
    assert error_of(answer)["fields"][0]["path"] == path


def test_a_stream_is_sentences_and_then_the_same_answer_as_without(generating: World) -> None:
    whole = generating.client.post(ANSWER, json={"query": QUESTION}).json()

    stream = generating.client.post(ANSWER, json={"query": QUESTION, "stream": True})

    assert stream.headers["content-type"].startswith("text/event-stream")
    events = events_of(stream.text)
    assert [name for name, _ in events] == ["sentence", "sentence", "answer"]
    for (_, sentence), expected in zip(events[:-1], whole["sentences"], strict=True):
        assert set(sentence) == {"text", "setting", "verdict", "citations", "sources"}
        assert {k: v for k, v in sentence.items() if k != "sources"} == expected
    assert [s for _, e in events[:-1] for s in e["sources"]] == whole["citations"]
    final = events[-1][1]
    assert set(final) == set(whole)
    assert final | {"timings_ms": 0} == whole | {"timings_ms": 0}


def test_what_is_wrong_before_an_answer_begins_has_its_own_status(generating: World) -> None:
    body = {"query": QUESTION, "stream": True}

    missing = generating.client.post("/v1/collections/none/answer", json=body)
    invalid = generating.client.post(ANSWER, json=body | {"filter": 5})

    assert (missing.status_code, error_of(missing)["code"]) == (404, "not_found")
    assert (invalid.status_code, error_of(invalid)["code"]) == (400, "invalid_filter")


def test_what_fails_within_a_stream_is_its_last_event(generating: World) -> None:
    class Breaks(FakeGenerator):
        def stream(self, *_: object, **__: object) -> object:
            raise RuntimeError("/srv/secret/weights.bin")

    generating.service._generator = Breaks()

    stream = generating.client.post(ANSWER, json={"query": QUESTION, "stream": True})

    assert stream.status_code == 200
    ((name, data),) = events_of(stream.text)
    assert name == "error"
    assert data["error"]["code"] == "internal"
    assert data["error"]["request_id"] == stream.headers["x-request-id"]
    assert "secret" not in stream.text


def test_a_remote_generator_that_is_away_leaves_a_quotation(generating: World) -> None:
    class Away(FakeGenerator):
        def stream(self, *_: object, **__: object) -> object:
            raise RemoteUnavailable("http://10.0.0.7/ timed out")

    generating.service._generator = Away()

    body = generating.client.post(ANSWER, json={"query": QUESTION}).json()

    assert body["mode"] == "extractive"
    assert body["degraded"][0].startswith("generator: ")
    assert "10.0.0.7" not in str(body)


class Foreign(FakeGenerator):
    """Raises what no adapter should, where it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__(SAYS)
        self.where = where

    def _break(self, where: str) -> None:
        if where == self.where:
            raise KeyError("/srv/secret: out of memory")

    @property
    def context_tokens(self) -> int:
        self._break("context_tokens")
        return 4_096

    def supports(self, language: str) -> bool:
        self._break("supports")
        return super().supports(language)

    def count_tokens(self, text: str) -> int:
        self._break("count_tokens")
        return super().count_tokens(text)

    def stream(self, *arguments: Any, **options: Any) -> Iterator[str]:
        self._break("stream")
        return self._pieces(super().stream(*arguments, **options))

    def _pieces(self, pieces: Iterator[str]) -> Iterator[str]:
        for number, piece in enumerate(pieces):
            if number == 2:
                self._break("pieces")
            yield piece


@pytest.mark.parametrize("where", ["context_tokens", "count_tokens", "stream", "pieces"])
@pytest.mark.parametrize("stream", [True, False])
def test_whatever_a_generator_raises_the_answer_is_quoted(
    make_world: MakeWorld, where: str, *, stream: bool
) -> None:
    world = filled(make_world(generator=Foreign(where)))

    answer = world.client.post(ANSWER, json={"query": QUESTION, "stream": stream})

    assert answer.status_code == 200
    body = events_of(answer.text)[-1][1] if stream else answer.json()
    assert body["mode"] == "extractive"
    assert body["degraded"] == ["generator: The generator failed; its operator can see why."]
    assert "secret" not in answer.text


def test_a_generator_that_can_not_say_what_it_supports_is_asked(make_world: MakeWorld) -> None:
    world = filled(make_world(generator=Foreign("supports")))

    assert world.client.post(ANSWER, json={"query": QUESTION}).json()["mode"] == "generated"


def test_a_silent_stream_is_kept_alive(make_world: MakeWorld) -> None:
    gate = Gate()
    world = filled(make_world(generator=GatedGenerator(SAYS, gate), heartbeat_s=0.01))

    with world.client.stream("POST", ANSWER, json={"query": QUESTION, "stream": True}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": keep-alive"
        gate.opened.set()
        rest = "\n".join(lines)

    assert [name for name, _ in events_of(rest) if name] == ["sentence", "sentence", "answer"]


def test_a_client_that_leaves_a_stream_frees_its_worker(make_world: MakeWorld) -> None:
    generator = GatedGenerator(SAYS, Gate())
    world = filled(make_world(generator=generator, heartbeat_s=0.01, answers=1, queue=0))

    with world.client.stream("POST", ANSWER, json={"query": QUESTION, "stream": True}) as stream:
        lines = stream.iter_lines()  # kept: the stream closes with it
        next(lines)
        busy = world.client.post(ANSWER, json={"query": QUESTION})

    assert busy.status_code == 429
    assert generator.stopped.wait(30)
    assert world.wait_until_idle()
    assert world.client.get("/v1/collections").status_code == 200


def test_the_sentences_come_before_the_answer_is_complete(make_world: MakeWorld) -> None:
    gate = Gate()

    class Halfway(FakeGenerator):
        def stream(self, *_: object, **__: object) -> Iterator[str]:
            yield "The lighthouse of Ardmore was lit in 1853 [1]. The tower"
            gate.pass_through()
            yield " is 34 metres high [1]. "

    world = filled(make_world(generator=Halfway()))

    with world.client.stream("POST", ANSWER, json={"query": QUESTION, "stream": True}) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: sentence"
        assert not gate.opened.is_set()
        gate.opened.set()
        rest = "\n".join(lines)

    assert "event: answer" in rest
