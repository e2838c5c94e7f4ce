"""A process that reads files, as the one that has it read them sees it.

The child is started as a plain interpreter rather than by `multiprocessing`, whose ``spawn``
imports the parent's main module again and with it whatever the command line imports. It has its
own session, so that Ctrl-C reaches the parent alone, which then ends it.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import IO, Final, TypeVar

from app.errors import AttestError, OperatorError, TransientError
from ingest.isolation.document_wire import Rejection
from ingest.isolation.serving import GRACE_S, READY, Limits

T = TypeVar("T")

logger = logging.getLogger(__name__)

_START_S: Final = 60.0
"""How long a child may take to import the loaders on a busy machine."""
MAX_REPLY_BYTES: Final = 2**30
"""Longest answer that is taken; one of a document within its bounds is much shorter."""
_PASSED_ON: Final = re.compile(
    r"PATH|HOME|TMPDIR|TMP|TEMP|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|SYSTEMROOT|VIRTUAL_ENV|PYTHON\w+",
    re.IGNORECASE,
)
"""Names of the environment's variables that the child may see: no key is among them."""
_TAIL_CHARACTERS: Final = 4_000
"""What is logged of the last words of a child that did not start."""
_SERVE: Final = "from ingest.isolation.serving import main; main()"
"""What the child runs; its pipe and its limits follow as arguments."""
_CRASHED: Final = ("corrupt", "The parser crashed on this file; save it again or convert it.")


class LoaderClosed(TransientError):
    """The loader was closed before it had read the file, which is not at fault."""


class Child:
    """One process, started when it is first asked and anew after a file that it did not survive.

    Calls from several threads take turns.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def ask(self, send: Callable[[Connection], None], read: Callable[[bytes], T]) -> T | Rejection:
        """What ``read`` makes of the answer to what ``send`` sends, within the time limit.

        A file that the process does not survive is rejected as ``corrupt``, as is one whose answer
        ``read`` raises `ValueError` for; one that takes too long, as ``timeout``.

        Raises:
            LoaderClosed: `close` was called, before or meanwhile.
            OperatorError: no process can be started.
        """
        with self._lock:
            self._require_open()
            return self._exchange(self._running(), send, read)

    def more(self, read: Callable[[bytes], T]) -> T | Rejection:
        """What ``read`` makes of a further part of the same answer; otherwise as `ask`."""
        with self._lock:
            self._require_open()
            if self._pipe is None:
                return _CRASHED
            return self._exchange(self._pipe, lambda _: None, read)

    def abandon(self) -> None:
        """Ends the process, whose answer nobody wants; the next file gets a new one."""
        with self._lock:
            self._stop(0)

    def close(self) -> None:
        """Ends the process, if there is one, and waits for it; at once where it reads a file."""
        self._closed = True
        if not self._lock.acquire(blocking=False):
            self._kill()  # whoever waits for its answer then lets go of the lock
            self._lock.acquire()
        try:
            self._stop(GRACE_S)
        finally:
            self._lock.release()

    def _exchange(
        self, pipe: Connection, send: Callable[[Connection], None], read: Callable[[bytes], T]
    ) -> T | Rejection:
        # A child that a file has taken over may begin an answer, and never end it.
        watchdog = threading.Timer(self._limits.timeout_s + GRACE_S, self._kill)
        watchdog.start()
        try:
            send(pipe)
            if pipe.poll(self._limits.timeout_s):
                return read(pipe.recv_bytes(MAX_REPLY_BYTES))
        except (EOFError, OSError, ValueError):
            self._stop(0)
            self._require_open()
            return _CRASHED
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
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return self._pipe
        self._stop(0)
        with tempfile.TemporaryFile() as stderr:
            pipe = self._start(stderr)
            try:
                if pipe.poll(_START_S) and pipe.recv_bytes(len(READY)) == READY:
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
        passed_on = {name: os.environ[name] for name in os.environ if _PASSED_ON.fullmatch(name)}
        environment = passed_on | {
            "PYTHONPATH": os.pathsep.join(path or str(os.curdir) for path in sys.path),
            "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory that nothing here uses
        }
        self._pipe = ours
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and code of our own
                [sys.executable, "-c", _SERVE, str(handle), self._limits.as_json()],
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
        if self._closed:  # since before `close` could see the process
            self._process.kill()
        return ours

    def _kill(self) -> None:
        process = self._process
        if process is not None:
            process.kill()

    def _stop(self, grace_s: float) -> None:
        if self._pipe is not None:
            self._pipe.close()  # an idle child leaves at the end of its input
            self._pipe = None
        if self._process is not None:
            try:
                if not grace_s:
                    self._process.kill()
                self._process.wait(grace_s or None)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


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
