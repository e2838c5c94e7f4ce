"""What the process that reads files does: it answers requests within its limits, as JSON."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import IO, Any, Final, NamedTuple, Self

from app.errors import DocumentRejected
from ingest.expansion.budget import ExpansionLimits
from ingest.expansion.model import Part, RefusedPart
from ingest.isolation.document_wire import Rejection, Reply, encode
from ingest.isolation.part_wire import LAST, encode_parts
from ingest.loaders.model import LoadedDocument, require_size

READY: Final = b"ready"
"""The child's first message."""
GRACE_S: Final = 5.0
"""How long a child may take to leave, and how much later than its parent it ends itself."""


LOAD_REQUEST: Final = b"load"
EXPAND_REQUEST: Final = b"expand"
"""The parent's first message about a file; its name follows, and its bytes or its descriptor."""


class Limits(NamedTuple):
    """What one file may take, and what reads it, as ``module:function``."""

    timeout_s: float
    memory_bytes: int
    max_characters: int
    expansion: ExpansionLimits
    load: str
    expand: str

    def as_json(self) -> str:
        """What `from_json` reads."""
        return json.dumps(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `as_json` was asked of."""
        timeout_s, memory_bytes, max_characters, expansion, load, expand = json.loads(text)
        limits = ExpansionLimits(*expansion)
        return cls(timeout_s, memory_bytes, max_characters, limits, load, expand)


def main() -> None:
    """Serves the pipe and the limits that its arguments name."""
    _, handle, limits = sys.argv
    serve(int(handle), Limits.from_json(limits))


def serve(handle: int, limits: Limits) -> None:
    """Answers requests from the pipe at ``handle`` until it is closed."""
    _limit_memory(limits.memory_bytes)
    load, expand = _imported(limits.load), _imported(limits.expand)
    with Connection(handle) as pipe, contextlib.suppress(EOFError, OSError):
        _silence_stderr()
        pipe.send_bytes(READY)
        while True:
            wanted = pipe.recv_bytes()
            name = pipe.recv_bytes().decode("utf-8", "surrogatepass")
            if wanted == EXPAND_REQUEST:
                with os.fdopen(recv_handle(pipe), "rb") as file:
                    _send_parts(pipe, _expanded(expand, name, file, limits), limits)
            else:
                data = pipe.recv_bytes()
                # Should the parent be gone, nobody else would end a parser that hangs.
                signal.setitimer(signal.ITIMER_REAL, limits.timeout_s + GRACE_S)
                pipe.send_bytes(encode(_loaded(load, name, data, limits)))
                signal.setitimer(signal.ITIMER_REAL, 0)


def _imported(target: str) -> Callable[..., Any]:
    module, _, function = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _send_parts(pipe: Connection, parts: Iterator[Part], limits: Limits) -> None:
    """Sends each message as soon as the parent has room for it, and then the last one."""
    messages = encode_parts(parts)
    message = None
    while message != LAST:
        signal.setitimer(signal.ITIMER_REAL, limits.timeout_s + GRACE_S)
        message = next(messages, LAST)
        signal.setitimer(signal.ITIMER_REAL, 0)  # the parent may take its time
        pipe.send_bytes(message)


def _expanded(
    expand: Callable[..., Iterator[Part]], name: str, file: IO[bytes], limits: Limits
) -> Iterator[Part]:
    try:
        yield from expand(name, file, limits.expansion)
    except MemoryError:
        yield RefusedPart(name, *_too_much_memory(limits))


def _loaded(load: Callable[..., LoadedDocument], name: str, data: bytes, limits: Limits) -> Reply:
    try:
        loaded = load(name, data, max_characters=limits.max_characters)
        require_size(len(loaded.text), limits.max_characters)
    except DocumentRejected as rejection:
        return (rejection.code, rejection.message)
    except MemoryError:
        return _too_much_memory(limits)
    return loaded


def _too_much_memory(limits: Limits) -> Rejection:
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
