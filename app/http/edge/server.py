"""Runs the application until a signal, or until its service can't be built."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from app.http.api import create_app
from app.http.edge.auth import require_safe_bind
from app.http.edge.connections import ConnectionBounds, bounded_protocol
from app.observing.metrics import Metrics
from app.service import Service
from app.settings import ServerSettings, Settings


def serve(
    build: Callable[[], Service],
    settings: Settings,
    *,
    on_close: Callable[[], None],
    metrics: Metrics | None = None,
) -> int:
    """Serves until SIGTERM or SIGINT and returns the process's exit code.

    Requests under way then get ``server.shutdown_grace_s`` to end. See `create_app` for ``build``,
    ``on_close`` and ``metrics``. To be called from the main thread, which alone receives signals.

    Raises:
        ConfigurationError: see `require_safe_bind`.
    """
    require_safe_bind(settings)
    failed = False

    def give_up() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    app = create_app(build, settings, on_close=on_close, on_failure=give_up, metrics=metrics)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.server.host,
            port=settings.server.port,
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
        server.run()
    return 1 if failed else 0


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
