"""What a lexical index of a local collection does, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias

from app.errors import StoreCorrupted
from app.stores.analysed import Analysed
from app.stores.local.filtering.key_set import Keys, KeySet

Scored: TypeAlias = list[tuple[int, float]]
"""``(chunk key, score)``, best first; equal scores in no particular order."""


class LexicalDamaged(StoreCorrupted):
    """There is no index that can be read; one can be made from the catalog."""


class LexicalIndex(Protocol):
    """BM25 over analysed terms, by chunk key."""

    @property
    def shared(self) -> bool:
        """Whether processes share it, so that only the holder of the writer lock may `apply`."""

    def applied(self) -> int:
        """The last change of the catalog's log that searches see."""

    def apply(self, added: Iterable[tuple[int, Analysed]], deleted: Keys, *, sequence: int) -> None:
        """Takes in changes; applying the same ones again changes nothing. Durable at return."""

    def search(self, terms: Sequence[str], *, limit: int, allowed: KeySet | None) -> Scored:
        """At least the best ``limit`` chunks among ``allowed`` (all, where it is ``None``).

        More are returned where the last ones score alike, so that ties can be broken by id.
        """

    def holding(self, words: Sequence[str]) -> Keys:
        """Every chunk whose sequence holds ``words`` side by side, in no particular order."""

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `CollectionReader.term_frequencies`."""

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `CollectionReader.terms_beginning`."""

    def keys(self) -> Keys:
        """Every chunk it holds, ascending."""

    def clear(self) -> None:
        """Forgets everything; `applied` is 0 afterwards."""
