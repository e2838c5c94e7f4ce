"""Metadata of documents: what a client gives is checked, what a file says of itself is filtered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sized
from typing import Final

from app.domain.documents import Metadata, MetadataValue
from app.errors import DocumentRejected
from ingest.sources.storable import is_kept_whole, storable, storable_value

MAX_METADATA_FIELDS: Final = 256
MAX_METADATA_CHARACTERS: Final = 16_384
"""Of one document's metadata as JSON; every chunk carries a copy."""


def read_metadata(source: object) -> Metadata:
    """Checks metadata given by a client: an object of scalars and lists of scalars; nulls go.

    Raises:
        DocumentRejected: ``invalid_record``, with the field that can't be kept.
    """
    if source is None:
        return {}
    if not isinstance(source, Mapping):
        raise DocumentRejected("invalid_record", '"metadata" is an object.')
    _require_few(source, '"metadata"')
    metadata: dict[str, MetadataValue] = {}
    for name, value in source.items():
        if value is None:
            continue
        if not is_kept_whole(value):
            raise DocumentRejected(
                "invalid_record",
                f'Metadata "{name}" must be a string, a finite number of at most 64 bits, a '
                "boolean or a list of those.",
            )
        metadata[storable(str(name))] = storable_value(value)
    _require_short(metadata, '"metadata"')
    return metadata


def kept_metadata(found: Metadata) -> Metadata:
    """What stores can hold of a file's own metadata: a strange value rejects no document."""
    _require_few(found, "What the file says of itself, as in a front matter,")
    kept = {
        storable(name): storable_value(value)
        for name, value in found.items()
        if is_kept_whole(value)
    }
    _require_short(kept, "What the file says of itself, as in a front matter,")
    return kept


def _require_few(metadata: Sized, where: str) -> None:
    if len(metadata) > MAX_METADATA_FIELDS:
        raise DocumentRejected(
            "invalid_record",
            f"{where} has more than {MAX_METADATA_FIELDS} fields; keep those that searches filter "
            "by, and put the others into the text.",
        )


def _require_short(metadata: Metadata, where: str) -> None:
    if len(json.dumps(metadata, ensure_ascii=False)) > MAX_METADATA_CHARACTERS:
        raise DocumentRejected(
            "invalid_record",
            f"{where} is larger than {MAX_METADATA_CHARACTERS:,} characters; shorten it.",
        )
