"""Local stores, opened as several processes would open them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np

from app.conformance.documents import X, document, ids, unit
from app.settings import StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.filtering.key_set import Keys
from app.stores.local.store import LocalStore

Open: TypeAlias = Callable[..., LocalStore]
WAIT_S = 20.0
"""For what other threads do."""


class SpaceAnalyzer:
    """Terms are what spaces part; ``before`` is called with each text that is taken apart."""

    version = "spaces"

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _: None

    def terms(self, text: str) -> list[str]:
        self.before(text)
        return text.split()

    def sequence(self, text: str) -> list[str]:
        return text.split()

    def language(self, text: str) -> str:
        return "und"


def nobody(words: Sequence[str]) -> Keys:
    """No chunk holds any words."""
    return np.empty(0, dtype=np.int64)


@contextmanager
def opening(usual: Path, analyzer: SpaceAnalyzer) -> Iterator[Open]:
    """Makes stores, on one directory unless another is given, and closes them in the end."""
    with ExitStack() as stack:

        def make(directory: Path = usual, **settings: object) -> LocalStore:
            fields = {"directory": directory, "lock_timeout_s": 5.0, **settings}
            store = LocalStore(StoreSettings.model_validate(fields), analyzer)
            stack.callback(store.close)
            return store

        yield make


def fill(collection: LocalCollection, count: int = 20) -> None:
    with collection.bulk():
        collection.put(
            [
                document(f"d{n:03}", [f"word name{n}"], [unit(np.cos(n), np.sin(n), 0, 0)])
                for n in range(count)
            ]
        )


def found(collection: LocalCollection) -> tuple[list[str], list[str]]:
    """By words and by vectors."""
    return (
        ids(collection.search_lexical(["word"], limit=50)),
        ids(collection.search_dense(X, limit=50)),
    )
