"""Which entities the passages of a collection name, and which passages name an entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.filters import Filter


class EntityGraph(Protocol):
    """A graph of two sorts of nodes, entities and chunks; each chunk is tied to what it names.

    Entities are names of `app.text.entities`. Answers are of all that was written when they are
    asked for; what is not there is left out.
    """

    def frequencies(self, names: Sequence[str]) -> Mapping[str, int]:
        """How many chunks name each entity, of those that any names."""

    def chunks_of(
        self, names: Sequence[str], *, where: Filter | None = None
    ) -> Mapping[str, tuple[str, ...]]:
        """Ids of the chunks that name each entity and that a filter lets through, ascending."""

    def entities_of(self, chunk_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """What each chunk names, ascending."""

    def same_as(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """What each entity is called too, as some chunk says, ascending."""
