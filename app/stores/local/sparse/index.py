"""The sparse index: an inverted index over the weights of tokens, exact at every size.

Weights lie in the catalog. Of a large collection the postings are kept as a checkpoint too, made
when a bulk write or a rebuild ends; what came after it is added on opening.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from app.domain.collections import SPARSE_WEIGHTS
from app.domain.documents import SparseVector
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.catalog.reader import Changes
from app.stores.local.catalog.sparse_blobs import to_postings
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.following.checkpoint import Checkpoint
from app.stores.local.following.index import DEAD_SHARE, FollowingIndex
from app.stores.local.lexical.engine import Scored
from app.stores.local.sparse.rows import SparseRows
from app.stores.local.sparse.segment import SUFFIX, Segment

logger = logging.getLogger(__name__)

KEPT_ABOVE: Final = 10_000
"""Chunks up to which reading the catalog takes no longer than a checkpoint is worth."""
BATCH: Final = 20_000
"""Chunks whose weights are read together."""


class SparseIndex(FollowingIndex[SparseRows]):
    """The chunks whose weights have the greatest dot products with a query's, by chunk key."""

    name = "sparse"

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        checkpoint = Checkpoint(folder, "postings", (SUFFIX,))
        super().__init__(catalog, checkpoint, kept_above=KEPT_ABOVE)

    def search(self, weights: SparseVector, *, limit: int, allowed: KeySet | None) -> Scored:
        """At least the best ``limit`` chunks of all that the catalog has seen when it is called.

        More where the last ones score alike. Searches run beside each other and beside changes.
        """
        return self.follow().search(weights, limit=limit, allowed=allowed)

    def keys(self) -> Keys:
        """See `FollowingIndex.keys`."""
        return self.follow().live_keys()

    def _opened(self) -> SparseRows:
        kept = self._checkpoint.find(upto=self._catalog.sequence())
        if kept is None:
            return SparseRows()
        try:
            segment = Segment.load(kept.stem)
        except (OSError, EOFError, ValueError, KeyError):
            return SparseRows()
        rows = SparseRows().with_segment(segment)
        rows.sequence = kept.sequence
        return rows

    def _made_of(self, keys: Keys) -> SparseRows:
        return self._with(SparseRows(), keys)

    def _changed(self, rows: SparseRows, changes: Changes) -> SparseRows:
        changed = self._with(rows.without(changes.deleted), changes.added)
        return changed.packed() if changed.dead > DEAD_SHARE * changed.count else changed

    def _with(self, rows: SparseRows, added: Keys) -> SparseRows:
        for start in range(0, len(added), BATCH):
            keys, blobs = self._catalog.representations.read(
                SPARSE_WEIGHTS, added[start : start + BATCH]
            )
            rows = rows.with_segment(Segment.of(keys, to_postings(blobs)))
        return rows

    def _renew(self) -> None:
        rows = self.follow().packed()
        if not rows.parts:
            return
        try:
            self._checkpoint.save(rows.sequence, rows.parts[0][0].save)
        except OSError as error:
            folder = self._checkpoint.folder
            logger.warning("the postings in %s can't be written: %s", folder, error)
