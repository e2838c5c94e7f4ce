"""The HTTP edge."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from app.settings.section import Section

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*]+")


def _exact_origin(origin: str) -> str:
    if origin != origin.lower() or not _ORIGIN.fullmatch(origin):
        raise ValueError(
            f'"{origin}" is no exact origin; write it as a browser does: scheme and host in lower '
            "case, the port where it is not the scheme's own, no path, no wildcard"
        )
    return origin


Origin = Annotated[str, AfterValidator(_exact_origin)]
"""A site whose pages may call the API, as ``https://notes.example.org`` or ``http://localhost:3000``."""


class ServerSettings(Section):
    """The HTTP edge."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    api_keys: tuple[SecretStr, ...] = Field((), description="each gives every right")
    failed_keys_per_minute: int = Field(
        60, ge=1, description="requests without a valid key, from one address, that are told so"
    )
    audit: Literal["off", "writes", "all"] = Field(
        "off", description="requests that are told to audit.jsonl in the folder of the store"
    )
    audit_max_bytes: int = Field(64 * 2**20, ge=4_096, description="of one file of the audit log")
    audit_files: int = Field(10, ge=1, description="of the audit log that are kept")
    cors_origins: tuple[Origin, ...] = Field(
        (), description="sites whose pages may call the API from a browser"
    )
    mcp: Literal["off", "read-only", "writable"] = Field(
        "off", description="tools for agents at /mcp; writable: they may add documents"
    )
    page: bool = Field(True, description="whether browsers get a page at /")  # noqa: FBT003 - a default
    max_body_bytes: int = Field(32 * 2**20, ge=1, description="of an upload")
    max_question_bytes: int = Field(4 * 2**20, ge=1, description="of any other request")
    header_timeout_s: float = Field(10.0, gt=0.0, description="for a request's head to arrive")
    body_timeout_s: float = Field(60.0, gt=0.0, description="for its whole body to arrive")
    max_connections: int = Field(100, ge=1, description="open at once")
    workers: int = Field(2, ge=1, le=64, description="searches that compute at once")
    answers: int = Field(2, ge=1, le=64, description="answers that are made at once")
    uploads: int = Field(4, ge=1, le=64, description="uploads that are received at once")
    queue: int = Field(32, ge=0, description="searches, and answers, that may wait for a worker")
    query_vectors_bytes: int = Field(
        16 * 2**20, ge=0, description="of vectors of queries that are kept; 0: none"
    )
    results_bytes: int = Field(
        32 * 2**20, ge=0, description="of results of searches that are kept; 0: none"
    )
    wait_timeout_s: float = Field(600.0, ge=0.0, description="of uploads with wait=true")
    log_format: Literal["text", "json"] = Field("text", description="of lines of the log")
    slow_ms: float = Field(
        10_000.0, ge=0.0, description="of a search or an answer, from which the log tells; 0: never"
    )
    shutdown_grace_s: float = Field(20.0, ge=0.0)
