from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from app.fakes import FakeGenerator
from tests.http.world import HARBOUR, TEA, Gate, MakeWorld, World

QUESTION = "When was the lighthouse of Ardmore lit?"


def test_an_answer_is_sentences_with_chips_that_open_their_source(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    turn = ask(page, QUESTION)

    assert turn.locator("h2").inner_text() == QUESTION
    first = turn.locator(".sentence").first
    assert "was lit in 1853" in first.inner_text()
    assert first.locator(".verdict").inner_text() in ("checked", "quoted")

    chip = first.locator(".chip")
    chip.click()
    panel = page.locator("#source")
    panel.locator("mark").wait_for()
    assert panel.locator("h2").inner_text() == "Ardmore harbour"
    assert panel.locator(".text").inner_text() == HARBOUR
    assert panel.locator("mark").inner_text() in HARBOUR
    assert page.evaluate("document.activeElement.tagName") == "H2"

    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert chip.evaluate("chip => chip === document.activeElement")


def test_the_quoted_span_is_marked_and_in_sight_in_a_long_document(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    ask(page, "How many nests has the heron colony?").locator(".chip").first.click()

    mark = page.locator("#source mark")
    mark.wait_for()
    assert mark.inner_text() == "The heron colony has 41 nests."  # behind characters of two units
    assert mark.evaluate(
        "mark => { const box = mark.getBoundingClientRect();"
        " return box.top > 0 && box.bottom < innerHeight }"
    )


def test_sentences_are_seen_before_the_answer_is_complete(
    make_world: MakeWorld, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    gate = Gate()

    class Halfway(FakeGenerator):
        def stream(self, *_: object, **__: object) -> Iterator[str]:
            yield "The lighthouse of Ardmore was lit in 1853 [1]. The tower"
            gate.pass_through()
            yield " is 34 metres high [1]. "

    world = make_world(generator=Halfway())
    world.ingest("default", {"id": "h", "title": "Harbour", "text": HARBOUR})
    page = visit(serve(world))
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")

    page.locator(".sentence").wait_for()
    answer = page.locator(".answer")
    assert answer.get_attribute("aria-live") == "polite"
    assert answer.get_attribute("aria-busy") == "true"
    page.get_by_role("button", name="中文").click()  # in the middle of it
    assert page.locator(".sentence").count() == 1
    gate.opened.set()
    page.locator(".answer[aria-busy=false]").wait_for()
    assert page.locator(".sentence").count() == 2
    assert page.locator("#says").inner_text() == "回答完毕。"


def test_an_answer_can_be_stopped(
    make_world: MakeWorld, serve: Callable[..., str], visit: Callable[..., Any]
) -> None:
    gate = Gate()

    class Waits(FakeGenerator):
        def stream(self, *_: object, **__: object) -> Iterator[str]:
            gate.pass_through()
            yield "Nothing."

    world = make_world(generator=Waits())
    world.ingest("default", {"id": "h", "title": "Harbour", "text": HARBOUR})
    page = visit(serve(world))
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.get_by_role("button", name="Stop").click()

    page.get_by_text("Stopped.").wait_for()
    assert page.locator("button[type=submit]").inner_text() == "Ask"
    gate.opened.set()


def test_an_abstention_says_why_and_what_came_nearest(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    turn = ask(page, "When was the lighthouse of Quetzal lit?")

    assert "No answer rather than a guess" in turn.inner_text()
    assert "Quetzal" in turn.locator(".reason").inner_text()
    turn.locator(".nearest .chip").first.click()
    page.locator("#source mark").wait_for()


def test_the_trace_says_why_this_passage_and_not_that_one(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    turn = ask(page, QUESTION)
    turn.get_by_text("Why this and not that?").click()

    passages = turn.get_by_role("region", name="Passages")
    passages.wait_for()
    heads = passages.locator("th").all_inner_texts()
    assert {"Rank", "BM25", "Embedding", "Fused", "Terms", "Relevance", "Outcome"} <= set(heads)
    assert passages.locator("tbody tr").first.locator("td").first.inner_text() == "1"
    assert "%" in turn.get_by_role("region", name="Statements").locator("td").first.inner_text()
    assert " ms" in turn.locator(".timings").inner_text()


def test_what_went_before_is_sent_and_a_new_conversation_forgets_it(
    filled: World, address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    sent: list[dict[str, Any]] = []
    page.on(
        "request", lambda request: request.method == "POST" and sent.append(request.post_data_json)
    )

    ask(page, QUESTION)
    ask(page, "How high is the tower?")
    page.get_by_role("button", name="New conversation").click()
    assert page.locator(".turn").count() == 0
    ask(page, QUESTION)

    assert [len(body["history"]) for body in sent] == [0, 2, 0]
    assert sent[1]["history"][0] == {"role": "user", "content": QUESTION}
    assert "1853" in sent[1]["history"][1]["content"]


def test_a_long_conversation_is_sent_as_far_as_there_is_room(
    filled: World, address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address)
    sent: list[list[dict[str, str]]] = []
    said = {"answer": "🐦" * 5_000, "mode": "extractive", "sentences": [], "citations": []}
    said |= {"notes": [], "nearest": [], "degraded": [], "timings_ms": {}}

    def answer(route: Any) -> None:
        sent.append(route.request.post_data_json["history"])
        events = f"event: answer\ndata: {json.dumps(said)}\n\n"
        route.fulfill(content_type="text/event-stream", body=events)

    page.route("**/answer", answer)
    for _ in range(9):
        ask(page, "tower " * 1_000)

    characters = [sum(len(turn["content"]) for turn in history) for history in sent]
    assert max(len(history) for history in sent) > 4
    assert max(characters) <= 64_000
    assert max(len(turn["content"]) for history in sent for turn in history) <= 8_000


def test_what_failed_and_was_left_out_is_said(
    make_world: MakeWorld,
    serve: Callable[..., str],
    visit: Callable[..., Any],
    ask: Callable[..., Any],
) -> None:
    class Fails(FakeGenerator):
        def stream(self, *_: object, **__: object) -> Iterator[str]:
            raise KeyError("/srv/secret")

    world = make_world(generator=Fails())
    world.ingest("default", {"id": "h", "title": "Harbour", "text": HARBOUR})
    turn = ask(visit(serve(world)), QUESTION)

    assert "made without it" in turn.locator(".warn").inner_text()
    assert turn.locator(".warn li").inner_text().startswith("generator: ")
    assert turn.locator(".sentence .verdict").first.inner_text() == "quoted"


def test_enter_does_not_send_while_chinese_is_composed(
    address: str, visit: Callable[..., Any]
) -> None:
    page = visit(address)
    page.fill("#question", "pu'er")
    page.locator("#question").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True}
    )

    assert page.locator(".turn").count() == 0


def test_the_interface_speaks_the_browsers_language_and_can_be_switched(
    make_world: MakeWorld,
    serve: Callable[..., str],
    visit: Callable[..., Any],
    ask: Callable[..., Any],
) -> None:
    world = make_world()
    world.ingest("default", {"id": "tea", "title": "云南茶", "text": TEA})
    page = visit(serve(world), locale="zh-CN")
    assert page.locator("h1").inner_text() == "想知道什么？"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"

    turn = ask(page, "茶叶最早产于哪里？")
    assert turn.locator(".said").first.get_attribute("lang") == "zh"
    turn.locator(".chip").first.click()
    page.locator("#source mark").wait_for()
    assert page.locator("#source .text").inner_text() == TEA

    page.get_by_role("button", name="English").click()
    assert page.get_by_role("link", name="Documents").is_visible()
    page.reload()
    assert page.locator("h1").inner_text() == "What do you want to know?"


def test_what_a_document_holds_is_text_and_never_html(
    make_world: MakeWorld,
    serve: Callable[..., str],
    visit: Callable[..., Any],
    ask: Callable[..., Any],
) -> None:
    bad = 'The mast of Kilrush is <img src=x onerror="document.title=1"><b>9</b> metres high.'
    world = make_world()
    world.ingest("default", {"id": "<b>k</b>", "title": "<i>Kilrush</i>", "text": bad})
    page = visit(serve(world))
    turn = ask(page, 'How high is the mast of Kilrush?<img src=x onerror="document.title=1">')

    assert turn.locator("img, b, i").count() == 0
    assert "<b>9</b>" in turn.inner_text()
    turn.locator(".chip").first.click()
    page.locator("#source mark").wait_for()
    assert page.locator("#source .text").inner_text() == bad
    assert page.title() == "Ask – Attest"
