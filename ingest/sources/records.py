"""Documents that are handed over as data, such as the JSON object of a request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.documents import Document
from app.domain.jobs import UploadKind
from app.errors import DocumentRejected
from ingest.loaders.encodings.cleaning import clean_lines, visible_line
from ingest.loaders.model import require_size
from ingest.loaders.plain.outline import outline_blocks
from ingest.loaders.registry import LOADERS_VERSION
from ingest.sources.metadata import read_metadata
from ingest.sources.model import MAX_CHARACTERS, Load
from ingest.sources.storable import MAX_ID_CHARACTERS, storable


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A document handed over as data: ``{"id", "title"?, "text", "uri"?, "metadata"?}``."""

    name: str
    record: object
    fallback_id: str | None = None
    kind: UploadKind = "record"

    def identify(self) -> tuple[str, str]:
        """See `Source.identify`."""
        document = self._document()
        canonical = json.dumps(
            [
                LOADERS_VERSION,
                document.title,
                document.text,
                document.uri,
                dict(document.metadata),
            ],
            sort_keys=True,
        )
        return document.id, hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest()

    def load(
        self,
        load: Load,  # noqa: ARG002 - a record needs no loader
        *,
        max_characters: int = MAX_CHARACTERS,
    ) -> Document:
        """See `Source.load`. The text stays as it was given; blocks say what stands where in it."""
        document = self._document()
        require_size(len(document.text), max_characters)
        return replace(document, blocks=outline_blocks(document.text))

    def _document(self) -> Document:
        record = self.record
        if not isinstance(record, Mapping):
            raise DocumentRejected("invalid_record", 'A document is an object with a "text".')
        id_ = record.get("id", record.get("_id", self.fallback_id))
        if isinstance(id_, int) and not isinstance(id_, bool):
            id_ = str(id_)
        id_ = storable(id_) if isinstance(id_, str) else ""
        if not 0 < len(id_) <= MAX_ID_CHARACTERS:
            raise DocumentRejected(
                "invalid_record", f'"id" is a string of 1 to {MAX_ID_CHARACTERS} characters.'
            )
        text = _string(record, "text")
        if not text.strip():
            raise DocumentRejected("empty", 'The document has no text; fill its "text".')
        return Document(
            id=id_,
            text=text,
            title=clean_lines(_string(record, "title")),
            uri=visible_line(_string(record, "uri")),
            metadata=read_metadata(record.get("metadata")),
        )


def _string(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DocumentRejected("invalid_record", f'"{name}" must be a string.')
    return storable(value)
