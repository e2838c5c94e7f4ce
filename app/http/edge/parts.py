"""What every route works with: the service, threads to run it in, and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, fields
from functools import partial
from typing import Annotated, Self, TypeVar, cast

from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

from app.http.edge.limits import BoundedExecutor, Place
from app.http.edge.startup import Startup
from app.observing.metrics import Metrics
from app.service import Service
from app.settings import ServerSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lanes:
    """Threads, apart for each kind of work, so that none of them waits for another's.

    An answer takes seconds where a generator writes it, a search does not; a removal waits for the
    writer of its collection, and a look at a job for nobody.
    """

    searches: BoundedExecutor
    answers: BoundedExecutor
    uploads: BoundedExecutor
    """Each place may hold a whole body."""
    removals: BoundedExecutor
    reads: BoundedExecutor
    """Listings and documents."""
    models: BoundedExecutor
    """Embedding and reranking for clients, one at a time: bulk work that searches go before."""
    polls: BoundedExecutor
    """Looks at jobs."""
    waiters: BoundedExecutor
    """Uploads that wait for their jobs; threads that sleep."""

    @classmethod
    def of(cls, server: ServerSettings) -> Self:
        """As the settings say; what has no setting hardly computes."""
        queue = server.queue
        return cls(
            searches=BoundedExecutor(workers=server.workers, queue=queue, name="search"),
            answers=BoundedExecutor(workers=server.answers, queue=queue, name="answer"),
            uploads=BoundedExecutor(workers=server.uploads, queue=0, name="upload"),
            removals=BoundedExecutor(workers=2, queue=queue, name="removal"),
            reads=BoundedExecutor(workers=4, queue=queue, name="read"),
            models=BoundedExecutor(workers=1, queue=queue, name="model"),
            polls=BoundedExecutor(workers=2, queue=queue, name="poll"),
            waiters=BoundedExecutor(workers=16, queue=0, name="wait"),
        )

    def all(self) -> list[BoundedExecutor]:
        """Each of them."""
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class Edge:
    """Made once an application.

    A stream is silent for ``heartbeat_s`` at most; an upload with ``wait=true`` is answered after
    ``wait_s`` at the latest.
    """

    startup: Startup
    lanes: Lanes
    metrics: Metrics
    heartbeat_s: float
    wait_s: float

    async def call(
        self, request: Request, lane: BoundedExecutor, use_case: Callable[[Service], T]
    ) -> T:
        """Takes a place in ``lane`` and runs a use case there. Raises what `run` does.

        Raises:
            Overloaded: the queue is full.
        """
        with lane.take() as place:
            return await self.run(request, place, use_case)

    async def run(self, request: Request, place: Place, use_case: Callable[[Service], T]) -> T:
        """Runs a use case in a thread, and gives its place back when the client leaves.

        Raises:
            NotReady: there is no service yet.
            ClientDisconnect: nobody waits any more.
        """
        future = place.run(partial(use_case, self.startup.service))
        return await until_disconnect(request, future)

    def close(self) -> None:
        """Waits for calls under way, then closes the service."""
        for lane in self.lanes.all():
            lane.close()
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
