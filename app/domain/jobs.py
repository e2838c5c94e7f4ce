"""Uploads, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

UploadKind: TypeAlias = Literal["file", "record"]


@dataclass(frozen=True, slots=True)
class Upload:
    """Something handed over for ingestion: the bytes of a file, or where they lie, or a record.

    A record is any JSON value; what is no proper document is rejected later, with its reason.
    """

    name: str
    content: object
    kind: UploadKind


@dataclass(frozen=True, slots=True)
class Failure:
    """One document that was not indexed. ``code`` is one of `DocumentRejected`'s.

    ``name`` is a file's name or a record's id, as ``kind`` says.
    """

    name: str
    code: str
    reason: str
    kind: UploadKind


JobState: TypeAlias = Literal["queued", "running", "parked", "done", "failed"]
"""``parked``: kept and tried now and then until somebody mends what stops it, or removes it."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """An ingestion job. Once it is done, ``received == indexed + skipped + failed``.

    ``failures`` are the first of these; ``unlisted`` counts the others.
    ``error`` says why a job failed as a whole, or, while it is queued or parked, why it is to be
    tried again, in words safe to show; what it had committed stays. ``timings_s`` are the seconds
    that each stage of it has taken since it was last begun. ``request_id`` names the request that
    brought it, where one did.
    """

    id: str
    collection: str
    state: JobState
    received: int
    indexed: int
    skipped: int
    failures: tuple[Failure, ...]
    created_at: str
    updated_at: str
    error: str | None = None
    unlisted: int = 0
    timings_s: Mapping[str, float] = field(default_factory=dict)
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the job queue does, as of a moment ago; ``trouble`` is why no job is worked at all."""

    waiting: int = 0
    parked: int = 0
    trouble: str | None = None
