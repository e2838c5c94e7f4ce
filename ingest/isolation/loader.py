"""Files opened and read in processes of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from types import TracebackType
from typing import IO, Final, Self

from app.errors import DocumentRejected
from app.settings import IngestSettings
from ingest.expansion.budget import ExpansionLimits
from ingest.expansion.model import Part, RefusedPart
from ingest.isolation.child import Child, LoaderClosed
from ingest.isolation.document_wire import decode
from ingest.isolation.part_wire import decode_parts
from ingest.isolation.serving import EXPAND_REQUEST, LOAD_REQUEST, Limits
from ingest.loaders.model import LoadedDocument

LOAD: Final = "ingest.loaders.registry:load"
"""What a child runs for a document, as ``module:function``, with ``max_characters``."""
EXPAND: Final = "ingest.expansion.registry:expand"
"""What a child runs for a file that may hold several, with its `ExpansionLimits`."""


class IsolatedLoader:
    """Runs `load` and `expand` in child processes that are reused from file to file.

    Loads take turns in one child; each file that is being expanded has another one, so that its
    parts can be loaded meanwhile. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        load_timeout_s: float,
        memory_bytes: int,
        max_characters: int,
        expansion: ExpansionLimits,
        load: str = LOAD,
        expand: str = EXPAND,
    ) -> None:
        """``memory_bytes`` are what a child may map, ``max_characters`` what a text may have."""
        self._limits = Limits(load_timeout_s, memory_bytes, max_characters, expansion, load, expand)
        self._loading = Child(self._limits)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._expanding: set[Child] = set()
        self._closed = False

    @classmethod
    def of(cls, limits: IngestSettings) -> Self:
        """One with the limits of the settings."""
        return cls(
            load_timeout_s=limits.load_timeout_s,
            memory_bytes=limits.loader_memory_bytes,
            max_characters=limits.max_document_characters,
            expansion=ExpansionLimits.of(limits),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, name: str, data: bytes) -> LoadedDocument:
        """As `ingest.loaders.registry.load`, within the time limit.

        Raises:
            DocumentRejected: as there, and ``timeout``, and ``too_large`` when the text is or the
                parser takes too much memory, and ``corrupt`` when the parser crashes.
            LoaderClosed: `close` was called, before or meanwhile.
            OperatorError: no child can be started.
        """
        reply = self._loading.ask(partial(_send_data, name, data), decode)
        if isinstance(reply, LoadedDocument):
            return reply
        raise DocumentRejected(*reply)

    def expand(self, name: str, file: IO[bytes]) -> Iterator[Part]:
        """As `ingest.expansion.registry.expand`, of a file on disk; the time limit is a part's.

        What is left of a file that takes too long or too much memory, or breaks its parser, is
        refused with the reasons of `load`.

        Raises:
            LoaderClosed: `close` was called, before or meanwhile.
            OperatorError: no child can be started.
        """
        child = self._lend()
        ended = False
        try:
            read = partial(decode_parts, name=name)
            reply = child.ask(partial(_send_file, name, file), read)
            while isinstance(reply, list) and reply:
                yield from reply
                reply = child.more(read)
            ended = True
            if isinstance(reply, tuple):
                yield RefusedPart(name, *reply)
        finally:
            self._take_back(child, ended=ended)

    def close(self) -> None:
        """Ends every child and waits for it; at once those that read a file."""
        with self._lock:
            self._closed = True
            children = [self._loading, *self._idle, *self._expanding]
        for child in children:
            child.close()

    def _lend(self) -> Child:
        with self._lock:
            if self._closed:
                raise LoaderClosed("the loader was closed before it had read the file")
            child = self._idle.pop() if self._idle else Child(self._limits)
            self._expanding.add(child)
        return child

    def _take_back(self, child: Child, *, ended: bool) -> None:
        if not ended:
            child.abandon()
        with self._lock:
            self._expanding.discard(child)
            if not self._closed:
                self._idle.append(child)


def _send_data(name: str, data: bytes, pipe: Connection) -> None:
    _send_name(LOAD_REQUEST, name, pipe)
    pipe.send_bytes(data)


def _send_file(name: str, file: IO[bytes], pipe: Connection) -> None:
    """Hands over the open file itself: neither process ever holds all of it."""
    _send_name(EXPAND_REQUEST, name, pipe)
    send_handle(pipe, file.fileno(), None)


def _send_name(request: bytes, name: str, pipe: Connection) -> None:
    pipe.send_bytes(request)
    pipe.send_bytes(name.encode("utf-8", "surrogatepass"))
