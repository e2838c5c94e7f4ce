from __future__ import annotations

import io
import zipfile
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.http.world import HARBOUR, TEA, Gate, MakeWorld, StoreKind, World, error_of

DOCUMENTS = "/v1/collections/notes/documents"


@pytest.fixture(params=["local", "memory"])
def store_kind(request: pytest.FixtureRequest) -> StoreKind:
    kind: StoreKind = request.param
    return kind


def test_records_are_taken_over_and_their_job_says_what_became_of_them(client: TestClient) -> None:
    accepted = client.post(DOCUMENTS, json={"documents": [{"id": "a", "text": HARBOUR}]})

    assert accepted.status_code == 202
    assert set(accepted.json()) == {"job_id"}
    job_id = accepted.json()["job_id"]
    assert accepted.headers["location"] == f"/v1/jobs/{job_id}"
    job = client.get(f"/v1/jobs/{job_id}")
    assert job.status_code == 200
    assert set(job.json()) == {
        *("job_id", "collection", "state", "received", "indexed", "skipped", "failed"),
        *("failed_count", "created_at", "updated_at", "timings_s"),
    }
    assert (job.json()["job_id"], job.json()["collection"]) == (job_id, "notes")


def test_waiting_gives_the_counts(client: TestClient) -> None:
    body = {"documents": [{"id": "a", "text": HARBOUR}, {"id": "b", "text": TEA}]}

    first = client.post(f"{DOCUMENTS}?wait=true", json=body)
    second = client.post(f"{DOCUMENTS}?wait=true", json=body)

    assert first.status_code == 200
    counts = ("received", "indexed", "skipped", "failed_count", "failed")
    assert [first.json()[name] for name in counts] == [2, 2, 0, 0, []]
    assert [second.json()[name] for name in counts] == [2, 0, 2, 0, []]


def test_a_malformed_record_fails_alone_and_under_its_id(client: TestClient) -> None:
    documents = [
        {"id": "good", "text": "A good text."},
        {"id": "blank", "text": "  "},
        "not an object",
        {"id": 7, "text": 7},
        {"text": "An id is made for this one."},
        {"id": "meta", "text": "x", "metadata": {"deep": {"er": 1}}},
    ]

    done = client.post(f"{DOCUMENTS}?wait=true", json={"documents": documents}).json()

    assert (done["received"], done["indexed"], done["skipped"]) == (6, 2, 0)
    assert [(failure["id"], failure["code"]) for failure in done["failed"]] == [
        ("blank", "empty"),
        ("documents[2]", "invalid_record"),
        ("7", "invalid_record"),
        ("meta", "invalid_record"),
    ]
    assert all(set(failure) == {"id", "code", "reason"} for failure in done["failed"])


def test_files_are_ingested_under_their_names_whatever_their_fields(client: TestClient) -> None:
    files = [
        ("one", ("harbour.txt", HARBOUR.encode(), "text/plain")),
        ("two", ("notes/茶.md", f"# 茶\n\n{TEA}".encode(), "text/markdown")),
        ("two", ("broken.pdf", b"not a PDF", "application/pdf")),
        ("two", ("lines.jsonl", b'{"id": "l1", "text": "one"}\nnonsense\n', "text/plain")),
    ]

    done = client.post(f"{DOCUMENTS}?wait=true", files=files).json()

    assert (done["received"], done["indexed"]) == (5, 3)
    assert [(failure["file"], failure["code"]) for failure in done["failed"]] == [
        ("broken.pdf", "corrupt"),
        ("lines.jsonl:2", "invalid_record"),
    ]
    assert all(set(failure) == {"file", "code", "reason"} for failure in done["failed"])
    ids = [item["id"] for item in client.get(DOCUMENTS).json()["items"]]
    assert ids == ["harbour.txt", "l1", "notes/茶.md"]


