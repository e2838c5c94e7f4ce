"""Completes ``/openapi.json`` where FastAPI can not derive it.

Routes read their bodies themselves and errors arise outside of routes, so both are described here,
by rules that hold for every route; ``tests/http`` compares each response with the description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.http.edge.auth import OPEN_PATHS, SAFE_METHODS

REF: Final = "#/components/schemas/{model}"
SECURITY_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
REASONS: Final[Mapping[int, str]] = {
    400: "The request is malformed.",
    401: "An API key is missing or wrong.",
    403: "The key gives no right to it, or a browser sent it for a page of another site.",
    404: "It does not exist.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body is of a media type that is not read here.",
    421: "Without API keys, only names of this machine are answered to.",
    422: "The request does not fit the schema.",
    429: "The queue is full, or a limit of the key or of failed attempts is reached.",
    500: "The server is at fault.",
    503: "Not now, or not before its operator has acted.",
}
METRICS_PATH: Final = "/metrics"
COLLECTION_NAME: Final = "^[a-z0-9][a-z0-9_-]{0,62}$"
"""Names that a store accepts."""
EVENTS: Final[dict[str, Any]] = {
    "description": "The whole answer, or its events where `stream` asks for them.",
    "content": {"text/event-stream": {"schema": {}}},  # tools read one for the stream or the event
}
_FILES: Final[dict[str, object]] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "string", "format": "binary"},
}


class FieldError(BaseModel):
    """A problem with one value of the request."""

    path: str
    message: str


class ErrorDetail(BaseModel):
    """An error; clients branch on ``code``.

    ``type`` is OpenAI's name for errors of this kind, ``param`` the first of ``fields``.
    """

    code: str
    message: str
    type: str
    param: str | None
    request_id: str
    fields: list[FieldError] = []
    job_id: str = ""


class ErrorResponse(BaseModel):
    """The body of every error."""

    error: ErrorDetail


def json_body(schema: type[BaseModel], *, or_files: bool = False) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads its body itself; see `describe`."""
    content: dict[str, Any] = {"application/json": {"schema": _reference(schema)}}
    if or_files:
        content["multipart/form-data"] = {"schema": _FILES}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI, *bodies: type[BaseModel], locked: bool) -> None:
    """Adds to the schema of ``app`` its request ``bodies``, its errors and its authentication.

    ``locked`` says that every request needs a key.
    """

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            schema = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes
            )
            _complete(schema, bodies, locked=locked)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to change the schema


def _complete(schema: dict[str, Any], bodies: tuple[type[BaseModel], ...], *, locked: bool) -> None:
    components = schema["components"]
    schemas = components["schemas"]
    described: list[type[BaseModel]] = [*bodies, ErrorResponse]
    for body in described:
        read = body.model_json_schema(ref_template=REF)
        schemas |= read.pop("$defs", {}) | {body.__name__: read}
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's shape, which is not ours
        schemas.pop(name, None)
    for component in schemas.values():
        _may_lack_what_is_null(component)
    components["securitySchemes"] = SECURITY_SCHEMES
    keys: list[dict[str, list[str]]] = [{name: []} for name in SECURITY_SCHEMES]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if (parameter["in"], parameter["name"]) == ("path", "name"):
                    parameter["schema"]["pattern"] = COLLECTION_NAME
            responses = operation["responses"]
            responses.pop("422", None)
            for status in _statuses(path, method.upper(), operation):
                responses.setdefault(str(status), _problem(status))
            if path not in OPEN_PATHS:
                operation["security"] = keys if locked else [{}, *keys]


def _statuses(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[int]:
    yield from (413, 421, 500)
    if path not in OPEN_PATHS:
        yield from (401, 429, 503)
    if method not in SAFE_METHODS or path == METRICS_PATH:
        yield 403
    if path.startswith("/v1/"):
        yield 408
    has_body = "requestBody" in operation
    if "parameters" in operation or has_body:
        yield from (400, 404, 422)
    if has_body:
        yield 415


def _problem(status: int) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference(ErrorResponse)}}
    return {"description": REASONS[status], "content": content}


def _may_lack_what_is_null(component: dict[str, Any]) -> None:
    """Most responses omit null fields (`app.http.edge.responses.json_response`)."""
    if "required" not in component:
        return
    properties = component["properties"]
    component["required"] = [
        name
        for name in component["required"]
        if {"type": "null"} not in properties[name].get("anyOf", ())
    ]


def _reference(schema: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=schema.__name__)}
