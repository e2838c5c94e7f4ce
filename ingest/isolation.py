"""Loaders in a process of their own, because parsers of hostile files hang, crash and swell.

The child is started as a plain interpreter rather than by `multiprocessing`, whose ``spawn``
imports the parent's main module again and with it whatever the command line imports. It has its
own session, so that Ctrl-C reaches the parent alone, which then ends it.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import IO, Final, NamedTuple, Self, TypeAlias

from app.errors import AttestError, DocumentRejected, OperatorError, TransientError
from ingest.loader_wire import Reply, decode, encode
from ingest.loaders.model import LoadedDocument, require_size

logger = logging.getLogger(__name__)

LOAD: Final = "ingest.loaders.registry:load"
"""What the child runs for each file, as ``module:function``, with ``max_characters``."""
_GRACE_S: Final = 5.0
"""How long a child may take to leave, and how much later than its parent it ends itself."""
_START_S: Final = 60.0
"""How long a child may take to import the loaders on a busy machine."""
_READY: Final = b"ready"
MAX_REPLY_BYTES: Final = 2**30
"""Longest answer that is taken; one of a document within its bounds is much shorter."""
_PASSED_ON: Final = re.compile(
    r"PATH|HOME|TMPDIR|TMP|TEMP|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|SYSTEMROOT|VIRTUAL_ENV|PYTHON\w+",
    re.IGNORECASE,
)
"""Names of the environment's variables that the child may see: no key is among them."""
_TAIL_CHARACTERS: Final = 4_000
"""What is logged of the last words of a child that did not start."""

_Request: TypeAlias = tuple[str, bytes]


class _Limits(NamedTuple):
    """What one file may take."""

    timeout_s: float
    memory_bytes: int
    max_characters: int


class LoaderClosed(TransientError):
    """The loader was closed before it had read the file, which is not at fault."""


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
        self._limits = _Limits(load_timeout_s, memory_bytes, max_characters)
        self._target = target
        self._lock = threading.Lock()
        self._closed = False
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

    def load(self, name: str, data: bytes) -> LoadedDocument:
        """As `ingest.loaders.registry.load`, within the time limit.

        Raises:
            DocumentRejected: as there, and ``timeout``, and ``too_large`` when the text is or the
                parser takes too much memory, and ``corrupt`` when the parser crashes.
            LoaderClosed: `close` was called, before or meanwhile.
            OperatorError: no child can be started.
        """
        with self._lock:
            reply = self._ask((name, data))
        if isinstance(reply, LoadedDocument):
            return reply
        raise DocumentRejected(*reply)

    def close(self) -> None:
        """Ends the child, if there is one, and waits for it; at once where it reads a file."""
        self._closed = True
        if not self._lock.acquire(blocking=False):
            self._kill()  # whoever waits for its answer then lets go of the lock
            self._lock.acquire()
        try:
            self._stop(_GRACE_S)
        finally:
            self._lock.release()

    def _ask(self, request: _Request) -> Reply:
        self._require_open()
        pipe = self._running()
        # A child that a file has taken over may begin an answer, and never end it.
        watchdog = threading.Timer(self._limits.timeout_s + _GRACE_S, self._kill)
        watchdog.start()
        try:
            name, data = request
            pipe.send_bytes(name.encode("utf-8", "surrogatepass"))
            pipe.send_bytes(data)
            if pipe.poll(self._limits.timeout_s):
                return decode(pipe.recv_bytes(MAX_REPLY_BYTES))
        except (EOFError, OSError, ValueError):
            self._stop(0)
            self._require_open()
            return ("corrupt", "The parser crashed on this file; save it again or convert it.")
        except BaseException:
            self._stop(0)  # its answer must not be taken for that of the next file
            raise
        finally:
            watchdog.cancel()
        self._stop(0)
        reason = (
            f"Reading the file took longer than {self._limits.timeout_s:g} s; split or simplify "
            "it, or raise ingest.load_timeout_s."
        )
        return ("timeout", reason)

    def _running(self) -> Connection:
        if self._pipe is not None and self._child is not None and self._child.poll() is None:
            return self._pipe
        self._stop(0)
        with tempfile.TemporaryFile() as stderr:
            pipe = self._start(stderr)
            try:
                if pipe.poll(_START_S) and pipe.recv_bytes(len(_READY)) == _READY:
                    return pipe  # only now: imports don't count against a file's time
                failed: Callable[[str], AttestError] = _late
            except (EOFError, OSError):
                failed = _broken
            except BaseException:
                self._stop(0)
                raise
            self._stop(0)
            self._require_open()
            raise failed(_tail(stderr))

    def _require_open(self) -> None:
        if self._closed:
            raise LoaderClosed("the loader was closed before it had read the file")

    def _start(self, stderr: IO[bytes]) -> Connection:
        ours, theirs = Pipe()
        handle = theirs.fileno()
        code = (
            "from ingest.isolation import serve; "
            f"serve({handle}, {self._target!r}, *{tuple(self._limits)!r})"
        )
        passed_on = {name: os.environ[name] for name in os.environ if _PASSED_ON.fullmatch(name)}
        environment = passed_on | {
            "PYTHONPATH": os.pathsep.join(path or str(os.curdir) for path in sys.path),
            "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory that nothing here uses
        }
        self._pipe = ours
        try:
            self._child = subprocess.Popen(  # noqa: S603 - this interpreter and code of our own
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env=environment,
                pass_fds=(handle,),
                start_new_session=True,
            )
        except OSError as error:
            raise TransientError(
                f"The process that reads files can't be started ({error}). The machine is short of "
                "memory or of processes; try again when it is not."
            ) from error
        finally:
            theirs.close()
        if self._closed:  # since before `close` could see the child
            self._child.kill()
        return ours

    def _kill(self) -> None:
        child = self._child
        if child is not None:
            child.kill()

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


