"""The terms of a collection, for stores that keep them in memory."""

from __future__ import annotations

from collections.abc import Mapping


def most_frequent(
    frequencies: Mapping[str, int], start: str, *, limit: int
) -> list[tuple[str, int]]:
    """See `CollectionReader.terms_beginning`."""
    found = [(term, count) for term, count in frequencies.items() if term.startswith(start)]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))[:limit]
