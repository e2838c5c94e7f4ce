"""API keys, and the rule that a service which others can reach must have one."""

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
from app.http.errors import UNAUTHORIZED
from app.settings import Settings

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""What an orchestrator asks without a key; it says nothing but yes or no."""


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


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
