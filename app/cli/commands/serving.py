"""Commands that run the HTTP service."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from app.cli.application import application
from app.cli.terminal import load_settings, out

serving = typer.Typer()


@serving.command()
def serve(
    host: Annotated[str | None, typer.Option(help="server.host")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="server.port")] = None,
) -> None:
    """Serve the HTTP API until SIGINT or SIGTERM."""
    from app.cli.preflight import require_usable
    from app.http.edge.auth import require_safe_bind
    from app.http.edge.server import bind
    from app.http.edge.server import serve as serve_http
    from app.observing.logs import log_as
    from app.observing.metrics import Metrics

    chosen = {
        name: value for name, value in {"host": host, "port": port}.items() if value is not None
    }
    settings = load_settings(**chosen)
    for package in ("app", "ingest"):
        logging.getLogger(package).setLevel(logging.INFO)
    log_as(settings.server.log_format)
    require_safe_bind(settings)
    require_usable(settings.store.directory)
    metrics = Metrics()
    with bind(settings.server) as listening, application(settings, observer=metrics) as app:
        code = serve_http(
            app.start_service,
            settings,
            on_close=app.stop_jobs,
            metrics=metrics,
            listening=listening,
        )
    raise typer.Exit(code)


@serving.command()
def demo(
    path: Annotated[Path, typer.Argument(help="A file or folder to ingest.")],
    ask: Annotated[
        list[str] | None, typer.Option(help="A question; give it again for more.")
    ] = None,
) -> None:
    """Ingest, serve, ask over HTTP, show the cited answers, stop; nothing is left behind."""
    from app.cli.demo import run_demo

    run_demo(path, questions=tuple(ask or ()), settings=load_settings(), console=out)
