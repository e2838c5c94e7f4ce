"""A walk over a neighbourhood, and the bridges between passages that it reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from app.retrieval.graph.neighbourhood import Neighbourhood
from app.retrieval.graph.page_rank import Indices, Numbers, personalised_page_rank


class Bridge(NamedTuple):
    """A seed, a chunk that names it, what that chunk and the second one name both."""

    seed: str
    first: str
    name: str
    second: str


class Walk:
    """Ranks the chunks of a neighbourhood by personalised PageRank from some of its entities.

    From an entity it goes to each of its chunks alike; from a chunk to its entities, the rarer the
    likelier; a seed counts the more, the fewer chunks name it. Names of one entity are one node.
    """

    def __init__(self, around: Neighbourhood, seeds: Mapping[str, int], *, damping: float) -> None:
        """``seeds`` are where it begins, with how many chunks name each."""
        self._around = around
        self._chunks = list(around.chunks)
        self._at = {chunk: at for at, chunk in enumerate(self._chunks)}
        self._entity = _numbered(around)
        self._seeds = {
            self._entity[name]: name
            for name in sorted(seeds, key=lambda name: -seeds[name])
            if name in self._entity
        }
        """The rarest of the names, by number."""
        self._naming: dict[int, dict[str, None]] = {}
        """Chunks of each entity, by number."""
        for name, chunks in around.entities.items():
            self._naming.setdefault(self._entity[name], {}).update(dict.fromkeys(chunks))
        self._ranks: Numbers = self._walked(seeds, damping)

    def best(self, limit: int) -> list[tuple[str, float]]:
        """Chunks with their ranks, best first; equal ones by id."""
        ranks = self._ranks[: len(self._chunks)].tolist()
        found = sorted(zip(self._chunks, ranks, strict=True), key=lambda hit: (-hit[1], hit[0]))
        return [hit for hit in found[:limit] if hit[1] > 0]

    def bridges(self, chunk: str, reached: Collection[str]) -> Iterator[Bridge]:
        """Between ``chunk`` and each of ``reached`` that shares what the question does not name.

        One of the two names a seed; where both do, ``chunk`` is the first.
        """
        begin = self._seed_of(chunk)
        for name in self._around.chunks.get(chunk, ()):
            if self._entity[name] in self._seeds:
                continue
            for other in self._naming[self._entity[name]]:
                if other == chunk or other not in reached:
                    continue
                if begin:
                    yield Bridge(begin, chunk, name, other)
                elif seed := self._seed_of(other):
                    yield Bridge(seed, other, name, chunk)

    def _seed_of(self, chunk: str) -> str | None:
        """The seed that most of the walk comes from, of those that a chunk names."""
        named = {self._entity[name] for name in self._around.chunks.get(chunk, ())}
        seeds = named & self._seeds.keys()
        return self._seeds[max(seeds, key=lambda n: (self._begin[n], n))] if seeds else None

    def _walked(self, seeds: Mapping[str, int], damping: float) -> Numbers:
        first = len(self._chunks)
        ties = sorted(
            {
                (self._at[chunk], first + self._entity[name], name)
                for name, chunks in self._around.entities.items()
                for chunk in chunks
            }
        )
        nodes = first + len(set(self._entity.values()))
        self._begin = np.zeros(nodes - first)
        for name, count in seeds.items():
            if name in self._entity:
                self._begin[self._entity[name]] += 1 / count
        if not ties or not self._begin.sum():
            return np.zeros(nodes)
        self._begin /= self._begin.sum()
        chunks = np.array([tie[0] for tie in ties], dtype=np.int64)
        entities = np.array([tie[1] for tie in ties], dtype=np.int64)
        rarity = np.array([1 / self._around.frequencies[tie[2]] for tie in ties])
        return personalised_page_rank(
            np.concatenate([chunks, entities]),
            np.concatenate([entities, chunks]),
            np.concatenate(
                [_shares(chunks, rarity, nodes), _shares(entities, np.ones(len(ties)), nodes)]
            ),
            np.concatenate([np.zeros(first), self._begin]),
            damping=damping,
        )


def _shares(sources: Indices, weights: Numbers, nodes: int) -> Numbers:
    """Of what each source has, the part that each weight is of its weights."""
    shares: Numbers = weights / np.bincount(sources, weights=weights, minlength=nodes)[sources]
    return shares


def _numbered(around: Neighbourhood) -> dict[str, int]:
    """A number for each entity, the same for names of one; they are counted from 0."""
    numbers: dict[str, int] = {}
    count = 0
    for name in around.entities:
        if name in numbers:
            continue
        together = [name]
        while together:
            one = together.pop()
            if one in around.entities and one not in numbers:
                numbers[one] = count
                together += around.same_as.get(one, ())
        count += 1
    return numbers
