"""Every error as one JSON shape: ``{"error": {"code", "message", "type", "param", "request_id"}}``.

Clients of the OpenAI shape read ``type`` and ``param``; they are part of every error, since the
edge answers some before it is known which route was meant.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from app.errors import (
    AttestError,
    DocumentRejected,
    FingerprintMismatch,
    Forbidden,
    ModelMissing,
    NotFound,
    Overloaded,
    PayloadTooLarge,
    RepresentationMissing,
    RequestError,
    TransientError,
)
from app.http.edge.exchange import CLIENT_CLOSED_REQUEST
from app.observing.requests import current_request_id

logger = logging.getLogger(__name__)

MAX_MESSAGE_CHARACTERS: Final = 500
"""Messages may quote a name that the client sent; they are cut here."""
METHOD_NOT_ALLOWED: Final = 405
SERVER_ERROR: Final = 500
MAX_FIELDS: Final = 20
"""Most faulty fields that one answer names."""
RETRY_AFTER_S: Final = 5
"""When to try again what is unavailable."""
RETRY_OVERLOADED_AFTER_S: Final = 1
"""When to try again what found the queue full: places free up with every answer."""
_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}
"""How OpenAI calls errors of a request by their status; every other is one of the request."""


class NotReady(TransientError):
    """The service is still being built, or is being closed."""

    code = "not_ready"
    public_message = "The service is starting or stopping; try again."


class BodyTooSlow(RequestError):
    """The body did not arrive in time."""

    code = "request_timeout"


class UnsupportedMedia(RequestError):
    """The body is of a media type that the route does not read."""

    code = "unsupported_media_type"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one value; ``path`` leads to it from the body or the query string."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as clients see it."""

    status: int
    code: str
    message: str
    retry_after_s: int | None = None
    fields: tuple[FieldProblem, ...] = ()
    job_id: str | None = None

    def body(self) -> Mapping[str, object]:
        """The one JSON shape; ``fields`` and ``job_id`` only where there are any."""
        error: dict[str, object] = {
            "code": self.code,
            "message": _cut(self.message),
            "type": self._type,
            "param": _cut(self.fields[0].path) if self.fields else None,
            "request_id": current_request_id(),
        }
        if self.fields:
            error["fields"] = [
                {"path": _cut(field.path), "message": _cut(field.message)} for field in self.fields
            ]
        if self.job_id is not None:
            error["job_id"] = self.job_id
        return {"error": error}

    @property
    def _type(self) -> str:
        if self.status >= SERVER_ERROR:
            return "server_error"
        return _TYPES.get(self.status, "invalid_request_error")

    def json(self) -> str:
        """`body` in ASCII: what the client sent may hold what UTF-8 can't, as half a character."""
        return json.dumps(self.body())

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The whole answer."""
        sent = dict(headers or {})
        if self.retry_after_s is not None:
            sent["Retry-After"] = str(self.retry_after_s)
        return Response(self.json(), self.status, sent, media_type="application/json")


CLOSE: Final = {"Connection": "close"}
"""Sent where the rest of a body is not to be read."""
INTERNAL: Final = Problem(500, AttestError.code, AttestError.public_message)
UNAUTHORIZED: Final = Problem(
    401, "unauthorized", "Send an API key: `Authorization: Bearer KEY` or `X-API-Key: KEY`."
)
CROSS_SITE: Final = Problem(
    403, "cross_site", "A page of another site may not change anything here; send an API call."
)
WRONG_HOST: Final = Problem(
    421,
    "wrong_host",
    "This service has no API keys and answers only to names of its own machine, such as localhost; "
    "its operator can set server.api_keys to serve under others.",
)

_STATUSES: Final[Sequence[tuple[type[RequestError], int]]] = (
    (Forbidden, 403),
    (NotFound, 404),
    (BodyTooSlow, 408),
    (PayloadTooLarge, 413),
    (UnsupportedMedia, 415),
    (DocumentRejected, 422),
)
"""Of errors of a request; every other one is 400."""
_CODES: Final[Mapping[int, str]] = {
    404: NotFound.code,
    METHOD_NOT_ALLOWED: "method_not_allowed",
}


def problem_of(error: BaseException) -> Problem:
    """What clients are told of an error; what they are not told goes to the log."""
    if not isinstance(error, AttestError):
        logger.error("the request failed", exc_info=error)
        return INTERNAL
    if isinstance(error, RequestError):
        return Problem(_request_status(error), error.code, error.message)
    logger.warning("%s: %s", error.code, error.message)
    retry_after_s: int | None = None
    match error:
        case Overloaded():
            status, retry_after_s = 429, RETRY_OVERLOADED_AFTER_S
        case TransientError():
            status, retry_after_s = 503, RETRY_AFTER_S
        case ModelMissing() | FingerprintMismatch() | RepresentationMissing():
            # Not the server's fault but its state: the same request succeeds once the operator
            # has run the command. It takes a person, so nothing says when to try again.
            status = 503
        case _:
            status = 500
    return Problem(status, error.code, error.public_message, retry_after_s)


def install_error_handlers(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Lets every error of the ``routes`` of ``app`` leave in the one shape."""

    async def attest(_: Request, error: Exception) -> Response:
        cut_off = isinstance(error, PayloadTooLarge | BodyTooSlow)
        return problem_of(error).response(CLOSE if cut_off else None)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _invalid(error.errors()).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _CODES.get(error.status_code, RequestError.code)
        headers = dict(error.headers or {})
        if error.status_code == METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods_of(request, routes))
        return Problem(error.status_code, code, f"{error.detail}.").response(headers)

    async def disconnected(_: Request, __: Exception) -> Response:
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    app.add_exception_handler(AttestError, attest)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(ClientDisconnect, disconnected)


def _methods_of(request: Request, routes: Sequence[BaseRoute]) -> list[str]:
    """What the path can be asked with, over all routes: the one that was tried knows its own."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)


def _request_status(error: RequestError) -> int:
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


def _invalid(errors: Sequence[Any]) -> Problem:
    """Paths and rules of what does not fit the schema; pydantic's echo of the input stays out."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, RequestError.code, "The body is not valid JSON.")
    fields = tuple(FieldProblem(_path(error["loc"]), error["msg"]) for error in errors[:MAX_FIELDS])
    first = fields[0]
    message = f"{first.path}: {first.message}" if first.path else first.message
    if first.path == "body":
        message = "The body must be a JSON object, sent with Content-Type: application/json."
    return Problem(422, RequestError.code, message, fields=fields)


def _path(location: Sequence[str | int]) -> str:
    """``history.2.role``; where it is the body or the query string as a whole, that."""
    inner = location[1:] if location[:1] in (("body",), ("query",), ("path",)) else location
    return ".".join(map(str, inner or location))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE_CHARACTERS else f"{text[:MAX_MESSAGE_CHARACTERS]}…"
