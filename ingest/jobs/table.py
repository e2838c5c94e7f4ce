"""Jobs and what has become of them, in a table that several processes share."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from app.domain.jobs import Failure, JobState, JobStatus
from app.errors import StoreCorrupted

logger = logging.getLogger(__name__)

KEPT_JOBS: Final = 1_000
"""Ended jobs whose status can still be asked for."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of jobs: a clock may step back
    id         TEXT NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL,  -- begun since a document was last indexed, or it was put back
    created_at TEXT NOT NULL,
    status     TEXT NOT NULL      -- JSON
);
CREATE TABLE IF NOT EXISTS overtaken (  -- documents that were replaced or deleted meanwhile
    job      TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (job, document)
) WITHOUT ROWID;
"""
_COLUMNS: Final = "id, collection, state, created_at, status"


class JobTable:
    """Every method is one transaction, durable when it returns.

    Raises `StoreCorrupted` where the file is damaged. A row that is damaged costs only the
    progress it told of: what else it says stands in columns of its own.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._transaction() as db:
            db.executescript(_SCHEMA)
            db.execute(f"SELECT number, attempts, {_COLUMNS} FROM jobs LIMIT 1").fetchall()  # noqa: S608 - a literal

    def add(self, job: JobStatus) -> None:
        """Takes a new job in, behind all others; one that is there already stays as it is."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO jobs (id, collection, state, attempts, created_at, status) "
                "VALUES (?, ?, ?, 0, ?, ?)",
                (job.id, job.collection, job.state, job.created_at, json.dumps(asdict(job))),
            )

    def save(self, job: JobStatus, *, was: str, attempts: int | None = None) -> bool:
        """Writes down where a job stands, and whether it was in the state ``was`` until then.

        One that was not, because another thread or process was faster, is left as it is.
        """
        status = json.dumps(asdict(replace(job, updated_at=now())))
        with self._transaction() as db:
            changed = db.execute(
                "UPDATE jobs SET state = ?, status = ?, attempts = coalesce(?, attempts) "
                "WHERE id = ? AND state = ?",
                (job.state, status, attempts, job.id, was),
            )
            return changed.rowcount > 0

    def attempts(self, job_id: str) -> int:
        """How often a job was begun since it last got on, or was put back."""
        with self._transaction() as db:
            row = db.execute("SELECT attempts FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return int(row[0]) if row else 0

    def status(self, job_id: str) -> JobStatus | None:
        """``None`` for a job that is not known, or no more."""
        with self._transaction() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()  # noqa: S608 - a literal
        return _read(row) if row else None

    def state(self, job_id: str) -> str | None:
        """As `status`, the state alone: what it costs does not grow with the failures."""
        with self._transaction() as db:
            row = db.execute("SELECT state FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return str(row[0]) if row else None

    def in_state(self, *states: JobState) -> list[JobStatus]:
        """In the order they came."""
        with self._transaction() as db:
            found = db.execute(
                f"SELECT {_COLUMNS} FROM jobs "  # noqa: S608 - a literal
                "WHERE state IN (SELECT value FROM json_each(?)) ORDER BY number",
                (json.dumps(states),),
            ).fetchall()
        return [_read(row) for row in found]

    def waiting(self) -> tuple[int, int]:
        """How many are queued, and how many are parked."""
        with self._transaction() as db:
            found = db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()
        counts: dict[str, int] = dict(found)
        return counts.get("queued", 0), counts.get("parked", 0)

    def ids(self) -> set[str]:
        """Of all jobs that are known."""
        with self._transaction() as db:
            return {row[0] for row in db.execute("SELECT id FROM jobs")}

    def overtake(self, job_ids: Sequence[str], document_id: str) -> None:
        """Notes that a later job has handled a document that is in these, too, perhaps."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO overtaken VALUES (?, ?)",
                ((job_id, document_id) for job_id in job_ids),
            )

    def overtake_all(
        self, collection: str, document_ids: Sequence[str], *, kept: Collection[str]
    ) -> None:
        """As `overtake`, for every job of a collection that may still be done.

        Those are the ones in ``kept``, whose uploads are there.
        """
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO overtaken SELECT jobs.id, document.value "
                "FROM jobs, json_each(?) AS document WHERE collection = ? AND state <> 'done' "
                "AND jobs.id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(document_ids)), collection, json.dumps(sorted(kept))),
            )

    def overtaken(self, job_id: str) -> set[str]:
        """Documents that were deleted since, or of which a later job has a newer version."""
        with self._transaction() as db:
            found = db.execute("SELECT document FROM overtaken WHERE job = ?", (job_id,))
            return {row[0] for row in found}

    def forget_old(self, *, keep: Collection[str]) -> None:
        """Drops ended jobs beyond the newest `KEPT_JOBS`, but for those in ``keep``."""
        with self._transaction() as db:
            db.execute(
                "DELETE FROM jobs WHERE state IN ('done', 'failed') AND number NOT IN "
                "(SELECT number FROM jobs ORDER BY number DESC LIMIT ?) "
                "AND id NOT IN (SELECT value FROM json_each(?))",
                (KEPT_JOBS, json.dumps(sorted(keep))),
            )
            db.execute("DELETE FROM overtaken WHERE job NOT IN (SELECT id FROM jobs)")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db, db:
                yield db
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise  # a lock that is held, a disk that is full
            raise StoreCorrupted(
                f"{self._file} can't be read ({error}). Move it and the files beside it "
                f"({self._file.name}-wal, -shm) away and start again: what waits is taken up from "
                f"{self._file.with_suffix('.spool')}."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30.0)
        try:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def now() -> str:
    """UTC, in ISO format, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is at fault: it is no database, or has other tables than ours."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode == sqlite3.SQLITE_ERROR
    return type(error) is sqlite3.DatabaseError


def _read(row: tuple[object, ...]) -> JobStatus:
    id_, collection, state, created_at = map(str, row[:4])
    try:
        fields = json.loads(cast("str", row[4]))
        failures = tuple(Failure(**failure) for failure in fields.pop("failures"))
        status = JobStatus(**fields, failures=failures)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        logger.warning("job %s: its record is damaged (%s); its progress is not known", id_, error)
        status = JobStatus(id_, collection, "queued", 0, 0, 0, (), created_at, created_at)
    return replace(status, id=id_, collection=collection, state=cast("JobState", state))
