"""Whoever asks something of the service, with the rights that they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from app.filters import Filter

Verb: TypeAlias = Literal["search", "ingest", "manage"]
"""What may be done to a collection.

``search`` is to ask it, to read its documents and to see that it exists; ``ingest`` is to put
documents in, to take them out and to follow the jobs that do so; ``manage`` is to drop it.
"""
VERBS: Final[frozenset[Verb]] = frozenset(get_args(Verb))


EVERYTHING_FROM: Final = "*"
"""At the end of a scope: every collection whose name begins so. No name has one in it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may do each of ``verbs`` to each of ``collections``, and nothing else.

    ``collections`` are names, of collections that exist or not, and beginnings of names with a
    ``*`` behind them; ``None`` stands for all. Of these collections, only documents that fulfil
    ``where`` exist for the principal, who may then only search: to write is to find out, by an id
    that is taken, about others. ``rate`` are the requests it may send a minute, to each process,
    and ``quota`` those a day; ``None`` is no limit. Of who is ``noted``, the last day is kept.
    """

    name: str
    collections: frozenset[str] | None
    verbs: frozenset[Verb]
    where: Filter | None = None
    rate: int | None = None
    quota: int | None = None
    noted: bool = False

    def __post_init__(self) -> None:
        if self.where is not None and not self.verbs <= {"search"}:
            raise ValueError(f"{self.name} has a filter and may do more than search")

    def may(self, verb: Verb, collection: str) -> bool:
        """Whether this right is given."""
        return verb in self.verbs and self._covers(collection)

    @property
    def sees_all(self) -> bool:
        """Whether no collection and no document is kept from it, whatever it may do with them."""
        return self.collections is None and self.where is None

    def _covers(self, collection: str) -> bool:
        if self.collections is None or collection in self.collections:
            return True
        return any(
            scope.endswith(EVERYTHING_FROM) and collection.startswith(scope[:-1])
            for scope in self.collections
        )


LOCAL: Final = Principal("local", collections=None, verbs=VERBS)
"""Whoever runs commands on this machine, or asks a service that has no keys. May do everything."""