def test_an_archive_is_as_many_documents_as_it_holds(client: TestClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("harbour.txt", HARBOUR)
        archive.writestr("rows.jsonl", '{"id": "l1", "text": "one"}\nnonsense\n')
        archive.writestr("../out.txt", HARBOUR)

    done = client.post(f"{DOCUMENTS}?wait=true", files={"f": ("a.zip", packed.getvalue())}).json()

    assert (done["received"], done["indexed"]) == (4, 2)
    assert [(failure["file"], failure["code"]) for failure in done["failed"]] == [
        ("a.zip!/rows.jsonl:2", "invalid_record"),
        ("a.zip!/../out.txt", "leads_out"),
    ]
    ids = [item["id"] for item in client.get(DOCUMENTS).json()["items"]]
    assert ids == ["a.zip!/harbour.txt", "l1"]
    found = client.get(f"{DOCUMENTS}/a.zip!/harbour.txt").json()
    assert (found["text"], found["metadata"]["source"]) == (HARBOUR, "a.zip!/harbour.txt")


def test_of_many_bad_lines_the_first_thousand_are_told(client: TestClient) -> None:
    files = {"f": ("lines.jsonl", b"nonsense\n" * 3_000)}

    done = client.post(f"{DOCUMENTS}?wait=true", files=files).json()

    assert (done["received"], done["failed_count"], len(done["failed"])) == (3_000, 3_000, 1_000)


def test_a_job_tells_files_from_records_long_after_the_upload(client: TestClient) -> None:
    record = client.post(DOCUMENTS + "?wait=true", json={"documents": [{"id": "r", "text": ""}]})
    file = client.post(DOCUMENTS + "?wait=true", files={"f": ("f.txt", b" ")})

    failures = [
        client.get(f"/v1/jobs/{answer.json()['job_id']}").json()["failed"][0]
        for answer in (record, file)
    ]

    assert (failures[0]["id"], failures[1]["file"]) == ("r", "f.txt")


def test_a_file_can_not_pass_for_a_record(client: TestClient) -> None:
    files = {"f": ("\0fake.txt", b" ")}

    done = client.post(DOCUMENTS + "?wait=true", files=files).json()

    assert "id" not in done["failed"][0]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        pytest.param(b"{", "application/json", 400, id="no JSON"),
        pytest.param(b'{"documents": [NaN]}', "application/json", 400, id="NaN is no JSON"),
        pytest.param(b"[" * 100_000, "application/json", 400, id="nested without end"),
        pytest.param(b'{"documents": [1' + b"0" * 5_000 + b"]}", "application/json", 400, id="big"),
        pytest.param(b"\xff\xfe", "application/json", 400, id="no UTF-8"),
        pytest.param(b"{}", "application/json", 422, id="no list"),
        pytest.param(b'{"documents": {}}', "application/json", 422, id="not a list"),
        pytest.param(b'{"documents": []}', "application/json", 422, id="an empty list"),
        pytest.param(b"[]", "application/json", 422, id="not an object"),
        pytest.param(b'{"documents": []}', "text/plain", 415, id="another media type"),
        pytest.param(b"", "", 415, id="nothing"),
        pytest.param(b"x", "multipart/form-data", 400, id="a form without a boundary"),
        pytest.param(b"x", "multipart/form-data; boundary=b", 400, id="a form that is none"),
        pytest.param(
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            400,
            id="a form without files",
        ),
    ],
)
def test_a_body_that_holds_no_documents_is_refused(
    client: TestClient, body: bytes, media_type: str, status: int
) -> None:
    answer = client.post(DOCUMENTS, content=body, headers={"Content-Type": media_type})

    assert answer.status_code == status
    code = "unsupported_media_type" if status == 415 else "invalid_request"
    assert error_of(answer)["code"] == code


def test_a_request_takes_a_thousand_records_and_not_one_more(client: TestClient) -> None:
    documents = [{"id": str(n), "text": "x"} for n in range(1_001)]

    assert client.post(DOCUMENTS, json={"documents": documents[:1_000]}).status_code == 202
    refused = client.post(DOCUMENTS, json={"documents": documents})

    assert refused.status_code == 422
    assert error_of(refused)["fields"][0]["path"] == "documents"


def test_a_name_that_no_collection_can_have_is_refused(client: TestClient) -> None:
    answer = client.post(
        "/v1/collections/UPPER/documents", json={"documents": [{"id": "a", "text": "x"}]}
    )

    assert answer.status_code == 400
    assert error_of(answer)["code"] == "invalid_request"


def test_a_listing_is_paged_by_id(world: World) -> None:
    world.ingest("notes", *({"id": id_, "text": f"About {id_}."} for id_ in "edcba"))

    first = world.client.get(DOCUMENTS, params={"limit": 2}).json()
    second = world.client.get(DOCUMENTS, params={"limit": 2, "after": first["next"]}).json()
    third = world.client.get(DOCUMENTS, params={"limit": 2, "after": second["next"]}).json()

    assert [[item["id"] for item in page["items"]] for page in (first, second, third)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]
    assert [page["next"] for page in (first, second, third)] == ["b", "d", None]
    full = world.client.get(DOCUMENTS, params={"limit": 5}).json()
    assert full["next"] is None


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x"])
def test_a_page_has_bounds(world: World, limit: str) -> None:
    answer = world.client.get(DOCUMENTS, params={"limit": limit})

    assert answer.status_code == 422
    assert error_of(answer)["fields"][0]["path"] == "limit"


