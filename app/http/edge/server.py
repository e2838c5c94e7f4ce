"""Runs the application until a signal, or until its service can't be built."""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import Final

import uvicorn

from app.errors import ConfigurationError
from app.http.api import create_app
from app.http.edge.auth import require_safe_bind
from app.http.edge.connections import ConnectionBounds, bounded_protocol
from app.observing.logs import event
from app.observing.metrics import Metrics
from app.service import Service
from app.settings import ServerSettings, Settings

logger = logging.getLogger(__name__)

BACKLOG: Final = 2_048
"""Connections that may wait to be accepted, as uvicorn has it."""


def serve(
    build: Callable[[], Service],
    settings: Settings,
    *,
    on_close: Callable[[], None],
    metrics: Metrics | None = None,
    listening: socket.socket | None = None,
) -> int:
    """Serves until SIGTERM or SIGINT and returns the process's exit code.

    Requests under way then get ``server.shutdown_grace_s`` to end. See `create_app` for ``build``,
    ``on_close`` and ``metrics``. To be called from the main thread, which alone receives signals.
    ``listening`` is a socket that was bound already, in place of one on the host and the port.

    Raises:
        ConfigurationError: see `require_safe_bind` and `bind`.
    """
    require_safe_bind(settings)
    bound = listening or bind(settings.server)
    failed = False

    def give_up() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    app = create_app(build, settings, on_close=on_close, on_failure=give_up, metrics=metrics)
    server = _Server(
        uvicorn.Config(
            app,
            http=bounded_protocol(_bounds(settings.server)),
            ws="none",
            # `app.http.edge.exchange` writes ours; uvicorn's would hold ids and query strings.
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=math.ceil(settings.server.shutdown_grace_s),
        )
    )
    with _exiting_on_signals(server):
        server.run(sockets=[bound])
    logger.info("stopped: pid %d", os.getpid(), extra=event("stopped", {"pid": os.getpid()}))
    return 1 if failed else 0


def bind(server: ServerSettings) -> socket.socket:
    """A socket bound to the host and the port of the settings.

    Raises:
        ConfigurationError: another process listens there, or nobody may.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in server.host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((server.host, server.port))
        bound.listen(BACKLOG)  # with an address in use, some systems object here alone
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"the service can't listen on {server.host}, port {server.port} ({error.strerror}). "
            "End what listens there, or set server.port or server.host to another (`rag serve "
            "--port …`)."
        ) from None
    return bound


class _Server(uvicorn.Server):
    """Says in the log when it listens, and where."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.startup`."""
        await super().startup(sockets)
        if not self.started or not sockets:
            return
        host, port = sockets[0].getsockname()[:2]
        told = {
            "url": f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}",
            "pid": os.getpid(),
            "version": _own_version(),
        }
        logger.info(
            "listening on %(url)s, pid %(pid)d, version %(version)s",
            told,
            extra=event("listening", told),
        )


def _own_version() -> str:
    try:
        return version("attest-rag")
    except PackageNotFoundError:  # run from a checkout
        return "unreleased"


def _bounds(server: ServerSettings) -> ConnectionBounds:
    return ConnectionBounds(
        head_s=server.header_timeout_s, idle_s=server.body_timeout_s, most=server.max_connections
    )


@contextmanager
def _exiting_on_signals(server: uvicorn.Server) -> Iterator[None]:
    """Makes a signal end the server and not, once more, the process.

    Uvicorn raises what it has caught again when it is done, for handlers that stood before its
    own. The default ones would kill the process after all has ended well, with another exit code.
    """

    def exit_soon(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    before = {
        number: signal.signal(number, exit_soon) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
