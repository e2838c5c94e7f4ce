"""One HTTP connection pool to a model server: deadlines, retries, and errors by who can act.

What the adapters beside it share. Replies are checked against a type, so that nothing unparsed goes
further in. Redirects are not followed: the key would travel to an address nobody configured.
``HTTP_PROXY``, ``HTTPS_PROXY`` and ``NO_PROXY`` are honoured, as HTTPX does by default; a server on
the same machine behind a proxy needs ``NO_PROXY=127.0.0.1,localhost``.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from app.errors import ConfigurationError, RemoteUnavailable

T = TypeVar("T")
_log = logging.getLogger(__name__)

MAX_REPLY_BYTES: Final = 64 * 2**20
"""Largest reply that is read, decompressed; 32 vectors of 4,096 numbers are about 3 MB of JSON."""
MAX_REASON_CHARS: Final = 200
"""How much of a server's own explanation a log line shows."""
_TRANSIENT_4XX: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter.

    The pause after failed attempt k is uniform in (0, c], where c = ``first_pause_s`` · 2^(k-1)
    but at most ``longest_pause_s``. A server's ``Retry-After`` is a lower bound of it; one beyond
    ``longest_pause_s`` ends the call, since trying sooner would disobey it.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    """

    attempts: int = 3
    first_pause_s: float = 0.5
    longest_pause_s: float = 8.0

    def pause_s(self, attempt: int, retry_after_s: float | None) -> float | None:
        """Seconds to wait after failed ``attempt`` (from 1); ``None`` to give up."""
        if attempt >= self.attempts:
            return None
        ceiling = min(self.longest_pause_s, self.first_pause_s * 2.0 ** (attempt - 1))
        jittered = ceiling * (1.0 - random.random())  # noqa: S311 - spreads load, guards nothing
        if retry_after_s is None:
            return jittered
        return None if retry_after_s > self.longest_pause_s else max(retry_after_s, jittered)


class _Retryable(Exception):
    """An attempt failed in a way that another may not."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class HttpModelClient:
    """Posts JSON to one server.

    ``setting`` is the dotted name of the setting that holds the address, such as
    ``models.embedder``; its key is ``<setting>_api_key``, and errors name both. ``timeout_s``
    bounds a whole call: its attempts, and the pauses between them. The key goes out as
    ``Authorization: Bearer`` and nowhere else; it is in no message, log line or ``repr``.

    Raises `ConfigurationError` for an address or a key that can't be used.
    """

    def __init__(
        self,
        url: str,
        *,
        setting: str,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.url = _checked_url(url, setting)
        self._setting = setting
        self._timeout_s = timeout_s
        self._retry = retry or RetryPolicy()
        self._api_key = _checked_key(api_key, setting)
        headers = {"Content-Type": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        self._client = httpx2.Client(headers=headers, follow_redirects=False)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def post(self, path: str, body: Mapping[str, object], reply: TypeAdapter[T]) -> T:
        """The server's answer to ``body``, as the type that ``reply`` checks.

        Raises:
            RemoteUnavailable: No answer in time, an error of the server, or not the promised shape.
            ConfigurationError: The server refused the request.
        """
        content = self._retrying(path, body, self._read)
        try:
            return reply.validate_json(content)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the reply"
            # `from None`: the original error quotes what the server sent.
            raise self.malformed(f"{where}: {first['type']}") from None

    def open_stream(self, path: str, body: Mapping[str, object]) -> httpx2.Response:
        """An answer whose body is still to be read, and that the caller closes.

        ``timeout_s`` bounds the time until it begins, and each silence after. Raises as `post`.
        """
        return self._retrying(path, body, lambda response, _deadline: response)

    def malformed(self, what: str) -> RemoteUnavailable:
        """The error for an answer that breaks the protocol; ``what`` quotes nothing of it."""
        return RemoteUnavailable(f"{self.url} did not answer as its protocol says ({what})")

    def close(self) -> None:
        """Closes the pool. Further calls are errors."""
        self._client.close()

    def _retrying(
        self,
        path: str,
        body: Mapping[str, object],
        receive: Callable[[httpx2.Response, float], T],
    ) -> T:
        # Broken documents and JSON escapes bring lone surrogates, which UTF-8 can't express.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        deadline = time.monotonic() + self._timeout_s
        attempt = 1
        while True:
            try:
                return self._attempt(path, content, deadline, receive)
            except _Retryable as failure:
                pause_s = self._retry.pause_s(attempt, failure.retry_after_s)
                _log.warning("%s: %s (attempt %d)", self.url, failure, attempt)
                if pause_s is None or time.monotonic() + pause_s >= deadline:
                    raise RemoteUnavailable(
                        f"{self.url} did not answer: {failure} (attempts: {attempt}); check "
                        f"that the server runs and that setting {self._setting} names it"
                    ) from failure
            time.sleep(pause_s)
            attempt += 1

    def _attempt(
        self,
        path: str,
        content: bytes,
        deadline: float,
        receive: Callable[[httpx2.Response, float], T],
    ) -> T:
        timeout_s = max(deadline - time.monotonic(), 0.001)
        request = self._client.build_request(
            "POST", f"{self.url}{path}", content=content, timeout=timeout_s
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                self._check_status(response, deadline)
                return receive(response, deadline)
            except BaseException:
                response.close()
                raise
        except httpx2.RequestError as error:
            raise _Retryable(type(error).__name__) from error

    def _check_status(self, response: httpx2.Response, deadline: float) -> None:
        status = response.status_code
        if response.is_success:
            return
        phrase = f"{status} {_phrase(status)}"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT_4XX:
            raise _Retryable(phrase, _retry_after_s(response.headers.get("retry-after")))
        if status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):  # those echo the key
            _log.warning("%s: %s: %s", self.url, phrase, self._reason(response, deadline))
        raise ConfigurationError(
            f"{self.url} refused the request with {phrase}; check {self._suspect(status)}"
        )

    def _suspect(self, status: int) -> str:
        match status:
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                return f"setting {self._setting}_api_key"
            case HTTPStatus.NOT_FOUND:
                return f"the address and the model name in setting {self._setting}"
            case _ if HTTPStatus(300) <= status < HTTPStatus.BAD_REQUEST:
                return f"the address in setting {self._setting}: redirects are not followed"
            case _:
                return f"that the model in setting {self._setting} serves this kind of request"

    def _reason(self, response: httpx2.Response, deadline: float) -> str:
        """A server's explanation, fit for a log line: one line, short, without the key."""
        try:
            text = self._read(response, deadline).decode("utf-8", "replace")
        except (_Retryable, RemoteUnavailable, httpx2.RequestError):
            return "no reason given"
        if self._api_key:
            text = text.replace(self._api_key, "[key]")
        printable = "".join(c if c.isprintable() else " " for c in text)
        return " ".join(printable.split())[:MAX_REASON_CHARS]

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        """The body; a server that sends it byte by byte does not outlive the deadline."""
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MAX_REPLY_BYTES:
                raise self.malformed(f"more than {MAX_REPLY_BYTES} bytes")
            if time.monotonic() > deadline:
                raise _Retryable("the reply took too long")
        return bytes(content)


def _checked_url(url: str, setting: str) -> str:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise ConfigurationError(f"setting {setting} does not hold a valid URL") from None
    if parsed.userinfo:
        raise ConfigurationError(
            f"the URL in setting {setting} holds credentials; put the key into {setting}_api_key"
        )
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query:
        raise ConfigurationError(
            f"setting {setting} needs a URL such as http://127.0.0.1:11434/v1, without a query"
        )
    return url.rstrip("/")


def _checked_key(api_key: str | None, setting: str) -> str | None:
    key = api_key.strip() if api_key else ""
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError(
            f"setting {setting}_api_key has characters that can't be sent in an HTTP header"
        )
    return key or None


def _phrase(status: int) -> str:
    """The registered phrase: what the server sends in its place is not trusted."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _retry_after_s(value: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header, which is a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
