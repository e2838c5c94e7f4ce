"""The request that is being served, and the id of it in every line that its work logs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Final, ParamSpec, TextIO, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LOG_FORMAT: Final = "%(levelname)s %(name)s%(request)s: %(message)s"

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request that this task or thread works for; empty where there is none."""
    return _request_id.get()


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """What happens within is done for this request."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


class RequestThreads(ThreadPoolExecutor):
    """Threads that work for the request of whoever hands the work in."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """See `ThreadPoolExecutor.submit`."""
        return super().submit(copy_context().run, partial(fn, *args, **kwargs))


class RequestInLog(logging.Filter):
    """Gives each record ``request``: the id in brackets, or nothing outside of requests.

    It belongs to a handler, which is called in the thread that logs, and whichever logger is used.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter.filter`; every record passes."""
        request_id = current_request_id()
        record.request = f" [{request_id}]" if request_id else ""
        return True


def log_handler(stream: TextIO) -> logging.Handler:
    """Writes lines that name the request that they are about."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(RequestInLog())
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    return handler
