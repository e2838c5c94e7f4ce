"""What the passages of a collection hold together: evidence for one reading over another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from app.ports.analyzer import Analyzer
from app.ports.store import CollectionReader

READ: Final = 5
"""Passages that are looked at, those that are best by BM25."""
NEARLY: Final = 0.75
"""Share of what is held without a subject that must be held beside it."""


HoldBoth: TypeAlias = Callable[[str, str], bool]
"""See `Passages.hold_both`."""


class Passages:
    """The best passages for some terms, and how many of these they hold."""

    def __init__(self, collection: CollectionReader, analyzer: Analyzer) -> None:
        self._collection = collection
        self._analyzer = analyzer

    def hold_both(self, subject: str, question: str) -> bool:
        """Whether a passage holds ``subject`` and about as much of ``question`` as any does."""
        asked = frozenset(self._analyzer.query_terms(question))
        about = frozenset(self._analyzer.terms(subject))
        if not asked or not about or asked & about:
            return False
        most = max((len(held) for held in self._held(sorted(asked))), default=0)
        return any(
            about <= held and len(held & asked) >= max(1, NEARLY * most)
            for held in self._held([*sorted(about), *sorted(asked)])
        )

    def _held(self, terms: Sequence[str]) -> list[frozenset[str]]:
        """Which of ``terms`` each of the best passages holds."""
        hits = self._collection.search_lexical(terms, limit=READ)
        chunks = self._collection.chunks([hit.chunk_id for hit in hits])
        texts = [chunk.indexed_text for chunk in chunks]
        places = self._analyzer.occurrences(texts, frozenset(terms))
        return [frozenset(term for _, term in of_text) for of_text in places]
