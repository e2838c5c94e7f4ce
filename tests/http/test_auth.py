from __future__ import annotations

import logging

import pytest

from app.errors import ConfigurationError
from app.http.edge.auth import require_safe_bind
from app.settings import ServerSettings, Settings
from tests.http.world import MakeWorld, World, error_of

KEY = "correct-horse-battery"
OTHER = "schlüssel-staple"


@pytest.fixture
def locked(make_world: MakeWorld) -> World:
    return make_world(api_keys=(KEY, OTHER))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "Bearer wrong"}, id="a wrong key"),
        pytest.param({"Authorization": f"Bearer {KEY}x"}, id="a longer key"),
        pytest.param({"Authorization": f"Bearer {KEY[:-1]}"}, id="a shorter key"),
        pytest.param({"Authorization": "Bearer "}, id="an empty key"),
        pytest.param({"Authorization": f"Basic {KEY}"}, id="another scheme"),
        pytest.param({"X-API-Key": "wrong"}, id="a wrong key in the other header"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/collections", "/metrics", "/openapi.json", "/none"])
def test_nothing_is_told_without_the_right_key(
    locked: World, headers: dict[str, str], path: str
) -> None:
    answer = locked.client.get(path, headers=headers)

    assert answer.status_code == 401
    assert error_of(answer)["code"] == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Authorization": f"Bearer {KEY}"}, id="bearer"),
        pytest.param({"Authorization": f"bearer  {KEY}"}, id="bearer, spelt otherwise"),
        pytest.param({"X-API-Key": KEY}, id="header"),
        pytest.param({"X-API-Key": OTHER.encode()}, id="another key, in UTF-8"),
    ],
)
def test_any_of_the_keys_opens(locked: World, headers: dict[str, str]) -> None:
    assert locked.client.get("/v1/collections", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_whether_it_lives_is_told_to_anyone(locked: World, path: str) -> None:
    assert locked.client.get(path).status_code == 200


def test_without_keys_everything_is_open(world: World) -> None:
    assert world.client.get("/v1/collections").status_code == 200


def test_no_key_is_ever_logged(locked: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        locked.client.get("/v1/collections", headers={"Authorization": f"Bearer {KEY}"})
        locked.client.get("/v1/collections", headers={"X-API-Key": "guess-wrong"})
        locked.client.post("/v1/none", headers={"X-API-Key": KEY})

    logged = "\n".join(str(vars(record)) for record in caplog.records)
    assert "/v1/collections" in logged
    assert KEY not in logged
    assert "guess-wrong" not in logged


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "", "example.org"])
def test_a_bind_that_others_reach_needs_a_key(host: str) -> None:
    without = Settings(server=ServerSettings(host=host))
    with_key = Settings(server=ServerSettings(host=host, api_keys=(KEY,)))

    with pytest.raises(ConfigurationError, match=r"server\.api_keys"):
        require_safe_bind(without)
    require_safe_bind(with_key)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_a_loopback_bind_needs_none(host: str) -> None:
    require_safe_bind(Settings(server=ServerSettings(host=host)))


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_key_is_no_key(key: str) -> None:
    with pytest.raises(ConfigurationError, match="empty key"):
        require_safe_bind(Settings(server=ServerSettings(host="0.0.0.0", api_keys=(KEY, key))))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_plants_no_documents(world: World, site: str) -> None:
    path = "/v1/collections/notes/documents"
    headers = {"Sec-Fetch-Site": site}

    planted = world.client.post(path, files={"f": ("f.txt", b"x")}, headers=headers)
    read = world.client.get("/v1/collections", headers=headers)

    assert planted.status_code == 403
    assert error_of(planted)["code"] == "cross_site"
    assert read.json() == {"items": []}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost:1",
        "[",
        "",
        "http://",
    ],
)
def test_an_older_browser_plants_none_either(world: World, origin: str) -> None:
    answer = world.client.post(
        "/v1/collections/notes/documents",
        files={"f": ("f.txt", b"x")},
        headers={"Origin": origin},
    )

    assert answer.status_code == 403
    assert error_of(answer)["code"] == "cross_site"
    assert world.client.get("/v1/collections").json() == {"items": []}


def test_a_page_of_our_own_is_known_by_its_origin_too(world: World) -> None:
    answer = world.client.post(
        "/v1/collections/notes/documents",
        files={"f": ("f.txt", b"x")},
        headers={"Origin": "http://LOCALHOST"},
    )

    assert answer.status_code == 202


@pytest.mark.parametrize("key", [f" {KEY}", f"{KEY}\n", f"{KEY}\t "])
def test_a_key_that_no_header_can_carry_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ConfigurationError, match="white space"):
        require_safe_bind(Settings(server=ServerSettings(api_keys=(key,))))


@pytest.mark.parametrize("host", ["evil.example:8000", "127.0.0.1.evil.example", "[", "10.0.0.7"])
def test_a_page_whose_name_leads_to_this_machine_reads_nothing(world: World, host: str) -> None:
    for method in ("GET", "POST"):
        answer = world.client.request(method, "/v1/collections", headers={"Host": host})

        assert answer.status_code == 421
        assert error_of(answer)["code"] == "wrong_host"


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "rag.localhost", ""]
)
def test_names_of_this_machine_are_answered_to(world: World, host: str) -> None:
    assert world.client.get("/v1/collections", headers={"Host": host}).status_code == 200


def test_with_keys_any_name_will_do(make_world: MakeWorld) -> None:
    world = make_world(api_keys=(KEY,))
    headers = {"Host": "rag.example", "Authorization": f"Bearer {KEY}"}

    assert world.client.get("/v1/collections", headers=headers).status_code == 200


def test_a_page_of_our_own_may_ask(world: World) -> None:
    path = "/v1/collections/notes/documents"
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert world.client.post(path, files={"f": ("f", b"x")}, headers=headers).status_code == 202
