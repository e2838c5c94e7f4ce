"""Whoever asks something of the service, with the rights that they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

Verb: TypeAlias = Literal["search", "ingest", "manage"]
"""What may be done to a collection.

``search`` is to ask it, to read its documents and to see that it exists; ``ingest`` is to put
documents in, to take them out and to follow the jobs that do so; ``manage`` is to drop it.
"""
VERBS: Final[frozenset[Verb]] = frozenset(get_args(Verb))


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may do each of ``verbs`` to each of ``collections``, and nothing else.

    ``collections`` are names, of collections that exist or not; ``None`` stands for all.
    """

    name: str
    collections: frozenset[str] | None
    verbs: frozenset[Verb]

    def may(self, verb: Verb, collection: str) -> bool:
        """Whether this right is given."""
        return verb in self.verbs and (self.collections is None or collection in self.collections)


LOCAL: Final = Principal("local", collections=None, verbs=VERBS)
"""Whoever runs commands on this machine, or asks a service that has no keys. May do everything."""
