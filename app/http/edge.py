"""What every route works with: the service, threads to run it in, and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeVar, cast

from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

from app.http.limits import BoundedExecutor
from app.http.metrics import Metrics
from app.http.startup import Startup
from app.service import Service

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edge:
    """Made once an application.

    ``workers`` compute; ``waiters`` only wait for ingestion jobs, apart from the workers, so that
    no number of waiting uploads keeps a search from running. A stream is silent for ``heartbeat_s``
    at most; an upload with ``wait=true`` is answered after ``wait_s`` at the latest.
    """

    startup: Startup
    workers: BoundedExecutor
    waiters: BoundedExecutor
    metrics: Metrics
    heartbeat_s: float
    wait_s: float

    async def call(self, request: Request, use_case: Callable[[Service], T]) -> T:
        """Runs a use case in a worker thread, and gives its place back when the client leaves.

        Raises:
            NotReady: there is no service yet.
            Overloaded: the queue is full.
            ClientDisconnect: nobody waits any more.
        """
        future = self.workers.submit(partial(use_case, self.startup.service))
        return await until_disconnect(request, future)

    def close(self) -> None:
        """Waits for calls under way, then closes the service."""
        self.waiters.close()
        self.workers.close()
        self.startup.close()


async def until_disconnect(request: Request, work: Future[T] | Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled when the client leaves first.

    To be called once the body is read: what comes after it is the client's leaving.

    Raises:
        ClientDisconnect: nobody waits any more.
    """
    wrapped = asyncio.wrap_future(work) if isinstance(work, Future) else work
    working = asyncio.ensure_future(wrapped)
    leaving = asyncio.ensure_future(_disconnect(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            leaving.result()  # a body that comes all the same may be over its limit
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _edge(request: Request) -> Edge:
    return cast("Edge", request.app.state.edge)


EdgeOf = Annotated[Edge, Depends(_edge)]
"""A route's parameter for the application's `Edge`."""
