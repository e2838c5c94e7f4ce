"""Tools over standard input and output, for the programme that started this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from app.access.principal import Principal
from app.errors import AttestError
from app.mcp.calls import AnyContext, Lane
from app.mcp.server import make_server
from app.service import Service

T = TypeVar("T")

AT_ONCE: Final = 4
"""Calls that run at once; others wait."""


def serve_stdio(build: Callable[[], Service], principal: Principal, *, writable: bool) -> None:
    """Serves until standard input ends; what ``build`` has made is the caller's to close.

    It makes the service meanwhile, in a thread: clients give a server that loads models no time to
    begin with.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="startup") as executor:
        caller = _Local(executor.submit(build), principal)
        make_server(caller, writable=writable).run("stdio")


class _Local:
    """Implements `app.mcp.calls.Caller` for the one who runs the process."""

    def __init__(self, building: Future[Service], principal: Principal) -> None:
        self._building = building
        self._principal = principal
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    async def call(
        self,
        context: AnyContext,  # noqa: ARG002 - every request is of the same principal
        lane: Lane,  # noqa: ARG002 - one process has one client
        use_case: Callable[[Service, Principal], T],
    ) -> T:
        """See `Caller.call`; the first calls wait until the service is built."""
        return await anyio.to_thread.run_sync(
            lambda: use_case(self._building.result(), self._principal),
            abandon_on_cancel=True,
            limiter=self._limiter,
        )

    def submitted(self, documents: int) -> None:
        """Nothing: a process for one client shows no metrics."""

    def told(self, error: AttestError) -> str:
        """All of it: whoever asks also runs the service."""
        return error.message
