"""Answers made of schemas."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel
from starlette.responses import Response


def json_response(
    body: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The body without the fields that are not there (`None`)."""
    return Response(to_json(body), status, headers, media_type="application/json")


def to_json(body: BaseModel) -> str:
    """See `json_response`."""
    return body.model_dump_json(exclude_none=True)
