"""What ``/openapi.json`` says; `tests.http.contract` holds answers against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.stores.naming import COLLECTION_NAME
from tests.http.world import MakeWorld


@pytest.fixture
def schema(client: TestClient) -> dict[str, Any]:
    read: dict[str, Any] = client.get("/openapi.json").json()
    return read


def within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from within(inner)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    references = {part["$ref"] for part in within(schema) if isinstance(part.get("$ref"), str)}

    assert "#/components/schemas/JsonValue" in references
    for reference in references:
        found = schema
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]


def test_every_component_is_a_schema(schema: dict[str, Any]) -> None:
    for component in schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(component)


def test_bodies_that_are_read_by_hand_are_described(schema: dict[str, Any]) -> None:
    bodies = {
        path: operation["requestBody"]["content"]
        for path, operations in schema["paths"].items()
        for operation in operations.values()
        if "requestBody" in operation
    }

    named = {path: body["application/json"]["schema"]["$ref"] for path, body in bodies.items()}
    assert named == {
        "/v1/collections/{name}/documents": "#/components/schemas/DocumentsRequest",
        "/v1/collections/{name}/search": "#/components/schemas/SearchRequest",
        "/v1/collections/{name}/answer": "#/components/schemas/AnswerRequest",
        "/v1/chat/completions": "#/components/schemas/ChatCompletionRequest",
        "/v1/embeddings": "#/components/schemas/EmbeddingsRequest",
        "/v1/rerank": "#/components/schemas/RerankRequest",
    }
    assert "multipart/form-data" in bodies["/v1/collections/{name}/documents"]
    assert schema["components"]["schemas"]["SearchRequest"]["required"] == ["query"]


def test_bodies_are_named_requests_and_responses_for_generated_clients(
    schema: dict[str, Any],
) -> None:
    requests, responses = set(), set()
    for operations in schema["paths"].values():
        for operation in operations.values():
            if body := operation.get("requestBody"):
                requests.add(body["content"]["application/json"]["schema"]["$ref"])
            for response in operation["responses"].values():
                content = response.get("content", {}).get("application/json", {})
                responses |= {content["schema"]["$ref"]} if content.get("schema") else set()

    assert all(name.endswith("Request") for name in requests)
    assert all(name.endswith("Response") for name in responses)
    assert [name for name in schema["components"]["schemas"] if name.endswith("Body")] == []


def test_names_of_collections_are_declared_as_the_store_takes_them(schema: dict[str, Any]) -> None:
    names = [
        parameter["schema"]["pattern"]
        for operations in schema["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "name"
    ]

    assert len(names) >= 6
    assert set(names) == {f"^{COLLECTION_NAME.pattern}$"}


def test_errors_have_our_shape_and_no_other(schema: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    search = schema["paths"]["/v1/collections/{name}/search"]["post"]["responses"]
    assert set(search) == {
        *("200", "400", "401", "403", "404", "408", "413", "415", "421", "422", "429", "500", "503")
    }
    for status, answer in search.items():
        if status != "200":
            reference = answer["content"]["application/json"]["schema"]["$ref"]
            assert reference == "#/components/schemas/ErrorResponse"


def test_metrics_are_text_and_answers_may_be_events(schema: dict[str, Any]) -> None:
    paths = schema["paths"]

    assert set(paths["/metrics"]["get"]["responses"]["200"]["content"]) == {"text/plain"}
    for path in ("/v1/collections/{name}/answer", "/v1/chat/completions"):
        content = paths[path]["post"]["responses"]["200"]["content"]
        assert set(content) == {"application/json", "text/event-stream"}


@pytest.mark.parametrize("locked", [True, False])
def test_keys_are_declared_as_they_are_asked_for(make_world: MakeWorld, *, locked: bool) -> None:
    world = make_world(api_keys=("sesame",) if locked else ())
    schema = world.client.get("/openapi.json", headers={"X-API-Key": "sesame"}).json()

    assert set(schema["components"]["securitySchemes"]) == {"bearer", "key"}
    either = [{"bearer": []}, {"key": []}]
    assert schema["paths"]["/v1/models"]["get"]["security"] == (either if locked else [{}, *either])
    assert "security" not in schema["paths"]["/healthz"]["get"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/collections", "GET"),
        ("/v1/collections/notes/documents", "GET, POST"),
        ("/v1/collections/notes/documents/a", "DELETE, GET"),
        ("/v1/collections/notes/search", "POST"),
    ],
)
def test_a_method_that_is_not_there_is_told_all_that_are(
    client: TestClient, path: str, allowed: str
) -> None:
    answer = client.put(path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
