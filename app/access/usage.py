"""How often each key was used today, kept over restarts and by all processes together."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from app.access.key_file import OWN
from app.errors import StoreUnwritable

FILE: Final = "key_usage.db"
"""Apart from the keys: it is written often, and may be lost."""
BUSY_TIMEOUT_S: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS usage (
    name TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID
"""
_COUNT: Final = """
INSERT INTO usage VALUES (:name, :day, 1) ON CONFLICT (name) DO UPDATE
SET used = CASE WHEN day = excluded.day THEN used + 1 ELSE 1 END, day = excluded.day
WHERE day <> excluded.day OR used < :quota
"""


class KeyUsage:
    """Counts the requests of a day, which begins at midnight UTC."""

    def __init__(self, folder: Path) -> None:
        """It is kept in the folder of a store; nothing is made before something is counted."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def count(self, name: str, *, quota: int, now: datetime) -> bool:
        """Counts a request, unless the quota of the day is used up.

        The count may lose what was counted in the last moments before a power cut.

        Raises:
            StoreUnwritable: it can't be counted, and what can't be counted is not served.
        """
        counted = {"name": name, "day": _day(now), "quota": quota}
        try:
            with self._lock:
                return self._open().execute(_COUNT, counted).rowcount == 1
        except (sqlite3.Error, OSError) as error:
            raise StoreUnwritable(f"{self._path} can't be written: {error}") from error

    def days(self) -> dict[str, str]:
        """The day on which each key was last used, in ISO format."""
        if not self._path.exists():
            return {}
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S)) as db:
                return dict(db.execute("SELECT name, day FROM usage").fetchall())
        except sqlite3.Error:
            return {}

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, OWN))
            self._path.chmod(OWN)
            db = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None
            )
            try:
                db.execute("PRAGMA journal_mode = WAL")
                # No wait for the disk with each request.
                db.execute("PRAGMA synchronous = NORMAL")
                db.execute(_SCHEMA)
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db


def _day(now: datetime) -> str:
    return now.date().isoformat()
