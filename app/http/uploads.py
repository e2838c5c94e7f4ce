"""What a client hands over, as uploads: records of a JSON body and files of a form.

A job remembers what failed by name alone, for as long as its status can be asked for. So a
record's name begins with a mark that no file's name can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from pydantic import JsonValue

from app.domain import Upload

RECORD_MARK: Final = "\0"
"""Begins the names of records. It is taken out of file names, where nobody misses it."""
MAX_NAME_CHARACTERS: Final = 512
"""A name longer than this is no document's id, and is replaced by its place in the request."""


def record_uploads(documents: Sequence[JsonValue]) -> list[Upload]:
    """One upload a record, well-formed or not: ingestion checks each and says why it fails."""
    return [
        Upload(
            RECORD_MARK + _record_name(record, place),
            # What is no object is passed on as it is, to be rejected there with its reason.
            cast("Mapping[str, object]", record),
        )
        for place, record in enumerate(documents)
    ]


def file_upload(filename: str, content: bytes) -> Upload:
    """An uploaded file under the name that its client gave it."""
    return Upload(filename.replace(RECORD_MARK, ""), content)


def named_failure(name: str) -> Mapping[str, str]:
    """``{"id": …}`` for a record and ``{"file": …}`` for a file."""
    if name.startswith(RECORD_MARK):
        return {"id": name.removeprefix(RECORD_MARK)}
    return {"file": name}


def _record_name(record: JsonValue, place: int) -> str:
    id_ = record.get("id", record.get("_id")) if isinstance(record, dict) else None
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if isinstance(id_, str) and 0 < len(id_) <= MAX_NAME_CHARACTERS:
        # A job's status is stored and shown as UTF-8, which has no half characters.
        return id_.encode("utf-8", "replace").decode()
    return f"documents[{place}]"
