"""The part of an entity graph that lies around some entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.filters import Filter
from app.ports.graph import EntityGraph

HOPS: Final = 2
"""How often passages are reached from entities: what the question names, and what these name."""


@dataclass(slots=True)
class Neighbourhood:
    """Chunks, and the entities that tie them.

    ``chunks`` has the entities of each chunk and ``entities`` the chunks of each entity;
    ``frequencies`` say how many chunks of the whole collection name an entity, and ``same_as`` what
    it is called too.
    """

    chunks: dict[str, list[str]] = field(default_factory=dict)
    entities: dict[str, list[str]] = field(default_factory=dict)
    frequencies: dict[str, int] = field(default_factory=dict)
    same_as: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def nodes(self) -> int:
        """How many there are."""
        return len(self.chunks) + len(self.entities)


def neighbourhood(
    graph: EntityGraph,
    seeds: Mapping[str, int],
    *,
    nodes: int,
    common: int,
    where: Filter | None = None,
) -> Neighbourhood:
    """What lies within `HOPS` of ``seeds``, the rarest entities first, up to about ``nodes``.

    Args:
        graph: Of the collection.
        seeds: Entities, with how many chunks name each.
        nodes: Entities and chunks, at most, beside the last entity's.
        common: An entity that more chunks name than this leads nowhere.
        where: What chunks fulfil; others are never passed through.
    """
    found = Neighbourhood()
    frontier = dict(seeds)
    for hop in range(HOPS):
        frontier |= _called_otherwise(found, graph, frontier)
        reached = _reach(found, graph, frontier, nodes=nodes, common=common, where=where)
        found.chunks.update((chunk, []) for chunk in reached)
        if hop + 1 < HOPS:
            named = graph.entities_of(reached)
            names = {name for held in named.values() for name in held} - found.entities.keys()
            counted = graph.frequencies(sorted(names))
            frontier = {name: count for name, count in counted.items() if count > 1}
    for name, chunks in found.entities.items():
        for chunk in chunks:
            found.chunks[chunk].append(name)
    return found


def _called_otherwise(
    found: Neighbourhood, graph: EntityGraph, frontier: Mapping[str, int]
) -> Mapping[str, int]:
    """Other names of entities, with how many chunks name each."""
    same = graph.same_as(sorted(frontier))
    found.same_as.update(same)
    others = {other for names in same.values() for other in names}
    return graph.frequencies(sorted(others - frontier.keys())) if others else {}


def _reach(
    found: Neighbourhood,
    graph: EntityGraph,
    frontier: Mapping[str, int],
    *,
    nodes: int,
    common: int,
    where: Filter | None,
) -> list[str]:
    """Takes in entities with their chunks; returns the chunks that are new."""
    names = sorted((n for n in frontier if frontier[n] <= common), key=lambda n: (frontier[n], n))
    naming = graph.chunks_of(names[:nodes], where=where)
    reached: dict[str, None] = {}
    for name in names:
        if found.nodes + len(reached) >= nodes:
            break
        if name in naming:
            found.entities[name] = list(naming[name])
            found.frequencies[name] = frontier[name]
            reached.update(dict.fromkeys(naming[name]))
    return [chunk for chunk in reached if chunk not in found.chunks]


def longest(names: Iterable[str]) -> list[str]:
    """Those that are no part of another: a question that names Kim Aldous asks for no other Kim."""
    ordered: Sequence[str] = sorted(names, key=lambda name: (-len(name), name))
    kept: list[str] = []
    for name in ordered:
        padded = f" {name} " if name.isascii() else name
        if not any(padded in (f" {other} " if name.isascii() else other) for other in kept):
            kept.append(name)
    return kept
