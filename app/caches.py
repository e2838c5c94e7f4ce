"""Results that are kept for whoever asks the same again, within a bound of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRY_BYTES: Final = 500
"""What an entry takes beside its key and its value: links, objects, a lock's share."""


class BoundedCache(Generic[K, V]):
    """Keeps what was asked for last, up to ``most_bytes``; 0 keeps nothing.

    It may be used from any thread. What is kept must not be changed by those who get it.
    """

    def __init__(self, name: str, *, most_bytes: int, bytes_of: Callable[[K, V], int]) -> None:
        """``bytes_of`` is an estimate of what a key and its value take."""
        self.name = name
        self._most_bytes = most_bytes
        self._bytes_of = bytes_of
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: K) -> V | None:
        """What is kept for ``key``, or ``None``; counts as a hit or a miss."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V) -> None:
        """Keeps ``value``, in place of those that were asked for longest ago."""
        taken = self._bytes_of(key, value) + ENTRY_BYTES
        if taken > self._most_bytes:
            return
        with self._lock:
            if before := self._kept.pop(key, None):
                self.bytes -= before[1]
            self._kept[key] = (value, taken)
            self.bytes += taken
            while self.bytes > self._most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self.bytes -= freed
