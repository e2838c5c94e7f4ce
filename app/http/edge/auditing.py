"""One line of the audit log for each request that is to have one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.audit import Access, AuditLog, noting
from app.access.principal import Principal
from app.http.edge.auth import OPEN_PATHS, SAFE_METHODS
from app.http.edge.exchange import UNMATCHED
from app.observing.requests import current_request_id

logger = logging.getLogger(__name__)

WRITES: Final = frozenset({"ingest", "manage"})


class Audit:
    """ASGI middleware around the check of keys, so that what it refuses is written, too.

    Neither questions nor texts, keys or document ids are written. ``status`` is null where the
    request broke off before it was answered.
    """

    def __init__(self, app: ASGIApp, *, log: AuditLog, of: Literal["writes", "all"]) -> None:
        """``writes`` are requests to ingest and to manage, be they allowed or not."""
        self._app = app
        self._log = log
        self._of = of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        access, status = Access(), None
        came = datetime.now(UTC)

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with noting(access):
                await self._app(scope, receive, send_noting_status)
        finally:
            if self._of == "all" or _writes(scope, access):
                self._write(_entry(scope, access, status, came))

    def _write(self, entry: Mapping[str, object]) -> None:
        try:
            self._log.write(entry)
        except OSError:
            logger.exception("a line of the audit log is lost")


def _writes(scope: Scope, access: Access) -> bool:
    return access.verb in WRITES and scope["method"] not in SAFE_METHODS


def _entry(
    scope: Scope, access: Access, status: int | None, came: datetime
) -> Mapping[str, object]:
    principal: Principal | None = scope.get("state", {}).get("principal")
    return {
        "time": came.isoformat(timespec="milliseconds"),
        "request_id": current_request_id(),
        "key": principal.name if principal else None,
        "verb": access.verb,
        "collection": access.collection,
        "method": scope["method"],
        "route": getattr(scope.get("route"), "path_format", UNMATCHED),
        "status": status,
        "counts": access.counts,
    }
