"""Loaders in a process of their own."""

from __future__ import annotations

from functools import partial
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final, Self

from app.errors import DocumentRejected
from ingest.isolation.child import Child
from ingest.isolation.serving import Limits
from ingest.isolation.wire import decode
from ingest.loaders.model import LoadedDocument

LOAD: Final = "ingest.loaders.registry:load"
"""What the child runs for each file, as ``module:function``, with ``max_characters``."""


class IsolatedLoader:
    """Runs `load` in a child process that is reused from file to file.

    Calls from several threads take turns. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        load_timeout_s: float,
        memory_bytes: int,
        max_characters: int,
        target: str = LOAD,
    ) -> None:
        """``memory_bytes`` are what the child may map, ``max_characters`` what a text may have."""
        self._child = Child(Limits(load_timeout_s, memory_bytes, max_characters, target))

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
        reply = self._child.ask(partial(_send, name, data), decode)
        if isinstance(reply, LoadedDocument):
            return reply
        raise DocumentRejected(*reply)

    def close(self) -> None:
        """Ends the child, if there is one, and waits for it; at once where it reads a file."""
        self._child.close()


def _send(name: str, data: bytes, pipe: Connection) -> None:
    pipe.send_bytes(name.encode("utf-8", "surrogatepass"))
    pipe.send_bytes(data)
