"""What one connection may take before it has sent a request, and how many there may be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.http.edge.errors import Problem

BAD_REQUEST: Final = Problem(400, "invalid_request", "This is not HTTP.")
HEAD_TOO_SLOW: Final = Problem(
    408, "request_timeout", "The head of the request did not arrive in time."
)
TOO_MANY: Final = Problem(503, "overloaded", "Too many connections are open; try again.", 1)
READ_BYTES: Final = 8_192
"""What is read of one connection before others have their turn: chunks may be a byte long each."""
MAX_CHUNKS: Final = 100_000
"""Most of one body, each of which takes as long as some hundred bytes do."""


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """``head_s`` to send a head, ``idle_s`` to take an answer, ``most`` connections at once."""

    head_s: float
    idle_s: float
    most: int


class BoundedConnection(h11.Connection):
    """Takes a body that comes in too many chunks for no HTTP."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER)
        self._chunked = False
        self._chunks = 0

    def next_event(self) -> Any:
        """See `h11.Connection.next_event`."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = 0
            self._chunked = any(name == b"transfer-encoding" for name, _ in event.headers)
        elif isinstance(event, h11.Data) and self._chunked:
            self._chunks += 1
            if self._chunks > MAX_CHUNKS:
                raise h11.RemoteProtocolError("too many chunks")
        return event


class BoundedProtocol(H11Protocol, asyncio.BufferedProtocol):
    """Closes connections that send no whole request head in time, or take no answer.

    Uvicorn does neither; the time of bodies is kept by `app.http.edge.limits.BodyLimit`. Of too
    many connections one goes that has sent no request, so that none of those keeps others out.
    """

    bounds: ClassVar[ConnectionBounds]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = BoundedConnection()
        self._buffer = memoryview(bytearray(READ_BYTES))
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Takes it, in another's place where there are too many."""
        super().connection_made(transport)
        # However little is left untaken, a connection that closes waits for it.
        transport.set_write_buffer_limits(high=0)
        held = [c for c in self.connections if not c.transport.is_closing()]
        if len(held) > self.bounds.most:
            (_first_to_close(held) or self).refuse(TOO_MANY)
        if not transport.is_closing():
            self._watch()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asks for as much as there is
        """Where what comes next is read to."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So much has been read."""
        self.data_received(bytes(self._buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Reads on; the time of a head is not begun anew by a part of it."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the timers."""
        self._stop_reading()
        self._stop_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client takes its answer slower than it comes."""
        super().pause_writing()
        self._writing = self.loop.call_later(self.bounds.idle_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._stop_writing()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours is in the one shape
        """Answers what is no HTTP."""
        self.refuse(BAD_REQUEST)

    @property
    def closes_at(self) -> float | None:
        """When it is closed, on the loop's clock, unless its client sends a head before."""
        timer = self._reading or self.timeout_keep_alive_task
        return timer.when() if timer is not None and self._awaits_client() else None

    def refuse(self, problem: Problem) -> None:
        """Closes the connection, and says why where no answer has begun."""
        self._stop_reading()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_answer(problem))
        self.transport.close()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _watch(self) -> None:
        if not self._awaits_client():
            self._stop_reading()
        elif self._reading is None:
            self._reading = self.loop.call_later(self.bounds.head_s, self._too_slow)

    def _awaits_client(self) -> bool:
        """Whether nothing goes on until it sends a head, or the rest of a body nobody reads."""
        if self.transport.is_closing():
            return False
        if self.conn.their_state is h11.SEND_BODY:
            return self.cycle is not None and self.cycle.response_complete
        return self.conn.their_state is h11.IDLE

    def _too_slow(self) -> None:
        self._reading = None
        begun = bool(self.conn.trailing_data[0]) and self.conn.our_state is h11.IDLE
        if begun:
            self.refuse(HEAD_TOO_SLOW)
        else:
            self.transport.close()


def bounded_protocol(bounds: ConnectionBounds) -> type[BoundedProtocol]:
    """The protocol with these bounds, for `uvicorn.Config.http`."""
    return type("BoundedProtocol", (BoundedProtocol,), {"bounds": bounds})


def _first_to_close(connections: Iterable[Any]) -> BoundedProtocol | None:
    waiting = [c for c in connections if isinstance(c, BoundedProtocol) and c.closes_at is not None]
    return min(waiting, key=lambda connection: connection.closes_at or 0.0, default=None)


def _answer(problem: Problem) -> bytes:
    body = problem.json().encode()
    lines = [
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if problem.retry_after_s is not None:
        lines.append(f"Retry-After: {problem.retry_after_s}")
    return "\r\n".join([*lines, "", ""]).encode() + body
