"""Work that must come to its end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest


@contextmanager
def end_within(seconds: float, what: str) -> Iterator[None]:
    """Fails what does not come to its end, in the middle of a regular expression too.

    The seconds are of this process's own work, which other work on the machine does not lengthen.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"{what} is still at work after {seconds:g} s: not linear")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
