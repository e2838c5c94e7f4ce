"""The HTTP application: routes, and what lies around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import compile_path

from app.access.admission import Admission
from app.access.audit import AuditLog
from app.access.key_file import KeyFile
from app.access.keyring import Keyring
from app.access.usage import KeyUsage
from app.errors import ConfigurationError
from app.http.edge.auditing import Audit
from app.http.edge.auth import OPEN_PATHS, ApiKeys, OwnSite
from app.http.edge.cors import cors_options
from app.http.edge.errors import NotReady, install_error_handlers, problem_of
from app.http.edge.exchange import Exchange
from app.http.edge.limits import BodyBound, BodyLimit
from app.http.edge.parts import Edge, Lanes
from app.http.edge.startup import Startup
from app.http.page import files as page
from app.http.routes import (
    answers,
    collections,
    documents,
    inference,
    openai,
    operations,
    search,
)
from app.http.schemas.answers import AnswerRequest, SearchRequest
from app.http.schemas.chat import ChatCompletionRequest
from app.http.schemas.documents import DocumentsRequest
from app.http.schemas.inference import EmbeddingsRequest, RerankRequest
from app.http.schemas.openapi import describe
from app.mcp.sdk import require_sdk
from app.observing.metrics import Metrics
from app.service import Service
from app.settings import ServerSettings, Settings

if TYPE_CHECKING:
    from app.mcp.over_http import McpRoute

HEARTBEAT_S: Final = 15.0
"""Longest silence of a stream; proxies close connections after 30 to 60 seconds of it."""
ROUTE_MODULES: Final = (operations, collections, documents, search, answers, openai, inference)
TAKES_UPLOADS: Final = compile_path(documents.DOCUMENTS)[0]
"""The path whose bodies may be large."""


def _nothing() -> None:
    """Default for callbacks."""


def _is_open(keyring: Keyring) -> bool:
    """Whether nothing asks for a key; where keys can't be read, something does."""
    try:
        return not keyring.has_keys
    except ConfigurationError:
        return False


def create_app(
    build: Callable[[], Service],
    settings: Settings,
    *,
    on_close: Callable[[], None] = _nothing,
    on_failure: Callable[[], None] = _nothing,
    keyring: Keyring | None = None,
    metrics: Metrics | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> FastAPI:
    """The application, for one run of a server: what it starts is closed at its end.

    Args:
        build: makes the service, in a thread; until it returns, only ``/healthz`` answers.
        settings: of which ``server`` counts here.
        on_close: called before a built service is closed, to end what uses its store.
        on_failure: called, in that thread, when ``build`` has raised.
        keyring: who may ask; by default every key of the settings gives every right, and those
            that were made for the store give theirs.
        metrics: what is shown at ``/metrics``; ingestion, which ``build`` starts, may count there.
        heartbeat_s: longest silence of a stream.
    """
    server = settings.server
    folder = settings.store.directory
    keyring = keyring or Keyring.of_operators(server.api_keys, KeyFile(folder))
    admission = Admission(KeyUsage(folder), failures_per_minute=server.failed_keys_per_minute)
    metrics = metrics or Metrics()
    edge = Edge(
        startup=Startup(build, on_close=on_close, on_failure=on_failure),
        lanes=Lanes.of(server),
        metrics=metrics,
        heartbeat_s=heartbeat_s,
        wait_s=server.wait_timeout_s,
    )
    for lane in edge.lanes.all():
        metrics.watch(lane)

    tools = _tools(edge, server)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        edge.startup.begin()
        try:
            async with tools.running() if tools else nullcontext():
                yield
        finally:
            await asyncio.to_thread(edge.close)
            admission.close()
            keyring.close()

    app = FastAPI(
        title="Attest",
        summary="Answers that cite, over your documents.",
        lifespan=lifespan,
        # Their pages load scripts from elsewhere; the schema itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.edge = edge
    modules = (*ROUTE_MODULES, page) if server.page else ROUTE_MODULES
    routes = [route for module in modules for route in module.router.routes]
    install_error_handlers(app, (*routes, tools) if tools else routes)
    for module in modules:
        app.include_router(module.router)
    if tools:
        app.router.routes.append(tools)
    describe(
        app,
        AnswerRequest,
        ChatCompletionRequest,
        DocumentsRequest,
        EmbeddingsRequest,
        RerankRequest,
        SearchRequest,
        locked=keyring.has_keys,
    )
    # The last one added is the outermost: id and logs around keys, keys before any body is read.
    app.add_middleware(
        BodyLimit, limit_of=partial(_body_bound, server), timeout_s=server.body_timeout_s
    )
    app.add_middleware(OwnSite, local=partial(_is_open, keyring), origins=server.cors_origins)
    # The page holds nothing of anybody; what it shows, it asks for with the key of who looks.
    open_paths = OPEN_PATHS | page.page_paths() if server.page else OPEN_PATHS
    app.add_middleware(ApiKeys, keyring=keyring, admission=admission, open_paths=open_paths)
    if server.audit != "off":
        log = AuditLog(folder, max_bytes=server.audit_max_bytes, files=server.audit_files)
        app.add_middleware(Audit, log=log, of=server.audit)
    if server.cors_origins:
        # Outside of the keys: a browser asks for leave without one.
        app.add_middleware(CORSMiddleware, **cors_options(server.cors_origins))
    app.add_middleware(Exchange, observer=metrics, last_resort=_last_resort)
    return app


def _tools(edge: Edge, server: ServerSettings) -> McpRoute | None:
    """See `McpRoute`. Raises `ConfigurationError` where its SDK is not installed."""
    if server.mcp == "off":
        return None
    require_sdk()
    from app.mcp.over_http import McpRoute  # noqa: PLC0415 - an extra

    return McpRoute(
        edge, writable=server.mcp == "writable", max_bytes=_body_bound(server, "").max_bytes
    )


def _body_bound(server: ServerSettings, path: str) -> BodyBound:
    if TAKES_UPLOADS.fullmatch(path):
        return BodyBound(server.max_body_bytes, "server.max_body_bytes")
    return BodyBound(
        min(server.max_question_bytes, server.max_body_bytes), "server.max_question_bytes"
    )


def _last_resort(error: BaseException) -> Response:
    if isinstance(error, asyncio.CancelledError):
        error = NotReady("the server stopped before the request had ended")
    return problem_of(error).response()
