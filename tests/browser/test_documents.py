from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.http.world import MakeWorld, World

NOTE = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"Backups are kept for 30 days."}
BROKEN = {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 no more"}


def test_an_empty_service_says_how_to_begin(
    make_world: MakeWorld,
    serve: Callable[..., str],
    visit: Callable[..., Any],
    ask: Callable[..., Any],
) -> None:
    page = visit(serve(make_world()))
    page.get_by_text("There are no documents yet.").wait_for()
    page.get_by_role("link", name="Add documents").click()
    page.set_input_files("#files", [NOTE])
    page.locator(".uploads .good").wait_for()

    assert page.locator("#collection").input_value() == "default"
    page.get_by_role("link", name="Ask").click()
    assert "30 days" in ask(page, "How long are backups kept?").inner_text()


def test_every_file_has_its_own_outcome(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#documents")
    page.set_input_files("#files", [NOTE, BROKEN])
    page.locator(".uploads .good").wait_for()
    page.locator(".uploads .bad").wait_for()

    good, bad = page.locator(".uploads .good"), page.locator(".uploads .bad")
    assert "note.txt" in good.inner_text()
    assert "1 document added" in good.inner_text()
    assert "1 not read" in bad.inner_text()
    assert bad.locator(".failures li").inner_text().startswith("broken.pdf: ")
    page.locator("#listing").get_by_text("note").first.wait_for()

    page.set_input_files("#files", [NOTE])
    page.locator(".uploads").get_by_text("1 unchanged").wait_for()
    page.reload()  # jobs are remembered
    page.locator(".uploads").get_by_text("1 unchanged").wait_for()


def test_files_can_be_dropped(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#documents")
    files = page.evaluate_handle(
        "() => { const moved = new DataTransfer();"
        " moved.items.add(new File(['The gate is green.'], 'gate.txt')); return moved }"
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": files})

    page.locator(".uploads .good").get_by_text("gate.txt").wait_for()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "dropped"
    (found / "quay").mkdir(parents=True)
    (found / "quay" / "crane.txt").write_text("The crane lifts 12 tonnes.")
    (found / "gate.txt").write_text("The gate is green.")
    (found / ".hidden").write_text("Nobody's business.")
    return found


IN_FOLDER = ["dropped/gate.txt", "dropped/quay/crane.txt"]


def test_a_folder_can_be_dropped(
    filled: World, address: str, visit: Callable[..., Any], folder: Path
) -> None:
    page = visit(f"{address}#documents")
    zone = page.locator(".drop")
    zone.wait_for()
    box = zone.bounding_box()
    place = {"x": box["x"] + 50, "y": box["y"] + 20}
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data} | place)

    page.locator(".uploads .good").nth(1).wait_for()
    listed = filled.client.get("/v1/collections/default/documents").json()["items"]
    assert [one["id"] for one in listed if one["id"].startswith("dropped")] == IN_FOLDER


def test_a_folder_can_be_chosen(
    filled: World, address: str, visit: Callable[..., Any], folder: Path
) -> None:
    page = visit(f"{address}#documents")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(str(folder))

    page.locator(".uploads .good").nth(1).wait_for()
    listed = filled.client.get("/v1/collections/default/documents").json()["items"]
    assert [one["id"] for one in listed if one["id"].startswith("dropped")] == IN_FOLDER


def test_a_collection_is_made_filled_and_deleted(address: str, visit: Callable[..., Any]) -> None:
    page = visit(f"{address}#documents")
    page.fill("#new-name", "notes")
    page.get_by_role("button", name="Create").click()
    assert page.evaluate("document.activeElement.id") == "files"
    page.get_by_text("Drop files for notes").wait_for()
    page.set_input_files("#files", [NOTE])
    page.locator("#listing").get_by_text("Documents of notes").wait_for()

    page.locator("#collections").get_by_role("button", name="Delete notes").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert page.locator("#collections").get_by_role("button", name="notes", exact=True).is_visible()
    page.locator("#collections").get_by_role("button", name="Delete notes").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.locator("#listing").get_by_text("Documents of default").wait_for()
    assert page.locator("#collection option").all_inner_texts() == ["default"]


def test_documents_are_listed_read_and_deleted(
    filled: World, address: str, visit: Callable[..., Any]
) -> None:
    page = visit(f"{address}#documents")
    listing = page.locator("#listing")
    listing.get_by_role("button", name="云南茶", exact=True).click()
    page.locator("#source .text").get_by_text("普洱茶").wait_for()
    page.keyboard.press("Escape")

    listing.get_by_role("button", name="Delete Ardmore harbour").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.locator("#listing tbody tr").nth(2).wait_for(state="detached")
    left = filled.client.get("/v1/collections/default/documents").json()["items"]
    assert [one["id"] for one in left] == ["logbook", "tea"]


def test_long_listings_come_page_by_page(
    filled: World, address: str, visit: Callable[..., Any]
) -> None:
    filled.ingest("many", *({"id": f"d{n:03}", "text": f"Door {n}."} for n in range(60)))
    page = visit(f"{address}#documents")
    page.select_option("#collection", "many")
    page.locator("#listing").get_by_text("Documents of many").wait_for()
    assert page.locator("#listing tbody tr").count() == 50
    page.get_by_role("button", name="Show more").click()
    page.locator("#listing tbody tr").nth(59).wait_for()
    assert page.get_by_role("button", name="Show more").count() == 0
