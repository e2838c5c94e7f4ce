"""What a key may be restricted to, as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, cast

from app.access.principal import EVERYTHING_FROM, VERBS, Verb
from app.errors import InvalidFilter, InvalidRequest
from app.filters import And, Compare, Exists, Filter, Not, OneOf, Or, parse_filter

OF_CHUNKS: Final = frozenset({"page", "slide", "sheet", "cell", "symbol", "heading"})
"""Fields in which the chunks of one document differ."""
COLLECTION: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What a collection may be called, as stores have it."""
_SCOPE: Final = re.compile(rf"{COLLECTION.pattern}\*?")


def read_collections(scopes: Sequence[str]) -> frozenset[str] | None:
    """Names and beginnings of names, ``None`` where one of them is ``*`` alone.

    Raises:
        InvalidRequest: there is none, or no collection can be called so.
    """
    if EVERYTHING_FROM in scopes:
        return None
    if wrong := [scope for scope in scopes if not _SCOPE.fullmatch(scope)]:
        raise InvalidRequest(
            f'No collection is called "{wrong[0]}"; give names, beginnings such as team-*, or *.'
        )
    if not scopes:
        raise InvalidRequest("A key needs a collection; give names, beginnings of them, or *.")
    return frozenset(scopes)


def read_verbs(verbs: Sequence[str]) -> frozenset[Verb]:
    """Verbs of a key.

    Raises:
        InvalidRequest: there is none, or an unknown one.
    """
    if not verbs or not VERBS.issuperset(verbs):
        raise InvalidRequest(f"A key has verbs out of {', '.join(sorted(VERBS))}.")
    return frozenset(cast("Sequence[Verb]", verbs))


def read_scope_filter(source: object) -> Filter | None:
    """As `parse_filter`, of what is said of whole documents.

    Raises:
        InvalidFilter: it can't be read, or compares what differs within a document, of which a
            reader would then see less than is shown beside it.
    """
    where = parse_filter(source)
    if where is not None and (differing := OF_CHUNKS.intersection(_fields(where))):
        raise InvalidFilter(
            f'"{min(differing)}" differs within a document; a key is restricted by what is said of '
            "whole ones."
        )
    return where


def _fields(where: Filter) -> Iterator[str]:
    match where:
        case OneOf(field) | Compare(field) | Exists(field):
            yield field
        case And(parts) | Or(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
