"""Processes that are forked from one which has imported everything: a kill costs milliseconds.

The parent opens no store and starts no thread, so that its children begin as fresh ones do.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.kills.work import Say

PATIENCE_S = 120.0
"""After which a process that says nothing more is taken to hang."""


class Process:
    """A forked child and the lines that it says."""

    def __init__(self, run: Callable[[Say], None], log: Path) -> None:
        """``log`` gets what the child prints; its last line says why, where ``run`` raises."""
        self.lines: list[dict[str, Any]] = []
        self._rest = b""
        self._read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._read)
            _be_child(run, write, log)
        os.close(write)

    def read(self, *, until: Callable[[], bool], within_s: float) -> None:
        """Reads lines until it holds, the time is up or there are no more."""
        deadline = time.monotonic() + within_s
        while not until() and (left := deadline - time.monotonic()) > 0:
            if select.select([self._read], [], [], left)[0] and not self._take():
                return

    def kill(self) -> None:
        """Kills it, if it still runs, and waits for it."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Waits until it has ended."""
        os.waitpid(self.pid, 0)

    def end(self) -> None:
        """Reads the rest. Raises `AssertionError` where it does not come to its end."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if select.select([self._read], [], [], 1.0)[0] and not self._take():
                os.close(self._read)
                return
        raise AssertionError("a process hangs")

    def _take(self) -> bool:
        data = os.read(self._read, 1 << 16)
        *whole, self._rest = (self._rest + data).split(b"\n")  # a kill may cut the last one
        self.lines += map(json.loads, whole)
        return bool(data)


def _be_child(run: Callable[[Say], None], out: int, log: Path) -> None:
    printed = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    signal.alarm(int(PATIENCE_S))

    def say(line: dict[str, Any]) -> None:
        os.write(out, json.dumps(line).encode() + b"\n")

    try:
        run(say)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        traceback.print_exc()
        say({"raised": f"{type(error).__name__}: {error}"})
    os._exit(0)
