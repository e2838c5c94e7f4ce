"""What a client hands over, as uploads: records of a JSON body and files of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue

from app.domain.jobs import Upload

MAX_NAME_CHARACTERS: Final = 512
"""A name longer than this is no document's id, and is replaced by its place in the request."""


def record_uploads(documents: Sequence[JsonValue]) -> list[Upload]:
    """One upload a record, well-formed or not: ingestion checks each and says why it fails."""
    return [
        Upload(_record_name(record, place), record, "record")
        for place, record in enumerate(documents)
    ]


def file_upload(filename: str, content: bytes) -> Upload:
    """An uploaded file under the name that its client gave it."""
    return Upload(filename.replace("\0", ""), content, "file")


def _record_name(record: JsonValue, place: int) -> str:
    id_ = record.get("id", record.get("_id")) if isinstance(record, dict) else None
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if isinstance(id_, str) and 0 < len(id_) <= MAX_NAME_CHARACTERS:
        # A job's status is stored and shown as UTF-8, which has no half characters.
        return id_.encode("utf-8", "replace").decode()
    return f"documents[{place}]"
