"""Files that a client uploads under names of its choice."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from app.errors import DocumentRejected
from ingest.sources.files import File
from ingest.sources.model import Rejected
from ingest.sources.storable import MAX_ID_CHARACTERS, storable


def uploaded(name: str, path: Path) -> File | Rejected:
    """The file that is kept at ``path``, under its name without folders that lead out."""
    parts = [
        part
        for part in PurePosixPath(name.replace("\\", "/")).parts
        if part not in ("/", "..", ".")
    ]
    id_ = storable("/".join(parts))[:MAX_ID_CHARACTERS]
    if not id_:
        return Rejected(name, DocumentRejected("invalid_record", "The file has no name."))
    return File(id_, path, kept=True)
