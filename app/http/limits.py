"""What one client may take: bytes of a body, and a place in a queue that has an end."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Overloaded
from app.http.errors import TOO_LARGE, NotReady

T = TypeVar("T")

MAX_LENGTH_DIGITS: Final = 18
"""A Content-Length of more digits is over any limit."""


class BoundedExecutor:
    """Threads for blocking work, and no more waiting work than was agreed."""

    def __init__(self, *, workers: int, queue: int, name: str) -> None:
        """``workers`` calls run at once and ``queue`` more may wait."""
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._workers = workers
        self._capacity = workers + queue
        self._taken = 0
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Runs ``call`` in a thread, with the context variables of now.

        Cancelling the future gives its place back at once if the call has not begun.

        Raises:
            Overloaded: every worker is busy and every place in the queue taken.
            NotReady: `close` was called.
        """
        with self._lock:
            if self._taken >= self._capacity:
                raise Overloaded(f"{self._taken} requests run or wait already")
            self._taken += 1
        try:
            future = self._threads.submit(contextvars.copy_context().run, call)
        except RuntimeError:
            self._release()
            raise NotReady("the server is shutting down") from None
        future.add_done_callback(lambda _: self._release())
        return future

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


class BodyLimit:
    """ASGI middleware: no body is read further than ``max_bytes``, whatever its headers say.

    A declared length over the limit is refused before anything is read. Starlette's middleware
    counts the rest while routes read, and its error becomes our 413 in the error handlers.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = RequestBodyLimitMiddleware(app, max_body_size=max_bytes)
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 413."""
        if scope["type"] == "http" and self._declares_too_much(Headers(scope=scope)):
            # Closing ends an upload that nobody reads.
            await TOO_LARGE.response({"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _declares_too_much(self, headers: Headers) -> bool:
        declared = headers.get("content-length", "")
        if not (declared.isascii() and declared.isdigit()):
            return False
        # Python refuses to read a number of thousands of digits.
        return len(declared) > MAX_LENGTH_DIGITS or int(declared) > self._max_bytes
