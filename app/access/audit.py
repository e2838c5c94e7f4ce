"""Who did what to which collection: noted where rights are checked, written once a request."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from filelock import FileLock

from app.access.principal import Verb
from app.access.scopes import COLLECTION
from app.errors import ConfigurationError

FILE: Final = "audit.jsonl"
OWN: Final = 0o600
LOCK_TIMEOUT_S: Final = 5.0


@dataclass(slots=True)
class Access:
    """What a request has done so far.

    ``collection`` is ``None`` where it has used several, or asked for what no collection can be
    called: that may be any text.
    """

    verb: Verb | None = None
    collection: str | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, verb: Verb, collection: str) -> None:
        """It has asked to do this to a collection, with or without the right to it."""
        is_first = self.verb is None and COLLECTION.fullmatch(collection)
        self.collection = collection if is_first or self.collection == collection else None
        self.verb = verb


_access: ContextVar[Access | None] = ContextVar("access", default=None)


@contextmanager
def noting(access: Access) -> Iterator[None]:
    """What happens within, in whatever thread, is noted there."""
    token = _access.set(access)
    try:
        yield
    finally:
        _access.reset(token)


def note_use(verb: Verb, collection: str) -> None:
    """Notes what the request that is being served asks to do, if one is."""
    if access := _access.get():
        access.note(verb, collection)


def note_count(**counts: int) -> None:
    """Notes how much the request has brought or was given."""
    if access := _access.get():
        access.counts |= counts


class AuditLog:
    """Lines of JSON in the folder of a store, in files of bounded size and number.

    ``audit.jsonl`` is the newest, ``audit.jsonl.1`` the one before it. Processes take turns.
    """

    def __init__(self, folder: Path, *, max_bytes: int, files: int) -> None:
        """At most ``files`` of ``max_bytes`` are kept, longer by no line.

        Raises:
            ConfigurationError: it can't be written, so that nothing is to be served.
        """
        self._path = folder / FILE
        self._max_bytes = max_bytes
        self._files = files
        self._turn = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / "audit.lock", timeout=LOCK_TIMEOUT_S, mode=OWN)
            self._append(b"")
        except OSError as error:
            raise ConfigurationError(
                f"{self._path} can't be written ({error}); make it writable, or set server.audit "
                'to "off".'
            ) from error

    def write(self, entry: Mapping[str, object]) -> None:
        """Appends a line. Raises `OSError`."""
        self._append(json.dumps(entry).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        with self._turn, self._lock:
            if self._path.exists() and self._path.stat().st_size + len(line) > self._max_bytes:
                self._rotate()
            descriptor = os.open(self._path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, OWN)
            try:
                os.fchmod(descriptor, OWN)
                os.write(descriptor, line)
            finally:
                os.close(descriptor)

    def _rotate(self) -> None:
        names = [self._path, *(self._older(number) for number in range(1, self._files))]
        names[-1].unlink(missing_ok=True)
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                newer.rename(older)

    def _older(self, number: int) -> Path:
        return self._path.with_name(f"{FILE}.{number}")
