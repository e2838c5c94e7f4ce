"""How documents are deleted for good, whatever was accepted before and is still to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.ports.store import Collection


def remove(
    collection: Collection, document_ids: Sequence[str], overtake: Callable[[Sequence[str]], None]
) -> int:
    """Deletes documents, tells ``overtake`` of them, and says how many were there.

    No writer comes in between: one that was under way has either written before, or asks before it
    writes and finds itself overtaken.
    """
    with collection.writing():
        removed = collection.delete(document_ids)
        overtake(document_ids)
    return removed