def serve(
    handle: int, target: str, timeout_s: float, memory_bytes: int, max_characters: int
) -> None:
    """The child: answers requests from the pipe at ``handle`` until it is closed."""
    limits = _Limits(timeout_s, memory_bytes, max_characters)
    _limit_memory(memory_bytes)
    module, _, function = target.partition(":")
    load: Callable[..., LoadedDocument] = getattr(importlib.import_module(module), function)
    with Connection(handle) as pipe, contextlib.suppress(EOFError, OSError):
        _silence_stderr()
        pipe.send_bytes(_READY)
        while True:
            name = pipe.recv_bytes().decode("utf-8", "surrogatepass")
            data = pipe.recv_bytes()
            # Should the parent be gone, nobody else would end a parser that hangs.
            signal.setitimer(signal.ITIMER_REAL, timeout_s + _GRACE_S)
            pipe.send_bytes(encode(_answer(load, name, data, limits)))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(load: Callable[..., LoadedDocument], name: str, data: bytes, limits: _Limits) -> Reply:
    try:
        loaded = load(name, data, max_characters=limits.max_characters)
        require_size(len(loaded.text), limits.max_characters)
    except DocumentRejected as rejection:
        return (rejection.code, rejection.message)
    except MemoryError:
        reason = (
            f"Reading the file takes more than {limits.memory_bytes:,} bytes of memory; split it, "
            "or raise ingest.loader_memory_bytes."
        )
        return ("too_large", reason)
    return loaded


def _silence_stderr() -> None:
    """What parsers print would fill the disk; what imports print is kept until here."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _late(tail: str) -> TransientError:
    logger.error("the process that reads files is late; it printed: %s", tail or "nothing")
    return TransientError(
        f"The process that reads files was not ready after {_START_S:g} s. The machine is too "
        "busy or short of memory; try again when it is not."
    )


def _broken(tail: str) -> OperatorError:
    logger.error("the process that reads files can't start; it printed: %s", tail or "nothing")
    last = tail.rpartition("\n")[2] or "it printed nothing"
    return OperatorError(
        f"The process that reads files ended before it was ready: {last}. The log has more. "
        "Install the package anew, e.g. with `pip install --force-reinstall attest-rag`."
    )


def _tail(stderr: IO[bytes]) -> str:
    stderr.seek(0)
    return stderr.read().decode(errors="replace").strip()[-_TAIL_CHARACTERS:]


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