def test_a_document_comes_back_as_it_was_given(world: World) -> None:
    given = {
        "id": "h",
        "text": HARBOUR,
        "title": "Ardmore",
        "uri": "https://example.org/h",
        "metadata": {"lang": "en", "years": [1853, 1900], "open": True},
    }
    world.ingest("notes", given)

    document = world.client.get(f"{DOCUMENTS}/h").json()

    assert {name: document[name] for name in given} == given
    assert (document["version"], document["chunks"], document["characters"]) == (1, 1, len(HARBOUR))


@pytest.mark.parametrize(
    "id_",
    ["a/b/c", "a..b", "x y", "#1", "what?", "茶/普洱.md", "100%", "a+b", "/lead", "tail/",
     "a//b", "line\nfeed", "ends\n", "😀", "a;b=c", "a\\b", "\"quoted\""],
)  # fmt: skip
def test_any_id_round_trips(world: World, id_: str) -> None:
    world.ingest("notes", {"id": id_, "text": "This one."}, {"id": "a", "text": "Another."})
    path = f"{DOCUMENTS}/{quote(id_, safe='')}"

    found = world.client.get(path)
    assert (found.status_code, found.json()["id"]) == (200, id_)
    assert world.client.delete(path).status_code == 204
    assert world.client.get(path).status_code == 404
    assert [item["id"] for item in world.client.get(DOCUMENTS).json()["items"]] == ["a"]


def test_a_line_feed_behind_an_id_names_another_document(world: World) -> None:
    world.ingest("notes", {"id": "a", "text": "Stays."})

    assert world.client.delete(f"{DOCUMENTS}/a%0A").status_code == 404
    assert world.client.get(f"{DOCUMENTS}/a").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/collections/none/documents"),
        ("GET", "/v1/collections/none/documents/a"),
        ("DELETE", "/v1/collections/none/documents/a"),
        ("DELETE", "/v1/collections/none"),
        ("GET", "/v1/collections/notes/documents/none"),
        ("DELETE", "/v1/collections/notes/documents/none"),
        ("GET", "/v1/jobs/none"),
        ("GET", "/v1/none"),
    ],
)
def test_what_is_not_there_is_not_found(world: World, method: str, path: str) -> None:
    world.ingest("notes", {"id": "a", "text": "x"})

    answer = world.client.request(method, path)

    assert answer.status_code == 404
    assert error_of(answer)["code"] == "not_found"


def test_waiting_ends_with_the_job_accepted_when_it_takes_too_long(make_world: MakeWorld) -> None:
    world = make_world(wait_timeout_s=0.05)
    world.embedder.gate = Gate()

    answer = world.client.post(
        f"{DOCUMENTS}?wait=true", json={"documents": [{"id": "a", "text": "x"}]}
    )
    world.embedder.gate.opened.set()

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['job_id']}"


def test_too_many_waiting_jobs_are_refused_with_a_time_to_come_back(make_world: MakeWorld) -> None:
    world = make_world(max_waiting_jobs=1)
    world.embedder.gate = gate = Gate()
    body = {"documents": [{"id": "a", "text": "x"}]}
    world.client.post(DOCUMENTS, json=body)
    assert gate.reached.wait(30)
    world.client.post(DOCUMENTS, json=body)

    answer = world.client.post(DOCUMENTS, json=body)
    gate.opened.set()

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert error_of(answer)["code"] == "overloaded"


def test_a_job_that_fails_as_a_whole_is_an_error_without_its_inside(world: World) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("/srv/secret/model.bin is gone")

    world.queue._runner._run = breaks

    answer = world.client.post(
        f"{DOCUMENTS}?wait=true", json={"documents": [{"id": "a", "text": "x"}]}
    )

    assert answer.status_code == 500
    error = error_of(answer)
    assert error["code"] == "job_failed"
    assert "secret" not in answer.text
    job = world.client.get(f"/v1/jobs/{error['job_id']}").json()
    assert (job["state"], job["error"]) == ("failed", error["message"])
