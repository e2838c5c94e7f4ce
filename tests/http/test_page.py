"""The page at ``/``: what is served, to whom, and under which headers."""

from __future__ import annotations

import re

import pytest

from app.http.page.files import INDEX, PREFIX, page_files, page_paths
from tests.http.world import MakeWorld, World, error_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
ASKED = re.compile(r"""(?:href|src)="([^"#]+)"|from "\./([^"]+)\"""")
WORD = re.compile(r'^  "?([\w-]+)"?:', re.MULTILINE)
USED = re.compile(r'\bt\("([\w-]+)"|data-(?:t|label)="(\w+)"')
USED_BY_NAME = re.compile(r"\bt\(`(\w+_)\$")


def test_the_page_is_served_at_the_root_under_a_strict_policy(world: World) -> None:
    answer = world.client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", sorted(page_paths()))
def test_every_part_has_its_media_type_and_the_policy(world: World, path: str) -> None:
    answer = world.client.get(path)

    assert answer.status_code == 200
    kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "": "text/html"}
    assert answer.headers["content-type"].startswith(kind[path.rpartition(".")[2].strip("/")])
    assert answer.headers["content-security-policy"] == POLICY


def test_everything_that_a_part_asks_for_is_there() -> None:
    asked = {
        (one or two).removeprefix("page/")
        for text in _texts().values()
        for one, two in ASKED.findall(text)
    }

    assert len(asked) > 10
    assert asked <= set(page_files())
    assert set(page_files()) - asked == {INDEX}


def test_a_part_that_has_not_changed_is_not_sent_again(world: World) -> None:
    first = world.client.get(f"{PREFIX}main.js")
    again = world.client.get(f"{PREFIX}main.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/page/none.js", "/page/index.html", "/page/../files.py", "/page/%2e%2e/files.py", "/page/"],
)
def test_nothing_else_is_served(world: World, path: str) -> None:
    assert world.client.get(path).status_code == 404


def test_the_page_needs_no_key_and_what_it_asks_does(make_world: MakeWorld) -> None:
    client = make_world(api_keys=("sesame",)).client

    assert {client.get(path).status_code for path in page_paths()} == {200}
    assert client.get("/page/none.js").status_code == 401
    assert client.get("/v1/collections").status_code == 401


def test_the_page_can_be_turned_off(make_world: MakeWorld) -> None:
    client = make_world(page=False).client

    assert {client.get(path).status_code for path in page_paths()} == {404}
    assert error_of(client.get("/"))["code"] == "not_found"


def test_without_the_page_its_paths_are_locked_like_any_other(make_world: MakeWorld) -> None:
    client = make_world(page=False, api_keys=("sesame",)).client

    assert client.get("/").status_code == 401


def test_the_page_is_only_read(world: World) -> None:
    answer = world.client.post("/")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_no_part_makes_html_of_data_or_asks_another_site() -> None:
    for name, written in _texts().items():
        text = written.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), name
        assert not re.search(r"\beval\(|new Function|https?://", text), name
        assert not re.search(r"<script(?! [^>]*src=)| style=| on[a-z]+=\"", text), name


def test_both_languages_have_the_same_words() -> None:
    assert len(_words("english.js")) > 150
    assert _words("english.js") == _words("chinese.js")


def test_every_word_that_is_used_is_there_and_every_one_is_used() -> None:
    words = set(_words("english.js"))
    code = [text for name, text in _texts().items() if name not in {"english.js", "chinese.js"}]
    used = {one or two for text in code for one, two in USED.findall(text)}
    families = tuple(family for text in code for family in USED_BY_NAME.findall(text))

    assert used <= words
    assert {word for word in words - used if not word.startswith(families)} == set()


def _texts() -> dict[str, str]:
    return {name: file.content.decode() for name, file in page_files().items()}


def _words(name: str) -> list[str]:
    return WORD.findall(_texts()[name])
