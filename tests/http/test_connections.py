"""Connections against a real server on a socket: what one may take before it sends a request."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.http.edge import connections
from app.http.edge.connections import ConnectionBounds, bounded_protocol

Serve = Callable[[ConnectionBounds], int]
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTHS = {"/some": 60_000, "/much": 2**25}
BUFFER = 4_096
"""Bytes that the system keeps of an answer, at either end; it takes this for a hint."""
go_on = threading.Event()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, or at length, or after a moment, or when it may, or once it has read."""
    match scope["path"]:
        case "/later":
            await asyncio.sleep(0.4)
        case "/read":
            while (await receive()).get("more_body"):
                pass
        case "/held":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"begun", "more_body": True})
            while not go_on.is_set():
                await asyncio.sleep(0.01)
            await send({"type": "http.response.body", "body": b"answered"})
            return
    content = b"x" * LENGTHS.get(scope["path"], 0) or b"answered"
    await Response(content)(scope, receive, send)


@contextlib.contextmanager
def serving(bounds: ConnectionBounds) -> Iterator[int]:
    config = uvicorn.Config(
        application,
        port=0,
        http=bounded_protocol(bounds),
        ws="none",
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    listening = server.servers[0].sockets[0]
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda bounds: stack.enter_context(serving(bounds))


@pytest.fixture
def connect() -> Iterator[Callable[[int], socket.socket]]:
    with ExitStack() as stack:

        def connect(port: int) -> socket.socket:
            made = stack.enter_context(socket.socket())
            made.settimeout(10)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            made.connect(("127.0.0.1", port))
            return made

        yield connect


Connect = Callable[[int], socket.socket]


def read_to_end(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def read_up_to(end: bytes, connection: socket.socket) -> bytes:
    got = b""
    while end not in got and (part := connection.recv(65_536)):
        got += part
    return got


def is_answered(connection: socket.socket) -> bool:
    return read_up_to(b"answered", connection).startswith(b"HTTP/1.1 200 OK")


def send_now_and_then(connection: socket.socket, *, times: int) -> None:
    for _ in range(times):
        connection.sendall(b"x")
        time.sleep(0.05)


def code_of(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    code: str = json.loads(body)["error"]["code"]
    return code


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: local"])
def test_a_head_that_stops_half_way_is_closed(serve: Serve, connect: Connect, sent: bytes) -> None:
    connection = connect(serve(ConnectionBounds(head_s=0.2, idle_s=9, most=9)))
    connection.sendall(sent)

    assert code_of(read_to_end(connection)) == "request_timeout"


def test_a_connection_that_sends_nothing_is_closed(serve: Serve, connect: Connect) -> None:
    connection = connect(serve(ConnectionBounds(head_s=0.2, idle_s=9, most=9)))

    assert read_to_end(connection) == b""


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"GET / HTTP/1.1\r\nX: ", id="a head"),
        pytest.param(REQUEST + b"GET / HTTP/1.1\r\nX: ", id="the head after an answer"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n",
            id="a body nobody reads",
        ),
    ],
)
def test_no_time_is_won_by_sending_a_byte_now_and_then(
    serve: Serve, connect: Connect, begun: bytes
) -> None:
    connection = connect(serve(ConnectionBounds(head_s=0.5, idle_s=9, most=9)))
    connection.sendall(begun)

    with pytest.raises(ConnectionError):  # a broken pipe or a reset, as it happens
        send_now_and_then(connection, times=80)


def test_a_request_may_take_longer_than_its_head(serve: Serve, connect: Connect) -> None:
    connection = connect(serve(ConnectionBounds(head_s=0.1, idle_s=9, most=9)))
    for _ in range(2):
        connection.sendall(REQUEST.replace(b" / ", b" /later "))
        assert is_answered(connection)


@pytest.mark.parametrize("path", LENGTHS)
@pytest.mark.parametrize("kept", [True, False], ids=["kept open", "closing"])
def test_an_answer_that_nobody_takes_is_given_up(
    serve: Serve, connect: Connect, path: str, *, kept: bool
) -> None:
    connection = connect(serve(ConnectionBounds(head_s=9, idle_s=0.2, most=9)))
    asked = REQUEST if kept else REQUEST.replace(b"Host", b"Connection: close\r\nHost")
    connection.sendall(asked.replace(b" / ", f" {path} ".encode()))
    time.sleep(1)

    try:
        taken = len(read_to_end(connection))
    except ConnectionResetError:
        taken = 0
    assert taken < LENGTHS[path]


def test_those_that_send_nothing_keep_nobody_out(serve: Serve, connect: Connect) -> None:
    port = serve(ConnectionBounds(head_s=30, idle_s=30, most=5))
    silent = [connect(port) for _ in range(20)]
    silent[-1].sendall(b"GET / HTTP/1.1\r\nX: ")

    connection = connect(port)
    connection.sendall(REQUEST)

    assert is_answered(connection)
    assert code_of(read_to_end(silent[0])) == "overloaded"


def test_where_all_connections_are_at_work_the_next_is_refused(
    serve: Serve, connect: Connect
) -> None:
    port = serve(ConnectionBounds(head_s=30, idle_s=30, most=2))
    busy = [connect(port) for _ in range(2)]
    go_on.clear()
    for connection in busy:
        connection.sendall(REQUEST.replace(b" / ", b" /held "))
        assert read_up_to(b"begun", connection).startswith(b"HTTP/1.1 200 OK")

    answer = read_to_end(connect(port))
    go_on.set()

    assert code_of(answer) == "overloaded"
    assert b"Retry-After: 1" in answer
    for connection in busy:
        assert b"answered" in read_up_to(b"answered", connection)


def test_what_is_no_http_is_told_so_in_the_one_shape(serve: Serve, connect: Connect) -> None:
    connection = connect(serve(ConnectionBounds(head_s=9, idle_s=9, most=9)))
    connection.sendall(b"\x16\x03\x01 what\r\n\r\n")

    answer = read_to_end(connection)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert code_of(answer) == "invalid_request"


def chunks(count: int) -> bytes:
    head = b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"1\r\nx\r\n" * count + b"0\r\n\r\n"


def test_a_body_comes_in_so_many_chunks_and_no_more(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CHUNKS", 20)
    port = serve(ConnectionBounds(head_s=9, idle_s=9, most=9))
    connection = connect(port)
    for _ in range(2):  # they are counted anew for each body
        connection.sendall(chunks(19))
        assert is_answered(connection)
    connection.sendall(chunks(21))

    assert code_of(read_to_end(connection)) == "invalid_request"


def test_a_body_of_a_known_length_may_come_in_any_pieces(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CHUNKS", 2)
    connection = connect(serve(ConnectionBounds(head_s=9, idle_s=9, most=9)))
    connection.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
    send_now_and_then(connection, times=9)

    assert is_answered(connection)


def test_what_is_read_at_once_of_one_connection_is_bounded(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = connections.BoundedProtocol.data_received

    def counted(self: connections.BoundedProtocol, data: bytes) -> None:
        read.append(len(data))
        whole(self, data)

    monkeypatch.setattr(connections.BoundedProtocol, "data_received", counted)
    connection = connect(serve(ConnectionBounds(head_s=9, idle_s=9, most=9)))
    connection.sendall(chunks(10_000))

    assert is_answered(connection)
    assert sum(read) == len(chunks(10_000))
    assert max(read) <= connections.READ_BYTES
