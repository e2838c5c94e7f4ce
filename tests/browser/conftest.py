"""A real server of fakes, and Chromium to look at it with."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn

from app.fakes import FakeGenerator
from tests.http.world import HARBOUR, TEA, MakeWorld, World

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS: Final = 30_000
DESKTOP: Final = {"width": 1280, "height": 860}
PHONE: Final = {"width": 390, "height": 780}

SAYS: Final = "The lighthouse of Ardmore was lit in 1853 [1]. The tower is 34 metres high [1]. "
FILLER: Final = "\n\n".join(f"🐦 Day {day}: the bird counts were taken." for day in range(200))
LOGBOOK: Final = f"{FILLER}\n\nThe heron colony has 41 nests.\n\n{FILLER}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    lacking = _lacking()
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if lacking:
                item.add_marker(pytest.mark.skip(reason=lacking))


def _lacking() -> str | None:
    if CHROMIUM is None:
        return "there is no Chromium on this machine; `make chromium` installs it where apt can"
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            return f"{package} is not installed"
    return None


@contextmanager
def _serving(world: World) -> Iterator[str]:
    """Serves over a socket. The world's client has begun the application, and ends it."""
    server = uvicorn.Server(
        uvicorn.Config(world.app, port=0, lifespan="off", ws="none", log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    with ExitStack() as stack:
        yield MakeWorld(tmp_path, stack)


@pytest.fixture
def serve() -> Iterator[Callable[[World], str]]:
    with ExitStack() as stack:
        yield lambda world: stack.enter_context(_serving(world))


@pytest.fixture
def filled(make_world: MakeWorld) -> World:
    """Two languages, a document too long for one screen, and a generator that cites."""
    world = make_world(generator=FakeGenerator(SAYS))
    world.ingest(
        "default",
        {"id": "harbour/ardmore.md", "title": "Ardmore harbour", "text": HARBOUR},
        {"id": "tea", "title": "云南茶", "text": TEA},
        {"id": "logbook", "title": "Logbook", "text": LOGBOOK},
    )
    return world


@pytest.fixture
def address(filled: World, serve: Callable[[World], str]) -> str:
    return serve(filled)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Of one module: while it is open, no other test may run an event loop of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address. At the end nothing may have been blocked or raised in the page."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def note(message: Any) -> None:
        # A status that the page says in words is a line in the console all the same.
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def open_page(address: str, **options: Any) -> Any:
        options = {"locale": "en-GB", "viewport": DESKTOP, "reduced_motion": "reduce"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def ask() -> Callable[[Any, str], Any]:
    """Asks and gives back the last turn once its answer is complete."""

    def ask(page: Any, question: str) -> Any:
        page.fill("#question", question)
        page.press("#question", "Enter")
        turn = page.locator(".turn").last
        turn.locator(".answer[aria-busy=false]").wait_for()
        return turn

    return ask
