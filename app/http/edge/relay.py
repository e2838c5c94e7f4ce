"""An answer under way: made in a worker thread, read by the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from starlette.requests import Request

from app.access.principal import Principal
from app.domain.answers import Answer, AnswerEvent, SentenceEvent
from app.http.edge.limits import Place
from app.http.edge.parts import Edge, until_disconnect
from app.requests import AnswerRequest

Event: TypeAlias = SentenceEvent | AnswerEvent
OpenStream: TypeAlias = Callable[..., Iterator[Event]]
"""``open_stream(stop=…)``: `app.service.Service.stream_answer` with its first arguments."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """The collection exists and its models are there: what follows is the answer."""


_OPENED: Final = _Opened()


class AnswerRelay:
    """Carries the events of one answer; whoever made it calls `abandon` in the end."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        # Unbounded, for it stays small (a few sentences) and no slow reader then holds a worker.
        self._passed: asyncio.Queue[_Opened | Event | Exception] = asyncio.Queue()
        self._abandoned = threading.Event()
        self._future: Future[None] | None = None

    def begin(
        self,
        edge: Edge,
        place: Place,
        principal: Principal,
        collection: str,
        asked: AnswerRequest,
    ) -> None:
        """Hands the work to a thread. Raises `NotReady`."""
        stream = partial(edge.startup.service.stream_answer, principal, collection, asked)
        self._future = place.run(partial(self._run, stream))

    def abandon(self) -> None:
        """Frees the worker soon, wherever it is; nothing happens if it has ended."""
        self._abandoned.set()
        if self._future is not None:
            self._future.cancel()

    async def opened(self) -> None:
        """Returns when the answer has begun. Raises what kept it from beginning."""
        first = await self._passed.get()
        if isinstance(first, Exception):
            raise first

    async def events(self, heartbeat_s: float) -> AsyncIterator[Event | None]:
        """What follows `opened`, up to the `AnswerEvent`; ``None`` after each silent heartbeat.

        Raises what the answer failed of.
        """
        while True:
            try:
                async with asyncio.timeout(heartbeat_s):
                    passed = await self._passed.get()
            except TimeoutError:
                yield None
                continue
            if isinstance(passed, Exception):
                raise passed
            assert not isinstance(passed, _Opened)
            yield passed
            if isinstance(passed, AnswerEvent):
                return

    async def answer(self) -> Answer:
        """The whole answer. Raises what it failed of."""
        await self.opened()
        while True:
            passed = await self._passed.get()
            if isinstance(passed, Exception):
                raise passed
            if isinstance(passed, AnswerEvent):
                return passed.answer

    def _run(self, open_stream: OpenStream) -> None:
        try:
            events = open_stream(stop=self._abandoned.is_set)
            self._pass(_OPENED)
            for event in events:
                if self._abandoned.is_set():
                    return
                self._pass(event)
        except Exception as error:  # noqa: BLE001 - it is raised where the events are read
            self._pass(error)

    def _pass(self, item: _Opened | Event | Exception) -> None:
        self._loop.call_soon_threadsafe(self._passed.put_nowait, item)


async def complete_answer(
    edge: Edge,
    request: Request,
    place: Place,
    principal: Principal,
    collection: str,
    asked: AnswerRequest,
) -> Answer:
    """The answer as a whole; its worker is freed when the client leaves."""
    relay = AnswerRelay()
    try:
        relay.begin(edge, place, principal, collection, asked)
        answer = await until_disconnect(request, relay.answer())
    finally:
        relay.abandon()
    edge.metrics.answered(answer)
    return answer


async def open_answer(
    edge: Edge,
    request: Request,
    place: Place,
    principal: Principal,
    collection: str,
    asked: AnswerRequest,
) -> AnswerRelay:
    """An answer that has begun, so that what can be wrong before it still has its own status."""
    relay = AnswerRelay()
    try:
        relay.begin(edge, place, principal, collection, asked)
        await until_disconnect(request, relay.opened())
    except BaseException:
        relay.abandon()
        raise
    return relay
