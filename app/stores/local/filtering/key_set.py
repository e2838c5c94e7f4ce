"""A set of chunk keys, as searches ask for it: a bit a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Keys: TypeAlias = NDArray[np.int64]
"""Chunk keys. They are counted from 1 and never used twice."""
Bits: TypeAlias = NDArray[np.bool_]
"""``bits[key]`` is whether a chunk is meant."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """Chunks by their bits; keys behind the last bit are not in the set.

    Keys of chunks that no longer exist may be in it: no search returns them.
    """

    bits: Bits

    def __len__(self) -> int:
        return int(np.count_nonzero(self.bits))

    def holds(self, keys: Keys) -> Bits:
        """Whether each of ``keys`` is in the set."""
        last = len(self.bits) - 1
        held: Bits = self.bits[np.minimum(keys, last)] & (keys <= last)
        return held

    def keys(self) -> Keys:
        """Those in the set, ascending."""
        return np.flatnonzero(self.bits)
