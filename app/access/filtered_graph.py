"""The entity graph of a collection as somebody sees it who may see some of its documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.filters import And, Filter
from app.ports.graph import EntityGraph


@dataclass(frozen=True, slots=True)
class FilteredGraph:
    """Implements `app.ports.graph.EntityGraph` without chunks that do not fulfil ``seen``.

    ``visible`` keeps those of some chunk ids that do. What an entity is called too is told where
    both names stand in chunks that are seen, whichever chunk says that they are one.
    """

    whole: EntityGraph
    seen: Filter
    visible: Callable[[Sequence[str]], Sequence[str]]

    def frequencies(self, names: Sequence[str]) -> Mapping[str, int]:
        """See `EntityGraph.frequencies`."""
        return {name: len(chunks) for name, chunks in self.chunks_of(names).items()}

    def chunks_of(
        self, names: Sequence[str], *, where: Filter | None = None
    ) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.chunks_of`."""
        both = self.seen if where is None else And((self.seen, where))
        return self.whole.chunks_of(names, where=both)

    def entities_of(self, chunk_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.entities_of`."""
        return self.whole.entities_of(self.visible(chunk_ids))

    def same_as(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.same_as`."""
        found = self.whole.same_as(list(self.frequencies(names)))
        known = self.frequencies(sorted({other for others in found.values() for other in others}))
        shown = {
            name: tuple(other for other in others if other in known)
            for name, others in found.items()
        }
        return {name: others for name, others in shown.items() if others}
