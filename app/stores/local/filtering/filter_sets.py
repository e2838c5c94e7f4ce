"""Which chunks filters let through: found once for each comparison, and kept in step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, TypeAlias

import numpy as np

from app.filters import And, Comparison, Filter, Holds, Not, Or
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.filtering.filter_sql import compile_comparison
from app.stores.local.filtering.key_set import Bits, Keys, KeySet

MAX_COMPARISONS: Final = 256
"""How many are remembered."""
MAX_BYTES: Final = 32_000_000
"""Of all that are remembered, a byte a key; the one asked for last is kept even if it is larger."""
_NOTHING: Final[Bits] = np.zeros(0, dtype=bool)


Holding: TypeAlias = Callable[[Sequence[str]], Keys]
"""Keys of all chunks whose text holds these words side by side."""


class FilterSets:
    """Remembers what each comparison lets through, by chunk key.

    Nothing of it is ever wrong: a key is never used twice, and a chunk's text and attributes never
    change while it exists. What is written later only adds keys behind those that are known, and
    those are looked up by the next search that asks. Both routes of a search share what was found.
    """

    def __init__(self, catalog: Catalog, holding: Holding) -> None:
        self._catalog = catalog
        self._holding = holding
        self._known: OrderedDict[tuple[object, ...], Bits] = OrderedDict()
        """Asked for last at the end."""
        self._lock = threading.Lock()
        """Of the table above; never held while anything is looked up."""
        self._finding = threading.Lock()

    def passing(self, where: Filter) -> KeySet:
        """Every chunk that exists now and that ``where`` lets through."""
        return KeySet(self._bits(where, self._catalog.last_key() + 1))

    def _bits(self, where: Filter, count: int) -> Bits:
        """Of keys below ``count``."""
        match where:
            case And(parts):
                every = (self._bits(part, count) for part in parts)
                return reduce(np.logical_and, every, np.ones(count, dtype=bool))
            case Or(parts):
                every = (self._bits(part, count) for part in parts)
                return reduce(np.logical_or, every, np.zeros(count, dtype=bool))
            case Not(part):
                return ~self._bits(part, count)
            case Holds(words):
                return self._held(words, count)
            case _:
                return self._compared(where, count)

    def _held(self, words: tuple[str, ...], count: int) -> Bits:
        """An index may have to be mended for it, so that no lock is held meanwhile."""
        known = self._remembered(("holds", *words))
        if len(known) < count:
            found = self._holding(words)
            known = np.zeros(count, dtype=bool)
            known[found[found < count]] = True
            self._remember(("holds", *words), known)
        return known[:count]

    def _compared(self, where: Comparison, count: int) -> Bits:
        condition, values = compile_comparison(where)
        name = (condition, *values)
        known = self._remembered(name)
        if len(known) < count:
            with self._finding:  # the other route of a search asks for the same
                known = self._remembered(name)
                if len(known) < count:
                    behind = np.zeros(count - len(known), dtype=bool)
                    found = self._catalog.keys_where(condition, values, first=len(known), end=count)
                    behind[found - len(known)] = True
                    known = np.concatenate([known, behind])
                    self._remember(name, known)
        return known[:count]

    def _remembered(self, name: tuple[object, ...]) -> Bits:
        with self._lock:
            known = self._known.get(name, _NOTHING)
            if known is not _NOTHING:
                self._known.move_to_end(name)
            return known

    def _remember(self, name: tuple[object, ...], bits: Bits) -> None:
        with self._lock:
            self._known[name] = bits
            while len(self._known) > max(1, min(MAX_COMPARISONS, MAX_BYTES // len(bits))):
                self._known.popitem(last=False)
