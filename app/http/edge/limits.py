"""What one client may take: bytes of a body, and a place in a queue that has an end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Overloaded, PayloadTooLarge
from app.http.edge.errors import CLOSE, BodyTooSlow, NotReady, problem_of
from app.observing.requests import RequestThreads

T = TypeVar("T")

MAX_LENGTH_DIGITS: Final = 18
"""A Content-Length of more digits is over any limit."""


class BoundedExecutor:
    """Threads for blocking work, and no more waiting work than was agreed."""

    def __init__(self, *, workers: int, queue: int, name: str) -> None:
        """``workers`` calls run at once and ``queue`` more may wait."""
        self._threads = RequestThreads(workers, thread_name_prefix=name)
        self._workers = workers
        self._capacity = workers + queue
        self._taken = 0
        self._lock = threading.Lock()
        self.name = name

    def take(self) -> Place:
        """A place, before there is anything to run: no body is read that nobody would work on.

        Raises:
            Overloaded: every worker is busy and every place in the queue taken.
        """
        with self._lock:
            if self._taken >= self._capacity:
                raise Overloaded(f"{self.name}: {self._taken} requests run or wait already")
            self._taken += 1
        return Place(self._start, self._release)

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Takes a place and runs ``call`` there. Raises what `take` and `Place.run` do."""
        with self.take() as place:
            return place.run(call)

    def _start(self, call: Callable[[], T]) -> Future[T]:
        try:
            return self._threads.submit(call)
        except RuntimeError:
            raise NotReady("the server is shutting down") from None

    @property
    def running(self) -> int:
        """Calls that have a worker."""
        return min(self._taken, self._workers)

    @property
    def waiting(self) -> int:
        """Calls that wait for a worker."""
        return max(0, self._taken - self._workers)

    def close(self) -> None:
        """Drops what waits and returns when what runs has ended: a thread can't be interrupted."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _release(self) -> None:
        with self._lock:
            self._taken -= 1


class Place:
    """A place in a `BoundedExecutor`. At the end of its block it is left, unless a call runs."""

    def __init__(
        self, start: Callable[[Callable[[], Any]], Future[Any]], release: Callable[[], None]
    ) -> None:
        self._start = start
        self._release = release
        self._running = False

    def run(self, call: Callable[[], T]) -> Future[T]:
        """Runs ``call`` in a thread, with the context variables of now; once.

        Cancelling the future leaves the place at once if the call has not begun.

        Raises:
            NotReady: the executor was closed.
        """
        future: Future[T] = self._start(call)
        self._running = True
        future.add_done_callback(lambda _: self._release())
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._running:
            self._release()


class BodyLimit:
    """ASGI middleware: no body is read further than its route takes, or for longer than agreed.

    A declared length over the limit is refused before anything is read; the rest is counted while
    it arrives, whatever its headers say.
    """

    def __init__(
        self, app: ASGIApp, *, limit_of: Callable[[str], BodyBound], timeout_s: float
    ) -> None:
        """``limit_of(path)`` is what a route takes; a whole body has ``timeout_s`` to arrive."""
        self._app = app
        self._limit_of = limit_of
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = self._limit_of(scope["path"])
        if _declares_more(Headers(scope=scope), bound.max_bytes):
            # Closing ends an upload that nobody reads.
            await problem_of(bound.exceeded()).response(CLOSE)(scope, receive, send)
            return
        arriving = _Arriving(receive, bound, self._timeout_s)
        await self._app(scope, arriving.receive, send)


@dataclass(frozen=True, slots=True)
class BodyBound:
    """How long a body may be, and the setting that says so."""

    max_bytes: int
    setting: str

    def exceeded(self) -> PayloadTooLarge:
        """What the sender of a longer one is told."""
        return PayloadTooLarge(
            f"The body is larger than the {self.max_bytes:,} bytes that are taken here; send less "
            f"at once, or have {self.setting} raised."
        )


class _Arriving:
    """A body on its way."""

    def __init__(self, receive: Receive, bound: BodyBound, timeout_s: float) -> None:
        self._receive = receive
        self._bound = bound
        self._timeout_s = timeout_s
        self._deadline: float | None = None
        self._read = 0
        self._whole = False

    async def receive(self) -> Message:
        """The next part. Raises `PayloadTooLarge` and `BodyTooSlow`."""
        if self._whole:
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._timeout_s
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow(
                f"The body did not arrive within {self._timeout_s:g} s; send less at once, or have "
                "server.body_timeout_s raised."
            ) from None
        self._read += len(message.get("body", b""))
        if self._read > self._bound.max_bytes:
            raise self._bound.exceeded()
        self._whole = not message.get("more_body", False)
        return message


def _declares_more(headers: Headers, max_bytes: int) -> bool:
    declared = headers.get("content-length", "")
    if not (declared.isascii() and declared.isdigit()):
        return False
    # Python refuses to read a number of thousands of digits.
    return len(declared) > MAX_LENGTH_DIGITS or int(declared) > max_bytes
