"""What goes wrong is said in words, with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.http.world import Gate, MakeWorld

KEY = "correct-horse-钥匙"
QUESTION = "When was the lighthouse of Ardmore lit?"


def test_a_service_with_keys_asks_for_one_and_keeps_it_for_the_tab(
    make_world: MakeWorld, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    address = serve(make_world(api_keys=(KEY,)))
    page = visit(address)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key").fill("wrong")
    page.keyboard.press("Enter")
    page.locator("#banner").get_by_text("wants an API key").wait_for()
    dialog.get_by_label("Key").fill(KEY)
    dialog.get_by_role("button", name="Use it").click()

    page.get_by_text("There are no documents yet.").wait_for()
    assert page.locator("#banner .notice").count() == 0
    page.reload()
    page.get_by_text("There are no documents yet.").wait_for()
    assert page.evaluate("JSON.stringify(localStorage)").find(KEY) == -1


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        pytest.param(401, "unauthorized", "wants an API key", id="401"),
        pytest.param(403, "forbidden", "gives no right", id="403"),
        pytest.param(404, "not_found", "not there", id="404"),
        pytest.param(413, "payload_too_large", "too large", id="413"),
        pytest.param(429, "overloaded", "too much to do", id="429"),
        pytest.param(500, "internal", "went wrong", id="500"),
        pytest.param(503, "model_missing", "has to install", id="503"),
    ],
)
def test_a_refused_question_says_what_to_do_and_can_be_tried_again(
    address: str,
    visit: Callable[..., Any],
    ask: Callable[..., Any],
    status: int,
    code: str,
    words: str,
) -> None:
    page = visit(address)
    error = {"error": {"code": code, "message": "Told so.", "request_id": "r1"}}
    page.route(
        "**/answer", lambda route: route.fulfill(status=status, body=json.dumps(error)), times=1
    )
    turn = ask(page, QUESTION)
    assert words in turn.get_by_role("alert").inner_text()
    turn.get_by_role("button", name="Try again").click()

    page.locator(".sentence").first.wait_for()
    assert page.locator(".turn").count() == 1


def test_a_stream_that_breaks_off_says_so_below_what_had_come(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    sentence = {
        "text": "It was lit.",
        "setting": "",
        "verdict": "verbatim",
        "citations": [],
        "sources": [],
    }
    page.route(
        "**/answer",
        lambda route: route.fulfill(
            content_type="text/event-stream",
            body=f": keep-alive\n\nevent: sentence\ndata: {json.dumps(sentence)}\n\n",
        ),
    )
    turn = ask(page, QUESTION)

    assert turn.locator(".sentence").count() == 1
    assert "does not answer" in turn.get_by_role("alert").inner_text()


def test_a_service_that_is_gone_is_said_to_be(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    page.route("**/v1/**", lambda route: route.abort())
    page.locator("h1").wait_for()

    assert "does not answer" in ask(page, QUESTION).get_by_role("alert").inner_text()


def test_an_upload_that_is_too_large_says_so(
    make_world: MakeWorld, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    page = visit(f"{serve(make_world(max_body_bytes=2_000))}#documents")
    large = {"name": "large.txt", "mimeType": "text/plain", "buffer": b"word " * 1_000}
    larger = {"name": "larger.txt", "mimeType": "text/plain", "buffer": b"word " * 5_000_000}
    page.set_input_files("#files", [large, larger])

    page.locator(".uploads .bad").nth(1).wait_for()
    # The service does not wait for the end of a body; a browser may see no more than that.
    for told in page.locator(".uploads .bad").all_inner_texts():
        assert "too large" in told or "larger than" in told


def test_a_starting_service_is_waited_for(
    make_world: MakeWorld, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    gate = Gate()
    world = make_world(before_build=gate.pass_through)
    page = visit(serve(world))
    page.get_by_text("The service is loading its models.").wait_for()
    gate.opened.set()

    page.get_by_text("There are no documents yet.").wait_for()
    assert page.locator("#banner .notice").count() == 0


def test_a_document_that_has_changed_since_shows_what_was_quoted(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    turn = ask(page, QUESTION)

    def changed(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"text": "It is gone."}))

    page.route("**/documents/*", changed)
    turn.locator(".chip").first.click()
    page.locator("#source").get_by_text("The document has changed since").wait_for()
    assert "1853" in page.locator("#source blockquote").inner_text()
    assert page.locator("#source .text").inner_text() == "It is gone."
