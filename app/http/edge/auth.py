"""Who may ask: holders of an API key where there is one, and no web page of another site."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Collection
from typing import Annotated, Final, cast
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.admission import Admission, Refused
from app.access.key_file import KeyFile
from app.access.keyring import Keyring
from app.access.principal import Principal
from app.errors import ConfigurationError
from app.http.edge.errors import CROSS_SITE, UNAUTHORIZED, WRONG_HOST, Problem
from app.settings import Settings

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""What an orchestrator asks without a key.

They say whether the service is alive and ready or what it waits for, how many jobs are parked and
collections damaged, and the code and the public message of a failed start or of jobs that stall.
"""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Change nothing, and another site's page can't read what they answer."""
OWN_SITES: Final = frozenset({"same-origin", "none"})
"""Values of ``Sec-Fetch-Site`` for our own pages, and for what a person typed."""


def require_safe_bind(settings: Settings) -> None:
    """Refuses to serve a network without a key.

    Raises:
        ConfigurationError: the host is not loopback and there is no API key, named keys can't be
            read, or a key is empty or has white space around it, which no header can carry.
    """
    server = settings.server
    keys = [key.get_secret_value() for key in server.api_keys]
    if any(not key.strip() for key in keys):
        raise ConfigurationError("server.api_keys holds an empty key; remove it or fill it in.")
    if any(key != key.strip() for key in keys):
        raise ConfigurationError(
            "server.api_keys holds a key with white space at its beginning or end, which no client "
            "could send; remove the white space."
        )
    named = KeyFile(settings.store.directory)
    try:
        has_keys = Keyring.of_operators(server.api_keys, named).has_keys
    finally:
        named.close()
    if not has_keys and not _is_loopback(server.host):
        raise ConfigurationError(
            f"server.host is {server.host}, which other machines can reach, and there is no API "
            "key. Run `rag keys create`, set server.api_keys (ATTEST_SERVER__API_KEYS), or bind "
            "127.0.0.1."
        )


class ApiKeys:
    """ASGI middleware that finds out who asks, and how often, before a byte of the body is read."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        keyring: Keyring,
        admission: Admission,
        open_paths: frozenset[str] = OPEN_PATHS,
    ) -> None:
        """``open_paths`` are answered to anybody."""
        self._app = app
        self._keyring = keyring
        self._admission = admission
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 401 or 429."""
        if scope["type"] != "http" or scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
            return
        principal = self._keyring.principal(_key_in(Headers(scope=scope)))
        if principal is None:
            refused = self._admission.failed((scope.get("client") or ("", 0))[0])
        else:
            scope.setdefault("state", {})["principal"] = principal
            refused = await self._limit(principal)
            if refused is None:
                await self._app(scope, receive, send)
                return
        # Closing ends an upload that nobody reads.
        headers = {"Connection": "close"}
        if refused is None:
            refusal = UNAUTHORIZED.response(headers | {"WWW-Authenticate": "Bearer"})
        else:
            refusal = _too_many(refused).response(headers)
        await refusal(scope, receive, send)

    async def _limit(self, principal: Principal) -> Refused | None:
        refused = self._admission.rate(principal)
        if refused is None and self._admission.is_to_be_noted(principal):
            refused = await asyncio.to_thread(self._admission.quota, principal)
        return refused


def _too_many(refused: Refused) -> Problem:
    return Problem(429, refused.code, _LIMITS[refused.code], refused.retry_after_s)


_LIMITS: Final = {
    "rate_limited": "Too many requests came in a minute; wait as long as Retry-After says.",
    "quota_exceeded": "The requests of this key for today are used up; the day ends at 0:00 UTC.",
}


def _principal(request: Request) -> Principal:
    return cast("Principal", request.state.principal)


PrincipalOf = Annotated[Principal, Depends(_principal)]
"""A route's parameter for whoever asks. No route at `OPEN_PATHS` can have it."""


class OwnSite:
    """ASGI middleware that refuses what a browser sends for a page of another site.

    Without keys, any page could otherwise plant documents in a service on its visitor's machine: a
    form needs no leave to be sent. Only browsers set ``Sec-Fetch-Site``, and no script can set it;
    one that does not set it names the page's site in ``Origin``.
    A page whose own name was made to resolve to this machine is of the same site to the browser,
    and could read too; its name stands in ``Host``.
    """

    def __init__(
        self, app: ASGIApp, *, local: Callable[[], bool], origins: Collection[str] = ()
    ) -> None:
        """``local()``: only names of this machine are answered to, because nothing asks for a key.

        ``origins`` are the other sites whose pages may change things all the same. Only the browser
        writes ``Origin``, and it writes it to every request of a script that is not a safe one.
        """
        self._app = app
        self._local = local
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or answers 403 or 421."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if self._local() and not _names_this_machine(headers.get("host", "")):
                await WRONG_HOST.response({"Connection": "close"})(scope, receive, send)
                return
            if scope["method"] not in SAFE_METHODS and not self._may_change(headers):
                await CROSS_SITE.response({"Connection": "close"})(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _may_change(self, headers: Headers) -> bool:
        return headers.get("origin") in self._origins or _is_of_own_site(headers)


def _is_of_own_site(headers: Headers) -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in OWN_SITES
    if origin is None:
        return True
    # "null", of a page that hides where it is from, is no site of ours.
    _, separator, name = origin.lower().partition("://")
    return bool(separator and name) and name == headers.get("host", "").lower()


def _names_this_machine(host: str) -> bool:
    """Of a ``Host`` header; one that is missing was sent by no browser."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return not name or _is_loopback(name) or name.endswith(".localhost")


def _key_in(headers: Headers) -> bytes:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
    return given.encode("latin-1")  # what headers are decoded by


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
