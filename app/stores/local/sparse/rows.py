"""The segments of a sparse index, and which of their rows are still alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from app.domain.documents import SparseVector
from app.stores.local.filtering.key_set import Bits, Keys, KeySet
from app.stores.local.lexical.engine import Scored
from app.stores.local.sparse.segment import Segment

MERGED_BELOW: Final = 2
"""A segment is merged with the one before it unless that has so many times its rows: there are
never more than about log₂ of the rows, and each row is merged as often."""
Part: TypeAlias = tuple[Segment, Bits]
"""A segment, and whether each of its rows is alive."""


@dataclass(slots=True, eq=False)
class SparseRows:
    """Segments in ascending order of key, for keys only ever grow.

    Only ``sequence`` is ever set, before anybody else sees it: a change makes other rows.
    """

    parts: tuple[Part, ...] = ()
    sequence: int = 0

    @property
    def count(self) -> int:
        """Rows, dead ones too."""
        return sum(len(segment.keys) for segment, _ in self.parts)

    @property
    def dead(self) -> int:
        """Rows that no search returns."""
        return self.count - sum(int(np.count_nonzero(alive)) for _, alive in self.parts)

    def live_keys(self) -> Keys:
        """Keys of the rows that are alive, ascending."""
        none = np.empty(0, dtype=np.int64)
        return np.concatenate([none, *(segment.keys[alive] for segment, alive in self.parts)])

    def without(self, keys: Keys) -> SparseRows:
        """These, with the rows of ``keys`` dead."""
        return SparseRows(tuple((s, _buried(s, alive, keys)) for s, alive in self.parts))

    def with_segment(self, segment: Segment) -> SparseRows:
        """These, and behind them those of a segment whose keys are greater than all."""
        if not len(segment.keys):
            return self
        parts = [*self.parts, (segment, np.ones(len(segment.keys), dtype=bool))]
        while len(parts) > 1 and len(parts[-2][0].keys) < MERGED_BELOW * len(parts[-1][0].keys):
            parts[-2:] = [_whole(Segment.merged(parts[-2:]))]
        return SparseRows(tuple(parts))

    def packed(self) -> SparseRows:
        """The rows that are alive, in one segment."""
        parts = (_whole(Segment.merged(self.parts)),) if self.parts else ()
        return SparseRows(parts, self.sequence)

    def search(self, query: SparseVector, *, limit: int, allowed: KeySet | None) -> Scored:
        """At least the best ``limit`` rows whose dot product with ``query`` is above 0.

        More where the last ones score alike.
        """
        keys, scores = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for segment, alive in self.parts:
            found = segment.scores(query)
            usable = alive & (found > 0)
            if allowed is not None:
                usable &= allowed.holds(segment.keys)
            keys.append(segment.keys[usable])
            scores.append(found[usable])
        every, values = np.concatenate(keys), np.concatenate(scores)
        if len(values) > limit:
            worst = np.partition(values, len(values) - limit)[len(values) - limit]
            best = values >= worst
            every, values = every[best], values[best]
        return list(zip(every.tolist(), values.tolist(), strict=True))


def _whole(segment: Segment) -> Part:
    return segment, np.ones(len(segment.keys), dtype=bool)


def _buried(segment: Segment, alive: Bits, keys: Keys) -> Bits:
    places = np.searchsorted(segment.keys, keys)
    places = places[places < len(segment.keys)]
    places = places[np.isin(segment.keys[places], keys)]
    if not len(places):
        return alive
    left = alive.copy()
    left[places] = False
    return left
