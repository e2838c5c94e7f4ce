"""The HTTP application: routes, and what lies around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import compile_path

from app.access.keyring import Keyring
from app.http.edge.auth import OPEN_PATHS, ApiKeys, OwnSite
from app.http.edge.errors import NotReady, install_error_handlers, problem_of
from app.http.edge.exchange import Exchange
from app.http.edge.limits import BodyBound, BodyLimit
from app.http.edge.parts import Edge, Lanes
from app.http.edge.startup import Startup
from app.http.page import files as page
from app.http.routes import answers, collections, documents, openai, operations, search
from app.http.routes.openai import ChatCompletionRequest
from app.http.schemas.answers import AnswerRequest, SearchRequest
from app.http.schemas.documents import DocumentsRequest
from app.http.schemas.openapi import describe
from app.observing.metrics import Metrics
from app.service import Service
from app.settings import ServerSettings, Settings

HEARTBEAT_S: Final = 15.0
"""Longest silence of a stream; proxies close connections after 30 to 60 seconds of it."""
ROUTE_MODULES: Final = (operations, collections, documents, search, answers, openai)
ROUTES: Final = tuple(route for module in ROUTE_MODULES for route in module.router.routes)
TAKES_UPLOADS: Final = compile_path(documents.DOCUMENTS)[0]
"""The path whose bodies may be large."""


def _nothing() -> None:
    """Default for callbacks."""


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
        keyring: who may ask; by default every key of the settings gives every right.
        metrics: what is shown at ``/metrics``; ingestion, which ``build`` starts, may count there.
        heartbeat_s: longest silence of a stream.
    """
    server = settings.server
    keyring = keyring or Keyring.of_all_powerful(server.api_keys)
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

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        edge.startup.begin()
        try:
            yield
        finally:
            await asyncio.to_thread(edge.close)

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
    install_error_handlers(app, [route for module in modules for route in module.router.routes])
    for module in modules:
        app.include_router(module.router)
    describe(
        app,
        AnswerRequest,
        ChatCompletionRequest,
        DocumentsRequest,
        SearchRequest,
        locked=keyring.has_keys,
    )
    # The last one added is the outermost: id and log around keys, keys before any body is read.
    app.add_middleware(
        BodyLimit, limit_of=partial(_body_bound, server), timeout_s=server.body_timeout_s
    )
    app.add_middleware(OwnSite, local=not keyring.has_keys)
    # The page holds nothing of anybody; what it shows, it asks for with the key of who looks.
    open_paths = OPEN_PATHS | page.page_paths() if server.page else OPEN_PATHS
    app.add_middleware(ApiKeys, keyring=keyring, open_paths=open_paths)
    app.add_middleware(Exchange, observer=metrics, last_resort=_last_resort)
    return app


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
