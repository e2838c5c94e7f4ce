"""Server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

HEARTBEAT: Final = format_sse_event(comment="keep-alive")
"""A comment, which clients skip and which keeps proxies from closing a silent connection."""


def event(name: str | None, json: str) -> bytes:
    """One event with a JSON value; without a name it is a ``message``."""
    return format_sse_event(data_str=json, event=name)


class EventStream(StreamingResponse):
    """Sends events as they come."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes], *, on_end: Callable[[], None]) -> None:
        """``on_end`` is called however the stream ends, even if it never began to be read."""
        # Nginx buffers answers unless told not to.
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See `StreamingResponse`."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._on_end()
