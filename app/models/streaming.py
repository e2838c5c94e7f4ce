"""Pieces that a call which can't be interrupted makes, for a caller who may stop waiting."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Final, TypeAlias

STOP_POLL_S: Final = 0.05
"""How often somebody who waits for a piece asks whether to stop."""

Produce: TypeAlias = Callable[[Callable[[str], None], Callable[[], bool]], None]
"""Called with what takes a piece, and what tells whether nobody waits any more."""


def streamed(produce: Produce, *, name: str, stop: Callable[[], bool]) -> Iterator[str]:
    """What ``produce`` hands over, from a thread of its own called ``name``.

    Ends within `STOP_POLL_S` of ``stop()`` turning true; ``produce`` is then told so and ends when
    it can. What it raises is raised here.
    """
    pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
    abandoned = threading.Event()

    def run() -> None:
        try:
            produce(pieces.put, abandoned.is_set)
            pieces.put(None)
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            pieces.put(error)

    work = copy_context().run  # which request is served
    threading.Thread(target=work, args=(run,), name=name, daemon=True).start()
    try:
        while not stop():
            try:
                piece = pieces.get(timeout=STOP_POLL_S)
            except queue.Empty:
                continue
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
    finally:
        abandoned.set()
