"""Ids of chunks by key, remembered while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.stores.local.catalog.catalog import Catalog

MAX_NAMES: Final = 200_000
"""How many are remembered, at about 100 bytes each; then all are forgotten and begin anew."""


class ChunkNames:
    """Saves a search its lookups: the same chunks come up again and again.

    Everything is forgotten when the catalog's sequence moves, so a name is never one of a chunk
    that was deleted before the search began.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: tuple[int, dict[int, str]] = (-1, {})

    def of(self, keys: Sequence[int]) -> Mapping[int, str]:
        """Ids of those keys that exist, and perhaps of others."""
        sequence = self._catalog.sequence()
        seen, names = self._known
        if seen != sequence or len(names) > MAX_NAMES:
            names = {}
        missing = [key for key in keys if key not in names]
        if missing:
            names.update(self._catalog.chunk_ids(missing))
        self._known = (sequence, names)
        return names
