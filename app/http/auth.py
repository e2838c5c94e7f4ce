"""Who may ask: holders of an API key where there is one, and no web page of another site."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import ConfigurationError
from app.http.errors import CROSS_SITE, UNAUTHORIZED
from app.settings import Settings

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""What an orchestrator asks without a key; it says nothing but yes or no."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Change nothing, and another site's page can't read what they answer."""
OWN_SITES: Final = frozenset({"same-origin", "none"})
"""Values of ``Sec-Fetch-Site`` for our own pages, and for what a person typed."""


def require_safe_bind(settings: Settings) -> None:
    """Refuses to serve a network without a key.

    Raises:
        ConfigurationError: the host is not loopback and there is no API key, or a key is empty.
    """
    server = settings.server
    if any(not key.get_secret_value().strip() for key in server.api_keys):
        raise ConfigurationError("server.api_keys holds an empty key; remove it or fill it in.")
    if not server.api_keys and not _is_loopback(server.host):
        raise ConfigurationError(
            f"server.host is {server.host}, which other machines can reach, and there is no API "
            "key. Set server.api_keys (ATTEST_SERVER__API_KEYS), or bind 127.0.0.1."
        )


class ApiKeys:
    """ASGI middleware that asks for a key before a byte of the body is read."""

    def __init__(self, app: ASGIApp, *, keys: Sequence[SecretStr]) -> None:
        self._app = app
        self._digests = [_digest(key.get_secret_value().encode()) for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 401."""
        if (
            scope["type"] != "http"
            or not self._digests
            or scope["path"] in OPEN_PATHS
            or self._accepts(Headers(scope=scope))
        ):
            await self._app(scope, receive, send)
            return
        # Closing ends an upload that nobody reads.
        refusal = UNAUTHORIZED.response({"WWW-Authenticate": "Bearer", "Connection": "close"})
        await refusal(scope, receive, send)

    def _accepts(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        digest = _digest(given.encode("latin-1"))  # what headers are decoded by
        # Every key is compared, and digests of one length, so that the time tells nothing.
        matches = [hmac.compare_digest(digest, known) for known in self._digests]
        return any(matches)


class OwnSite:
    """ASGI middleware that refuses changes which a browser sends for a page of another site.

    Without keys, any page could otherwise plant documents in a service on its visitor's machine: a
    form needs no leave to be sent. Only browsers set the header, and no script can set it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            site = Headers(scope=scope).get("sec-fetch-site", "none")
            if site not in OWN_SITES:
                await CROSS_SITE.response({"Connection": "close"})(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
