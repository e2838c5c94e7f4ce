"""Commands that serve: over HTTP, or tools over standard input and output."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: FBT002 - typer reads flags from boolean defaults

from __future__ import annotations

import json
import logging
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.access.principal import Principal, Verb
from app.cli.application import application
from app.cli.terminal import err, load_settings, out
from app.mcp.configuration import PLACES, Client, configuration
from app.mcp.sdk import require_sdk

if TYPE_CHECKING:
    from app.service import Service

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
    require_usable(settings.store.directory)
    require_safe_bind(settings)
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
def mcp(
    writable: Annotated[bool, typer.Option(help="Also offer to add documents.")] = False,
    print_config: Annotated[
        Client | None, typer.Option(help="Print what this client's settings need, and end.")
    ] = None,
) -> None:
    """Serve tools for an agent or an editor, which starts this command, over MCP."""
    settings = load_settings()
    if print_config:
        err.print(f"for {PLACES[print_config]}:")
        found = configuration(print_config, settings, writable=writable)
        out.print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    require_sdk()
    from app.mcp.stdio import serve_stdio

    verbs: frozenset[Verb] = frozenset({"search", "ingest"} if writable else {"search"})
    principal = Principal("local", collections=None, verbs=verbs)
    with ExitStack() as opened:

        def build() -> Service:
            # Here, because the libraries of models take seconds to import as well.
            app = opened.enter_context(application(settings))
            service = opened.enter_context(closing(app.start_service()))
            opened.callback(app.stop_jobs)  # before the service, whose store jobs write to
            return service

        serve_stdio(build, principal, writable=writable)


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
