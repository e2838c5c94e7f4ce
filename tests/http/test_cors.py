"""Pages of other sites call the API where the operator has named them, and nowhere else."""

from __future__ import annotations

import httpx2
import pytest
from pydantic import ValidationError

from app.settings import ServerSettings
from tests.http.world import MakeWorld, World, error_of

KEY = "sesame"
NOTES = "https://notes.example.org"
ELSEWHERE = "https://evil.example"
DOCUMENTS = "/v1/collections/notes/documents"


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world(cors_origins=(NOTES,), api_keys=(KEY,))


def preflight(world: World, origin: str) -> httpx2.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, x-stainless-lang",
    }
    return world.client.options(DOCUMENTS, headers=headers)


def plant(world: World, **headers: str) -> httpx2.Response:
    return world.client.post(DOCUMENTS, files={"f": ("f.txt", b"x")}, headers=headers)


def test_a_named_page_is_given_leave_without_a_key(world: World) -> None:
    answer = preflight(world, NOTES)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == NOTES
    assert "x-stainless-lang" in answer.headers["access-control-allow-headers"]
    assert "Origin" in answer.headers["vary"]


def test_nobody_is_asked_to_send_cookies(world: World) -> None:
    asked = preflight(world, NOTES)
    read = world.client.get("/v1/collections", headers={"Origin": NOTES, "X-API-Key": KEY})

    for answer in (asked, read):
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", NOTES.upper(), f"{NOTES}.evil.example"])
def test_no_other_page_is_given_leave(world: World, origin: str) -> None:
    asked = preflight(world, origin)
    read = world.client.get("/v1/collections", headers={"Origin": origin, "X-API-Key": KEY})

    assert asked.status_code == 400
    for answer in (asked, read):
        assert "access-control-allow-origin" not in answer.headers


def test_a_named_page_may_change_things_with_a_key(world: World) -> None:
    sent = {"Origin": NOTES, "Sec-Fetch-Site": "cross-site"}

    assert plant(world, **sent).status_code == 401
    assert plant(world, **sent, **{"X-API-Key": KEY}).status_code == 202


def test_a_refusal_can_be_read_by_a_named_page(world: World) -> None:
    answer = plant(world, **{"Origin": NOTES, "Sec-Fetch-Site": "cross-site"})

    assert answer.headers["access-control-allow-origin"] == NOTES
    assert "X-Request-ID" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"}, id="another page"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="no origin"),
        pytest.param({"Origin": "null"}, id="hidden"),
    ],
)
def test_naming_a_page_lets_no_other_one_in(make_world: MakeWorld, headers: dict[str, str]) -> None:
    answer = plant(make_world(cors_origins=(NOTES,)), **headers)

    assert answer.status_code == 403
    assert error_of(answer)["code"] == "cross_site"


def test_a_name_that_was_made_to_lead_here_is_refused_all_the_same(make_world: MakeWorld) -> None:
    answer = plant(make_world(cors_origins=(NOTES,)), Origin=NOTES, Host="evil.example")

    assert answer.status_code == 421


def test_without_the_setting_no_page_is_given_leave(make_world: MakeWorld) -> None:
    answer = preflight(make_world(), NOTES)

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "", "notes.example.org", f"{NOTES}/", "https://*.example.org", NOTES.upper()],
)
def test_an_origin_that_is_not_exact_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="no exact origin"):
        ServerSettings(cors_origins=(origin,))
