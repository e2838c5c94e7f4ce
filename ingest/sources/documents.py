"""From what is handed over to single documents: files are opened, records are documents already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from ingest.expansion.model import Expand
from ingest.sources.files import File
from ingest.sources.model import Source

HandedOver: TypeAlias = File | Source


def documents(handed_over: Iterable[HandedOver], expand: Expand) -> Iterator[Source]:
    """Every document, in order, each made when it is asked for."""
    for one in handed_over:
        if isinstance(one, File):
            yield from one.documents(expand)
        else:
            yield one
