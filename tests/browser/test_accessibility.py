"""Keyboard, colours, phones, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE

QUESTION = "When was the lighthouse of Ardmore lit?"
NO_ANSWER = "When was the lighthouse of Quetzal lit?"


@pytest.fixture(scope="session")
def axe() -> str:
    (script,) = (
        entry for entry in files("axe_playwright_python").iterdir() if entry.name == "axe.min.js"
    )
    return script.read_text(encoding="utf-8")


def serious(page: Any, axe: str) -> list[str]:
    """What axe finds, but for trifles: the rule, how bad it is and where."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']} {one['id']}: {[node['html'] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
)
def test_axe_finds_nothing_serious(
    address: str,
    visit: Callable[..., Any],
    ask: Callable[..., Any],
    axe: str,
    scheme: str,
    viewport: dict[str, int],
) -> None:
    page = visit(address, color_scheme=scheme, viewport=viewport)
    page.get_by_text("Every sentence of an answer").wait_for()
    found = {"opening": serious(page, axe)}
    turn = ask(page, QUESTION)
    turn.get_by_text("Why this and not that?").click()
    turn.get_by_role("region", name="Passages").wait_for()
    ask(page, NO_ANSWER)
    found["answers"] = serious(page, axe)
    turn.locator(".chip").first.click()
    page.locator("#source mark").wait_for()
    found["source"] = serious(page, axe)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Search").click()
    page.fill("#query", "lighthouse")
    page.press("#query", "Enter")
    page.locator(".hit").first.wait_for()
    found["search"] = serious(page, axe)
    page.get_by_role("link", name="Documents").click()
    page.locator("#listing tbody tr").first.wait_for()
    found["documents"] = serious(page, axe)
    page.get_by_role("button", name="Delete Logbook").click()
    found["confirmation"] = serious(page, axe)

    assert {view: what for view, what in found.items() if what} == {}


@pytest.mark.parametrize("hash_", ["ask", "search", "documents"])
def test_nothing_is_wider_than_a_phone(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any], hash_: str
) -> None:
    page = visit(f"{address}#{hash_}", viewport=PHONE)
    page.locator("h1").wait_for()
    if hash_ == "ask":
        ask(page, QUESTION).get_by_text("Why this and not that?").click()
        page.get_by_role("region", name="Passages").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_source_on_a_phone_covers_the_page_and_what_lies_under_it(
    address: str, visit: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    page = visit(address, viewport=PHONE)
    ask(page, QUESTION).locator(".chip").first.click()
    page.locator("#source mark").wait_for()

    assert page.locator("#source").bounding_box()["width"] == PHONE["width"]
    assert page.evaluate("document.getElementById('main').inert")
    page.get_by_role("button", name="Close").click()
    assert not page.evaluate("document.getElementById('main').inert")


def test_all_of_it_can_be_done_with_the_keyboard(address: str, visit: Callable[..., Any]) -> None:
    page = visit(address)
    page.get_by_text("Every sentence of an answer").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "question"
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".answer[aria-busy=false]").wait_for()
    assert page.evaluate("document.activeElement.id") == "question"

    page.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    page.locator("#source mark").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "chip"

    page.get_by_role("link", name="Documents").focus()
    page.keyboard.press("Enter")
    page.locator("#listing").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_colours_follow_the_system_until_they_are_chosen(
    address: str, visit: Callable[..., Any]
) -> None:
    page = visit(address, color_scheme="dark")

    def paper() -> str:
        found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return found

    dark = paper()
    theme = page.locator("#theme")
    assert theme.get_attribute("aria-label") == "Colours: as the system"
    theme.click()
    light = paper()
    assert light != dark
    page.reload()
    assert paper() == light
    theme.click()
    assert paper() == dark
