"""The entity graph of a collection in memory, as of one change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.documents import Chunk
from app.filters import Filter, matches
from app.stores.analysed import Analysed
from app.text.entities.extraction import entities_of


class MemoryGraph:
    """Implements `app.ports.graph.EntityGraph`; it never changes."""

    def __init__(self, chunks: Iterable[tuple[Chunk, Analysed]]) -> None:
        given = sorted(chunks, key=lambda one: one[0].id)
        self._chunks = {chunk.id: (chunk, words.sequence) for chunk, words in given}
        self._names: dict[str, tuple[str, ...]] = {}
        self._naming: dict[str, list[str]] = {}
        self._others: dict[str, set[str]] = {}
        for chunk, _ in self._chunks.values():
            found = entities_of(chunk.indexed_text)
            self._names[chunk.id] = tuple(sorted(found.names))
            for name in found.names:
                self._naming.setdefault(name, []).append(chunk.id)
            for name, other in found.pairs:
                self._others.setdefault(name, set()).add(other)
                self._others.setdefault(other, set()).add(name)

    def frequencies(self, names: Sequence[str]) -> Mapping[str, int]:
        """See `EntityGraph.frequencies`."""
        return {name: len(self._naming[name]) for name in names if name in self._naming}

    def chunks_of(
        self, names: Sequence[str], *, where: Filter | None = None
    ) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.chunks_of`."""
        found = {
            name: tuple(
                id_
                for id_ in self._naming.get(name, ())
                if where is None or self._passes(id_, where)
            )
            for name in names
        }
        return {name: chunks for name, chunks in found.items() if chunks}

    def _passes(self, id_: str, where: Filter) -> bool:
        chunk, sequence = self._chunks[id_]
        return matches(where, chunk.attributes, sequence)

    def entities_of(self, chunk_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.entities_of`."""
        return {id_: self._names[id_] for id_ in chunk_ids if id_ in self._names}

    def same_as(self, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """See `EntityGraph.same_as`."""
        return {name: tuple(sorted(self._others[name])) for name in names if name in self._others}
