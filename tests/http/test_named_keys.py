"""Named keys at the edge: every route of the schema, with every kind of key that opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.access.key_file import KeyFile
from app.access.keys import Rights
from app.access.principal import VERBS
from app.errors import ConfigurationError
from app.fakes import FakeGenerator
from app.http.edge.auth import OPEN_PATHS, require_safe_bind
from app.settings import ServerSettings, Settings, StoreSettings
from tests.http.calls import NO_COLLECTION, Call, calls
from tests.http.world import HARBOUR, MakeWorld, World, error_of

OPERATOR = "the-operator"
VERB_OF = {
    ("delete", "/v1/collections/{name}"): "manage",
    ("post", "/v1/collections/{name}/documents"): "ingest",
    ("get", "/v1/collections/{name}/documents"): "search",
    ("get", "/v1/collections/{name}/documents/{document_id}"): "search",
    ("delete", "/v1/collections/{name}/documents/{document_id}"): "ingest",
    ("get", "/v1/jobs/{job_id}"): "ingest",
    ("post", "/v1/collections/{name}/search"): "search",
    ("post", "/v1/collections/{name}/answer"): "search",
    ("post", "/v1/chat/completions"): "search",
    ("get", "/v1/models/{name}"): "search",
}
"""What each operation on a collection takes; one that is missing here fails its test."""
LISTINGS = ("/v1/collections", "/v1/models")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[KeyFile]:
    with closing(KeyFile(tmp_path / "store")) as file:
        yield file


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    world = make_world(
        generator=FakeGenerator(f"{HARBOUR} [1]"),
        api_keys=(OPERATOR,),
        failed_keys_per_minute=10_000,
    )
    world.client.headers["X-API-Key"] = OPERATOR
    world.ingest("notes", {"id": "h", "text": HARBOUR})
    return world


@pytest.fixture
def job(world: World) -> str:
    return str(world.ingest("notes", {"id": "h", "text": HARBOUR})["job_id"])


@pytest.fixture
def asked(world: World, job: str) -> list[Call]:
    found = list(calls(world))
    assert len(found) >= 15
    # The client's own key would be sent where a call has none.
    del world.client.headers["X-API-Key"]
    return found


def made(file: KeyFile, name: str, *verbs: str, collections: str = "notes") -> str:
    rights = Rights(frozenset({collections}), frozenset(VERBS & set(verbs)))
    return file.create(name, rights, expires=None, now=now())


def test_what_opens_nothing_is_refused_alike_on_every_route(
    world: World, asked: list[Call], job: str, file: KeyFile
) -> None:
    expired = file.create(
        "expired", Rights(None, VERBS), expires=timedelta(hours=1), now=now() - timedelta(hours=1)
    )
    revoked = file.create("revoked", Rights(None, VERBS), expires=None, now=now())
    file.revoke("revoked", now=now())
    rotated = file.create("rotated", Rights(None, VERBS), expires=None, now=now())
    file.rotate("rotated", grace=timedelta(), now=now())

    for call in asked:
        if call.path in OPEN_PATHS:
            continue
        answers = [
            call.send(world, name=name, job_id=job, key=key)
            for key in (None, "", "wrong", expired[:-1], expired, revoked, rotated)
            for name in ("notes", "absent")
        ]
        assert {answer.status_code for answer in answers} == {401}, call
        assert len({answer.text for answer in answers}) == 1, call
        assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}, call


@pytest.mark.parametrize("missing", sorted(VERBS))
def test_a_verb_that_is_not_given_is_refused_on_every_route_that_takes_it(
    world: World, asked: list[Call], job: str, file: KeyFile, missing: str
) -> None:
    key = made(file, "k", *(VERBS - {missing}))
    refused = 0
    for call in asked:
        if call.path in (*NO_COLLECTION, *LISTINGS):
            continue
        if VERB_OF[call.method, call.path] != missing:
            continue
        there = call.send(world, name="notes", job_id=job, key=key)
        absent = call.send(world, name="absent", job_id="0" * 32, key=key)
        refused += 1

        if missing == "search" or call.path == "/v1/jobs/{job_id}":
            told = there.text.replace("notes", "absent").replace(job, "0" * 32)
            assert (there.status_code, told) == (absent.status_code, absent.text) == (404, told)
        else:
            assert (there.status_code, error_of(there)["code"]) == (403, "forbidden"), call
        assert "Ardmore" not in there.text
    assert refused >= 1


def test_anothers_collection_is_on_every_route_as_one_that_does_not_exist(
    world: World, asked: list[Call], job: str, file: KeyFile
) -> None:
    key = made(file, "k", *VERBS, collections="other-*")
    for call in asked:
        there = call.send(world, name="notes", job_id=job, key=key)
        if call.path in OPEN_PATHS:
            assert there.status_code == 200
        elif call.path == "/metrics":
            assert there.status_code == 403
        else:
            absent = call.send(world, name="absent", job_id="0" * 32, key=key)
            told = there.text.replace("notes", "absent").replace(job, "0" * 32)
            assert (there.status_code, told) == (absent.status_code, absent.text), call
            assert "Ardmore" not in there.text, call


def test_a_key_is_revoked_while_the_server_runs(world: World, file: KeyFile) -> None:
    headers = {"X-API-Key": made(file, "k", "search")}
    listed = world.client.get("/v1/collections", headers=headers)
    file.revoke("k", now=now())
    refused = world.client.get("/v1/collections", headers=headers)

    assert [one["name"] for one in listed.json()["items"]] == ["notes"]
    assert refused.status_code == 401


def test_the_first_key_locks_a_server_that_was_open(make_world: MakeWorld, file: KeyFile) -> None:
    world = make_world()
    assert world.client.get("/v1/collections").status_code == 200

    headers = {"X-API-Key": made(file, "k", "search")}

    assert world.client.get("/v1/collections").status_code == 401
    assert world.client.get("/v1/collections", headers=headers).status_code == 200
    elsewhere = headers | {"Host": "attest.example"}
    assert world.client.get("/v1/collections", headers=elsewhere).status_code == 200


def test_metrics_are_for_who_sees_everything(world: World, file: KeyFile) -> None:
    everything = file.create("m", Rights(None, frozenset({"search"})), expires=None, now=now())
    part = Rights(None, frozenset({"search"}), {"team": "x"})
    filtered = file.create("f", part, expires=None, now=now())

    def status(key: str) -> int:
        return world.client.get("/metrics", headers={"X-API-Key": key}).status_code

    assert (status(everything), status(OPERATOR), status(filtered)) == (200, 200, 403)


def test_beyond_its_rate_and_its_quota_a_key_waits(world: World, file: KeyFile) -> None:
    verbs = frozenset(VERBS)
    rated = file.create("r", Rights(None, verbs, rate=2), expires=None, now=now())
    daily = file.create("q", Rights(None, verbs, quota=2), expires=None, now=now())

    for key, code, least_s in ((rated, "rate_limited", 25), (daily, "quota_exceeded", 1)):
        answers = [
            world.client.get("/v1/collections", headers={"X-API-Key": key}) for _ in range(3)
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert error_of(answers[-1])["code"] == code
        assert int(answers[-1].headers["retry-after"]) >= least_s


def test_guesses_from_one_address_are_told_to_wait_and_right_keys_are_not(
    make_world: MakeWorld,
) -> None:
    world = make_world(api_keys=(OPERATOR,), failed_keys_per_minute=3)

    answers = [
        world.client.get("/v1/collections", headers={"X-API-Key": f"guess-{n}"}) for n in range(5)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert error_of(answers[-1])["code"] == "rate_limited"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 20
    right = world.client.get("/v1/collections", headers={"X-API-Key": OPERATOR})
    assert right.status_code == 200


def test_keys_that_can_not_be_read_let_nobody_in(
    world: World, file: KeyFile, tmp_path: Path
) -> None:
    key = made(file, "k", "search")
    assert world.client.get("/v1/collections", headers={"X-API-Key": key}).status_code == 200
    for path in (tmp_path / "store").glob("keys.db*"):
        path.unlink()
    (tmp_path / "store" / "keys.db").write_bytes(b"no database" * 1_000)

    for given in (key, OPERATOR, "wrong"):
        answer = world.client.get("/v1/collections", headers={"X-API-Key": given})
        assert (answer.status_code, error_of(answer)["code"]) == (500, "misconfigured")
        assert "keys.db" not in answer.text


def test_a_named_key_is_enough_for_a_bind_that_others_reach(tmp_path: Path, file: KeyFile) -> None:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "store"), server=ServerSettings(host="0.0.0.0")
    )
    with pytest.raises(ConfigurationError, match="rag keys create"):
        require_safe_bind(settings)
    made(file, "k", "search")

    require_safe_bind(settings)
