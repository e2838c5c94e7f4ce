"""What ``/openapi.json`` says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

_FILES: Final[dict[str, object]] = {
    "type": "object",
    "additionalProperties": {"type": "string", "format": "binary"},
}


def json_body(schema: type[BaseModel], *, or_files: bool = False) -> dict[str, Any]:
    """For ``openapi_extra`` of a route that reads its body itself."""
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{schema.__name__}"}}
    }
    if or_files:
        content["multipart/form-data"] = {"schema": _FILES}
    return {"requestBody": {"required": True, "content": content}}
