"""Two tenants of one service: nothing of the one appears in anything that the other is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import httpx2
import pytest

from app.access.key_file import KeyFile
from app.access.keys import Rights
from app.access.principal import VERBS
from tests.http.world import MakeWorld, World, error_of

OPERATOR = "the-operator"
QUESTIONS = (
    "Which code opens the vault of the harbour?",
    "vault code",
    "vualt cdoe of the harbuor",  # words that are tried as documents spell them
    "7731 4402",
    "Zephyrine",
    "保险库的密码是什么？",
)
OF_RED = {
    "id": "red-1",
    "title": "Redbook",
    "text": "The vault of the harbour opens with code 4402.",
}
OF_BLUE = {
    "id": "blue-1",
    "title": "Zephyrine",
    "text": "The vault of the harbour opens with code 7731. Zephyrine keeps it. 密码是七七三一。",
}
MARKS = ("7731", "Zephyrine", "blue", "七七三一")
"""What stands in documents and names of the other tenant alone."""


@dataclass
class Tenant:
    """Whoever has a key, and the collection that it asks."""

    world: World
    key: str
    collection: str

    def get(self, path: str) -> httpx2.Response:
        return self.world.client.get(path, headers=self._headers)

    def post(self, path: str, body: object) -> httpx2.Response:
        return self.world.client.post(path, json=body, headers=self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-API-Key": self.key, "X-Request-ID": "same"}

    def asked(self, question: str) -> Iterator[httpx2.Response]:
        """Every way to ask."""
        base = f"/v1/collections/{self.collection}"
        body = {"query": question, "explain": True}
        yield self.post(f"{base}/search", body | {"limit": 50})
        yield self.post(f"{base}/search", body | {"filter": {"team": "blue"}})
        yield self.post(f"{base}/search", body | {"filter": {"not": {"team": "red"}}})
        yield self.post(f"{base}/search", body | {"filter": {"document_id": "blue-1"}})
        yield self.post(f"{base}/answer", body)
        yield self.post(f"{base}/answer", body | {"stream": True})
        turns = [{"role": "user", "content": question}]
        for stream in (False, True):
            chat = {"model": self.collection, "messages": turns, "stream": stream}
            yield self.post("/v1/chat/completions", chat)

    def read(self) -> Iterator[httpx2.Response]:
        """Every listing and reading."""
        base = f"/v1/collections/{self.collection}/documents"
        for path in ("/v1/collections", "/v1/models", "/metrics", "/openapi.json", "/readyz"):
            yield self.get(path)
        for query in ("", "?limit=1", "?after=a", "?after=blue-0&limit=1"):
            yield self.get(base + query)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[KeyFile]:
    with closing(KeyFile(tmp_path / "store")) as file:
        yield file


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    world = make_world(api_keys=(OPERATOR,))
    world.client.headers["X-API-Key"] = OPERATOR
    team = {name: {"metadata": {"team": name}} for name in ("red", "blue")}
    world.ingest("shared", OF_RED | team["red"], OF_BLUE | team["blue"])
    world.ingest("red", OF_RED)
    world.ingest("blue", OF_BLUE)
    return world


def searcher(world: World, file: KeyFile, team: str, *, filtered: bool) -> Tenant:
    collection, where = ("shared", {"team": team}) if filtered else (team, None)
    rights = Rights(frozenset({collection}), frozenset({"search"}), where)
    key = file.create(team, rights, expires=None, now=datetime.now(UTC))
    return Tenant(world, key, collection)


def without_the_question(told: str, question: str) -> str:
    """What was told beside the question itself, whose words an answer may repeat."""
    for text in (question, *question.split(), *question.lower().split()):
        told = told.replace(json.dumps(text)[1:-1], "").replace(text, "")
    return told


@pytest.mark.parametrize("filtered", [True, False], ids=["by a filter", "by collections"])
def test_nothing_of_another_tenant_is_told(world: World, file: KeyFile, *, filtered: bool) -> None:
    red = searcher(world, file, "red", filtered=filtered)
    blue = searcher(world, file, "blue", filtered=filtered)
    operator = Tenant(world, OPERATOR, "shared")

    told_blue = 0
    for question in QUESTIONS:
        # The others ask first, so that whatever is kept of a question is theirs.
        told_blue += sum("7731" in answer.text for answer in blue.asked(question))
        list(operator.asked(question))
        for answer in red.asked(question):
            told = without_the_question(answer.text, question)
            assert answer.status_code == 200, answer.text
            assert [mark for mark in MARKS if mark in told] == [], (question, answer.request.url)
    assert told_blue >= len(QUESTIONS)

    for answer in red.read():
        assert [mark for mark in MARKS if mark in answer.text] == [], answer.request.url
    assert red.get("/metrics").status_code == 403
    listed = red.get("/v1/collections").json()["items"]
    assert [(one["name"], one["documents"]) for one in listed] == [(red.collection, 1)]


def test_a_document_that_a_filter_hides_is_as_one_that_does_not_exist(
    world: World, file: KeyFile
) -> None:
    red = searcher(world, file, "red", filtered=True)

    hidden = red.get("/v1/collections/shared/documents/blue-1")
    absent = red.get("/v1/collections/shared/documents/none-1")
    own = red.get("/v1/collections/shared/documents/red-1")

    assert (hidden.status_code, hidden.text) == (404, absent.text.replace("none-1", "blue-1"))
    assert own.json()["text"] == OF_RED["text"]
    documents = red.get("/v1/collections/shared/documents").json()
    assert [one["id"] for one in documents["items"]] == ["red-1"]
    assert documents.get("next") is None


def test_the_question_of_one_is_answered_for_another_by_its_own_documents(
    world: World, file: KeyFile
) -> None:
    red = searcher(world, file, "red", filtered=True)
    blue = searcher(world, file, "blue", filtered=True)
    question = {"query": QUESTIONS[0]}

    def hits(tenant: Tenant) -> list[str]:
        found = tenant.post("/v1/collections/shared/search", question).json()["hits"]
        return sorted({hit["document_id"] for hit in found})

    operator = Tenant(world, OPERATOR, "shared")
    for _ in range(2):
        assert hits(red) == ["red-1"]
        assert hits(operator) == ["blue-1", "red-1"]
        assert hits(blue) == ["blue-1"]


def test_a_filter_of_a_request_narrows_that_of_the_key_and_never_widens_it(
    world: World, file: KeyFile
) -> None:
    red = searcher(world, file, "red", filtered=True)
    for where in (
        {"team": "blue"},
        {"or": [{"team": "blue"}, {"not": {"team": "red"}}]},
        {"not": {"team": {"exists": True}}},
    ):
        for rerank in (True, False):
            body = {"query": "vault code", "filter": where, "rerank": rerank}
            assert red.post("/v1/collections/shared/search", body).json()["hits"] == []
        answer = red.post("/v1/collections/shared/answer", {"query": "vault?", "filter": where})
        assert answer.json()["mode"] == "abstained"


@pytest.mark.parametrize(
    "where",
    [
        {"lang": "zh"},
        {"title": "Zephyrine"},
        {"document_id": "blue-1"},
        {"tags": "b"},
        {"tags": ["b", "c"]},
        {"level": {"gte": 2}},
        {"not": {"team": "red"}},
    ],
    ids=str,
)
def test_whatever_a_filter_compares_searches_and_readings_agree(
    world: World, file: KeyFile, where: object
) -> None:
    given = {"team": "blue", "lang": "zh", "level": 2, "tags": ["a", "b"]}
    world.ingest("shared", OF_BLUE | {"metadata": given})
    rights = Rights(frozenset({"shared"}), frozenset({"search"}), where)
    key = file.create("some", rights, expires=None, now=datetime.now(UTC))
    some = Tenant(world, key, "shared")
    base = "/v1/collections/shared"

    found = some.post(f"{base}/search", {"query": "vault code 4402 7731"}).json()["hits"]
    listed = some.get(f"{base}/documents").json()["items"]
    read = [some.get(f"{base}/documents/{id_}").status_code for id_ in ("red-1", "blue-1")]
    sizes = some.get("/v1/collections").json()["items"][0]

    assert {hit["document_id"] for hit in found} == {"blue-1"}
    assert [one["id"] for one in listed] == ["blue-1"]
    assert read == [404, 200]
    assert sizes["documents"] == 1


def test_the_jobs_of_another_collection_are_not_found(world: World, file: KeyFile) -> None:
    job = world.ingest("blue", OF_BLUE)["job_id"]
    rights = Rights(frozenset({"red"}), VERBS)
    key = file.create("red", rights, expires=None, now=datetime.now(UTC))
    red = Tenant(world, key, "red")

    hidden, absent = red.get(f"/v1/jobs/{job}"), red.get("/v1/jobs/" + "0" * 32)

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text == absent.text.replace("0" * 32, job)


def test_errors_of_another_tenants_collection_are_not_told(
    world: World, file: KeyFile, tmp_path: Path
) -> None:
    """Neither in an answer nor by another status."""
    red = searcher(world, file, "red", filtered=False)
    (tmp_path / "store" / "blue" / "catalog.db").write_bytes(b"no database")

    answers = [
        red.post(f"/v1/collections/{name}/search", {"query": "vault"}) for name in ("blue", "gone")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text.replace("gone", "blue")
    assert [one["name"] for one in red.get("/v1/collections").json()["items"]] == ["red"]


def test_a_key_that_only_ingests_reads_nothing(world: World, file: KeyFile) -> None:
    rights = Rights(frozenset({"blue"}), frozenset({"ingest"}))
    key = file.create("feeder", rights, expires=None, now=datetime.now(UTC))
    feeder = Tenant(world, key, "blue")

    for answer in feeder.asked("vault code"):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
        assert "7731" not in answer.text
    assert feeder.get("/v1/collections").json() == {"items": []}


def test_the_log_of_the_service_has_neither_keys_nor_texts_of_tenants(
    world: World, file: KeyFile, log: StringIO
) -> None:
    blue = searcher(world, file, "blue", filtered=True)
    list(blue.asked(QUESTIONS[0]))

    written = log.getvalue()
    assert "/v1/collections/{name}/search" in written
    assert blue.key not in written
    assert "7731" not in written
