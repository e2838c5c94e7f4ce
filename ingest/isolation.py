"""Loaders in a process of their own, because parsers of hostile files hang, crash and swell.

The child is started as a plain interpreter rather than by `multiprocessing`, whose ``spawn``
imports the parent's main module again and with it whatever the command line imports. It has its
own session, so that Ctrl-C reaches the parent alone, which then ends it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Final, Self, TypeAlias

from app.domain import Metadata
from app.errors import DocumentRejected
from ingest.loaders.model import LoadedDocument

LOAD: Final = "ingest.loaders.registry:load"
"""What the child runs for each file, as ``module:function``."""
ADDRESS_SPACE_BYTES: Final = 4 * 2**30
"""Memory that a child may map; a parser that wants more gets `MemoryError`."""
_GRACE_S: Final = 5.0
"""How long a child may take to leave, and how much later than its parent it ends itself."""
_START_S: Final = 60.0
"""How long a child may take to import the loaders on a busy machine."""

_Request: TypeAlias = tuple[str, bytes, dict[str, object] | None]
_Loaded: TypeAlias = LoadedDocument | tuple[str, str]
"""A document, or code and reason of a `DocumentRejected`."""


class IsolatedLoader:
    """Runs `load` in a child process that is reused from file to file.

    Calls from several threads take turns. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        load_timeout_s: float,
        address_space_bytes: int = ADDRESS_SPACE_BYTES,
        target: str = LOAD,
    ) -> None:
        self._timeout_s = load_timeout_s
        self._address_space_bytes = address_space_bytes
        self._target = target
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, name: str, data: bytes, *, metadata: Metadata | None = None) -> LoadedDocument:
        """As `ingest.loaders.registry.load`, within the time limit.

        Raises:
            DocumentRejected: as there, and ``timeout``, and ``corrupt`` when the parser crashes.
        """
        with self._lock:
            reply = self._ask((name, data, dict(metadata) if metadata else None))
        if isinstance(reply, LoadedDocument):
            return reply
        raise DocumentRejected(*reply)

    def close(self) -> None:
        """Ends the child, if there is one, and waits for it."""
        with self._lock:
            self._stop(_GRACE_S)

    def _ask(self, request: _Request) -> _Loaded:
        pipe = self._running()
        try:
            pipe.send(request)
            if pipe.poll(self._timeout_s):
                reply: _Loaded = pipe.recv()
                return reply
        except (EOFError, OSError):
            self._stop(0)
            return ("corrupt", "The parser crashed on this file; save it again or convert it.")
        except BaseException:
            self._stop(0)  # its answer must not be taken for that of the next file
            raise
        self._stop(0)
        reason = (
            f"Reading the file took longer than {self._timeout_s:g} s; split or simplify it, "
            "or raise ingest.load_timeout_s."
        )
        return ("timeout", reason)

    def _running(self) -> Connection:
        if self._pipe is not None and self._child is not None and self._child.poll() is None:
            return self._pipe
        self._stop(0)
        ours, theirs = Pipe()
        handle = theirs.fileno()
        code = (
            "from ingest.isolation import serve; "
            f"serve({handle}, {self._target!r}, {self._timeout_s!r}, {self._address_space_bytes!r})"
        )
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(path or str(os.curdir) for path in sys.path),
            "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory that nothing here uses
        }
        self._child = subprocess.Popen(  # noqa: S603 - this interpreter and code of our own
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=(handle,),
            start_new_session=True,
        )
        theirs.close()
        self._pipe = ours
        with contextlib.suppress(EOFError, OSError):
            if ours.poll(_START_S):
                ours.recv()  # the child is ready: imports don't count against a file's time
        return ours

    def _stop(self, grace_s: float) -> None:
        if self._pipe is not None:
            self._pipe.close()  # an idle child leaves at the end of its input
            self._pipe = None
        if self._child is not None:
            try:
                if not grace_s:
                    self._child.kill()
                self._child.wait(grace_s or None)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None


def serve(handle: int, target: str, timeout_s: float, address_space_bytes: int) -> None:
    """The child: answers requests from the pipe at ``handle`` until it is closed."""
    _limit_memory(address_space_bytes)
    module, _, function = target.partition(":")
    load: Callable[..., LoadedDocument] = getattr(importlib.import_module(module), function)
    with Connection(handle) as pipe, contextlib.suppress(EOFError, OSError):
        pipe.send("ready")
        while True:
            name, data, metadata = pipe.recv()
            # Should the parent be gone, nobody else would end a parser that hangs.
            signal.setitimer(signal.ITIMER_REAL, timeout_s + _GRACE_S)
            pipe.send(_answer(load, name, data, metadata))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(
    load: Callable[..., LoadedDocument], name: str, data: bytes, metadata: Metadata | None
) -> _Loaded:
    try:
        return load(name, data, metadata=metadata)
    except DocumentRejected as rejection:
        return (rejection.code, rejection.message)


def _limit_memory(address_space_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
