"""A request for every operation of the schema, in each way in which it takes a body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.http.world import World

ASKED = "When was the lighthouse of Ardmore lit?"
BODIES = {
    "DocumentsRequest": {"documents": [{"id": "b", "text": "secret"}]},
    "SearchRequest": {"query": ASKED},
    "AnswerRequest": {"query": ASKED},
    "ChatCompletionRequest": {"messages": [{"role": "user", "content": ASKED}]},
    "EmbeddingsRequest": {"input": "x"},
    "RerankRequest": {"query": "x", "documents": ["x"]},
}
"""A body of each schema that the routes read; one that is missing here fails its test."""
NO_COLLECTION = ("/healthz", "/readyz", "/metrics", "/v1/embeddings", "/v1/rerank")
"""Routes that tell nothing of any single collection."""


@dataclass(frozen=True)
class Call:
    """A request that fits the schema, but for the names in it."""

    method: str
    path: str
    options: dict[str, Any]

    def send(self, world: World, *, name: str, job_id: str, key: str | None) -> httpx2.Response:
        path = self.path.format(name=name, job_id=job_id, document_id="h")
        options = dict(self.options)
        if "{name}" not in self.path and "json" in options:
            options["json"] = options["json"] | {"model": name}
        headers = {"X-Request-ID": "same"}
        if key is not None:
            headers["X-API-Key"] = key
        return world.client.request(self.method, path, headers=headers, **options)


def calls(world: World) -> Iterator[Call]:
    """Every operation of the schema, in each way in which it takes a body."""
    schema = world.client.get("/openapi.json").json()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            kinds = operation.get("requestBody", {}).get("content", {"": {}})
            for kind, content in kinds.items():
                if kind == "application/json":
                    body = BODIES[content["schema"]["$ref"].rpartition("/")[2]]
                    yield Call(method, path, {"json": body})
                    if "text/event-stream" in operation["responses"]["200"].get("content", {}):
                        yield Call(method, path, {"json": body | {"stream": True}})
                elif kind == "multipart/form-data":
                    yield Call(method, path, {"files": {"f": ("f.txt", b"secret")}})
                else:
                    assert kind == "", kind
                    yield Call(method, path, {})
