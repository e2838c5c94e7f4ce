from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.http.world import World

READINGS = [{"kind": "time", "text": "last week", "meaning": "2024-03-04 to 2024-03-10"}]


def test_hits_have_what_was_searched_for_marked(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#search")
    page.fill("#query", "lighthouse lamp")
    page.press("#query", "Enter")
    hit = page.locator(".hit").first
    hit.wait_for()

    assert hit.locator("h2").inner_text() == "Ardmore harbour"
    assert set(hit.locator("mark").all_inner_texts()) == {"lighthouse", "lamp"}
    assert "BM25 1" in hit.locator(".foot").inner_text()
    hit.get_by_role("button").click()
    page.locator("#source mark").wait_for()
    page.keyboard.press("Escape")

    page.get_by_text("Why this and not that?").click()
    page.get_by_role("region", name="Passages").locator("tbody tr").first.wait_for()


def test_chinese_words_are_marked_too(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#search")
    page.fill("#query", "普洱")
    page.press("#query", "Enter")
    page.locator(".hit mark").first.wait_for()

    assert set(page.locator(".hit").first.locator("mark").all_inner_texts()) == {"普", "洱"}


def test_another_collection_is_searched_as_soon_as_it_is_chosen(
    filled: World, address: str, visit: Callable[..., Any]
) -> None:
    filled.ingest("ships", {"id": "s", "title": "Ships", "text": "The lighthouse ship is red."})
    page = visit(f"{address}#search")
    page.fill("#query", "lighthouse")
    page.press("#query", "Enter")
    page.locator(".hit").first.wait_for()
    page.select_option("#collection", "ships")

    page.locator(".hit h2").get_by_text("Ships").wait_for()


def test_what_was_read_into_the_query_can_be_taken_away(
    address: str, visit: Callable[..., Any]
) -> None:
    page = visit(f"{address}#search")
    sent: list[list[str]] = []

    def with_readings(route: Any) -> None:
        ignored = route.request.post_data_json["ignore"]
        sent.append(ignored)
        answer = route.fetch()
        body = answer.json() | {"readings": [] if ignored else READINGS}
        route.fulfill(response=answer, body=json.dumps(body))

    page.route("**/search", with_readings)
    page.fill("#query", "lighthouse last week")
    page.press("#query", "Enter")
    chip = page.locator(".readings li").first
    chip.wait_for()
    assert "Time last week → 2024-03-04 to 2024-03-10" in chip.inner_text()

    chip.get_by_role("button").click()
    page.get_by_text("Time: not read").wait_for()
    page.get_by_role("button", name="Read it again").click()
    page.get_by_role("button", name="Do not read it so").wait_for()
    assert sent == [[], ["time"], []]


def test_a_search_without_hits_says_so(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#search")
    page.route("**/search", _empty)
    page.fill("#query", "nothing")
    page.press("#query", "Enter")

    page.locator("#found").get_by_text("No passage was found.").wait_for()


def _empty(route: Any) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=json.dumps(answer.json() | {"hits": []}))
