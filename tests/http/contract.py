"""The schema at ``/openapi.json`` as a contract that every answer in a test is held against."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx2
from jsonschema import Draft202012Validator
from starlette.routing import Route

from app.http.api import ROUTE_MODULES, create_app
from app.service import Service
from app.settings import Settings

UNDECLARED = (405, 499)
"""Of a method that no operation has, and of a client that has left."""


def _never() -> Service:
    raise AssertionError("only its schema is asked for")


@cache
def document() -> dict[str, Any]:
    """The schema of every application: settings change only what it says of keys."""
    return create_app(_never, Settings()).openapi()


def check(response: httpx2.Response) -> None:
    """Fails where status, media type or JSON are not as the schema says."""
    operation = _operation(response.request)
    if operation is None or response.status_code in UNDECLARED:
        return
    asked = f"{response.request.method} {response.request.url}: {response.status_code}"
    declared = operation["responses"].get(str(response.status_code))
    assert declared is not None, f"{asked} is not declared"
    content = declared.get("content")
    if content is None:
        return
    kind = response.headers["content-type"].partition(";")[0]
    assert kind in content, f"{asked} is {kind}"
    if kind == "application/json":
        response.read()
        schema = content[kind]["schema"] | {"components": document()["components"]}
        Draft202012Validator(schema).validate(response.json())


def _operation(request: httpx2.Request) -> dict[str, Any] | None:
    paths = document()["paths"]
    for route in (route for module in ROUTE_MODULES for route in module.router.routes):
        if isinstance(route, Route) and route.path_regex.match(request.url.path):
            operation = paths.get(route.path_format, {}).get(request.method.lower())
            if operation is not None:
                found: dict[str, Any] = operation
                return found
    return None
