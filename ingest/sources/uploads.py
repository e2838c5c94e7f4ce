"""Documents in a file that a client uploads under a name of its choice."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from app.errors import DocumentRejected
from ingest.sources.files import BytesSource
from ingest.sources.jsonl import RECORD_SUFFIXES, read_records
from ingest.sources.model import MAX_ID_CHARACTERS, Rejected, Source
from ingest.sources.storable import storable


def uploaded(name: str, data: bytes) -> Iterable[Source]:
    """The documents in one uploaded file, under its name without folders that lead out."""
    parts = [
        part
        for part in PurePosixPath(name.replace("\\", "/")).parts
        if part not in ("/", "..", ".")
    ]
    id_ = storable("/".join(parts))[:MAX_ID_CHARACTERS]
    if not id_:
        return [Rejected(name, DocumentRejected("invalid_record", "The file has no name."))]
    if PurePosixPath(id_).suffix.lower() in RECORD_SUFFIXES:
        return read_records(id_, data)
    return [BytesSource(id_, data)]
