"""Jobs and what has become of them, in a table that several processes share."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.domain import Failure, JobStatus

KEPT_JOBS: Final = 1_000
"""Ended jobs whose status can still be asked for."""


class JobTable:
    """Every method is one transaction, durable when it returns."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(self._connect()) as db, db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, state TEXT NOT NULL, "
                "created_at TEXT NOT NULL, status TEXT NOT NULL)"
            )

    def add(self, job: JobStatus) -> None:
        """Takes a new job in."""
        with closing(self._connect()) as db, db:
            db.execute(
                "INSERT INTO jobs (id, state, created_at, status) VALUES (?, ?, ?, ?)",
                (job.id, job.state, job.created_at, json.dumps(asdict(job))),
            )

    def save(self, job: JobStatus, *, was: str) -> bool:
        """Writes down where a job stands, and whether it was in the state ``was`` until then.

        One that was not, because another thread or process was faster, is left as it is.
        """
        status = json.dumps(asdict(replace(job, updated_at=now())))
        with closing(self._connect()) as db, db:
            changed = db.execute(
                "UPDATE jobs SET state = ?, status = ? WHERE id = ? AND state = ?",
                (job.state, status, job.id, was),
            )
            return changed.rowcount > 0

    def status(self, job_id: str) -> JobStatus | None:
        """``None`` for a job that is not known, or no more."""
        with closing(self._connect()) as db:
            row = db.execute("SELECT status FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return _read(row[0]) if row else None

    def in_state(self, state: str) -> list[JobStatus]:
        """Oldest first."""
        with closing(self._connect()) as db:
            found = db.execute(
                "SELECT status FROM jobs WHERE state = ? ORDER BY created_at, rowid", (state,)
            ).fetchall()
        return [_read(row[0]) for row in found]

    def forget_old(self) -> None:
        """Drops ended jobs beyond the newest `KEPT_JOBS`."""
        with closing(self._connect()) as db, db:
            db.execute(
                "DELETE FROM jobs WHERE state IN ('done', 'failed') AND id NOT IN "
                "(SELECT id FROM jobs ORDER BY created_at DESC LIMIT ?)",
                (KEPT_JOBS,),
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30.0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def now() -> str:
    """UTC, in ISO format, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _read(source: str) -> JobStatus:
    fields = json.loads(source)
    failures = tuple(Failure(**failure) for failure in fields.pop("failures"))
    return JobStatus(**fields, failures=failures)
