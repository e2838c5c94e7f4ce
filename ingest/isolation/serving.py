"""What the process that reads files does: it answers requests within its limits, as JSON."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from app.errors import DocumentRejected
from ingest.isolation.wire import Reply, encode
from ingest.loaders.model import LoadedDocument, require_size

READY: Final = b"ready"
"""The child's first message."""
GRACE_S: Final = 5.0
"""How long a child may take to leave, and how much later than its parent it ends itself."""


class Limits(NamedTuple):
    """What one file may take, and what reads it, as ``module:function``."""

    timeout_s: float
    memory_bytes: int
    max_characters: int
    load: str


def serve(handle: int, timeout_s: float, memory_bytes: int, max_characters: int, load: str) -> None:
    """Answers requests from the pipe at ``handle`` until it is closed."""
    limits = Limits(timeout_s, memory_bytes, max_characters, load)
    _limit_memory(memory_bytes)
    read = _imported(load)
    with Connection(handle) as pipe, contextlib.suppress(EOFError, OSError):
        _silence_stderr()
        pipe.send_bytes(READY)
        while True:
            name = pipe.recv_bytes().decode("utf-8", "surrogatepass")
            data = pipe.recv_bytes()
            # Should the parent be gone, nobody else would end a parser that hangs.
            signal.setitimer(signal.ITIMER_REAL, timeout_s + GRACE_S)
            pipe.send_bytes(encode(_loaded(read, name, data, limits)))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _imported(target: str) -> Callable[..., LoadedDocument]:
    module, _, function = target.partition(":")
    found: Callable[..., LoadedDocument] = getattr(importlib.import_module(module), function)
    return found


def _loaded(load: Callable[..., LoadedDocument], name: str, data: bytes, limits: Limits) -> Reply:
    try:
        loaded = load(name, data, max_characters=limits.max_characters)
        require_size(len(loaded.text), limits.max_characters)
    except DocumentRejected as rejection:
        return (rejection.code, rejection.message)
    except MemoryError:
        return _too_much_memory(limits)
    return loaded


def _too_much_memory(limits: Limits) -> tuple[str, str]:
    reason = (
        f"Reading the file takes more than {limits.memory_bytes:,} bytes of memory; split it, "
        "or raise ingest.loader_memory_bytes."
    )
    return ("too_large", reason)


def _silence_stderr() -> None:
    """What parsers print would fill the disk; what imports print is kept until here."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
