"""The HTTP edge."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from app.settings.section import Section


class ServerSettings(Section):
    """The HTTP edge."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    api_keys: tuple[SecretStr, ...] = ()
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
