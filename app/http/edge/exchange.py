"""What surrounds every request: its id, one log line, its metrics, headers, the last resort."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import Mapping
from typing import Final, Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.observing.logs import event
from app.observing.requests import serving

access_log = logging.getLogger("app.http.access")
logger = logging.getLogger(__name__)

REQUEST_ID_HEADER: Final = "X-Request-ID"
_SANE_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
UNMATCHED: Final = "unmatched"
"""The route of a request that no route takes; its path would be a metric of its own."""
CLIENT_CLOSED_REQUEST: Final = 499
"""What the log and the metrics say of a client that did not wait (nginx's number)."""
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RequestObserver(Protocol):
    """Counts requests."""

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Called once a request, when its last byte has gone or its client has."""


class Exchange:
    """Outermost of our ASGI middleware.

    Neither the path nor the query string is logged, only the route's template: they hold document
    ids, and ids hold names of people.
    """

    def __init__(self, app: ASGIApp, *, observer: RequestObserver, last_resort: LastResort) -> None:
        """``last_resort(error)`` answers an error that nothing else has."""
        self._app = app
        self._observer = observer
        self._last_resort = last_resort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        proposed = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        request_id = proposed if _SANE_REQUEST_ID.fullmatch(proposed) else uuid.uuid4().hex
        started = time.perf_counter()
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with serving(request_id):
            try:
                await self._app(scope, receive, send_with_headers)
            except asyncio.CancelledError as cut:
                # The time is over that requests have when the server stops.
                if status is None:
                    await self._last_resort(cut)(scope, receive, send_with_headers)
            except Exception as error:  # noqa: BLE001 - the last resort logs it whole
                response = self._last_resort(error)
                if status is None:
                    await response(scope, receive, send_with_headers)
                # Else the answer is cut off half-way, which the server shows by closing the
                # connection.
            finally:
                self._end(scope, request_id, status, time.perf_counter() - started)

    def _end(self, scope: Scope, request_id: str, status: int | None, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", UNMATCHED)
        # Without a status nobody was there any more to be told one.
        ended_with = status or CLIENT_CLOSED_REQUEST
        self._observer.request_ended(
            method=scope["method"], route=route, status=ended_with, seconds=seconds
        )
        told = {
            "request_id": request_id,
            "method": scope["method"],
            "route": route,
            "status": ended_with,
            "ms": round(seconds * 1_000, 1),
        }
        access_log.info(json.dumps(told), extra=event("request", told))


class LastResort(Protocol):
    """Turns an error that nobody handled into an answer."""

    def __call__(self, error: BaseException) -> Response:
        """Logs ``error`` and tells the client nothing of it."""
