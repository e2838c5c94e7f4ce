"""Tools at ``/mcp`` of the HTTP service, behind its keys and in its lanes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final, TypeVar

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from app.access.principal import Principal
from app.domain.answers import Answer
from app.domain.hits import SearchResult
from app.errors import AttestError, PayloadTooLarge
from app.http.edge.errors import problem_of
from app.http.edge.json_bodies import MAX_VALUES, count_values
from app.http.edge.limits import BoundedExecutor
from app.http.edge.parts import Edge
from app.mcp.calls import AnyContext, Lane
from app.mcp.server import make_server
from app.service import Service

T = TypeVar("T")

PATH: Final = "/mcp"


class McpRoute(Route):
    """Streamable HTTP without sessions: each request is whole, and its key says who sent it.

    Only ``POST`` is served; there is nothing that a server would send by itself. The edge has
    looked at ``Host`` and ``Origin`` before, and bounds the body.
    """

    def __init__(self, edge: Edge, *, writable: bool, max_bytes: int) -> None:
        server = make_server(_ByEdge(edge), writable=writable)
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            max_request_body_size=max_bytes,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        self._manager: StreamableHTTPSessionManager = server.session_manager
        super().__init__(PATH, _Bounded(self._manager), methods=["POST"], include_in_schema=False)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Serves within its block, once."""
        return self._manager.run()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See `Route.matches`; the route is named for the log, too."""
        match, child = super().matches(scope)
        return match, {**child, "route": self}


class _Bounded:
    """ASGI application that counts the values of a body before they are made."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request. Raises `PayloadTooLarge`."""
        body = await Request(scope, receive).body()
        if len(body) > MAX_VALUES and count_values(body) > MAX_VALUES:
            raise PayloadTooLarge(
                f"The body holds more than {MAX_VALUES:,} JSON values; send less at once."
            )
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._manager.handle_request(scope, again, send)


class _ByEdge:
    """Implements `app.mcp.calls.Caller` by the threads of the HTTP edge."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    async def call(
        self, context: AnyContext, lane: Lane, use_case: Callable[[Service, Principal], T]
    ) -> T:
        """See `Caller.call`. Raises `Overloaded` and `NotReady` too."""
        request = context.request_context.request
        assert isinstance(request, Request)
        principal: Principal = request.state.principal
        executor: BoundedExecutor = getattr(self._edge.lanes, lane)
        with executor.take() as place:
            found = await asyncio.wrap_future(
                place.run(partial(use_case, self._edge.startup.service, principal))
            )
        match found:
            case SearchResult():
                self._edge.metrics.searched(found)
            case Answer():
                self._edge.metrics.answered(found)
        return found

    def submitted(self, documents: int) -> None:
        """See `Caller.submitted`."""
        self._edge.metrics.submitted(kind="record", uploads=documents)

    def told(self, error: AttestError) -> str:
        """What every client is told; the rest goes to the log."""
        return problem_of(error).message
