"""Where documents come from: files, uploaded bytes, lines of JSONL, ready records.

A source knows its id and its hash before it is loaded, so that what has not changed costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from app.domain.documents import Document, Metadata, MetadataValue, Scalar
from app.domain.jobs import UploadKind
from app.errors import DocumentRejected
from app.settings import IngestSettings
from ingest.loaders.encodings.cleaning import clean_lines, visible, visible_line
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.model import LoadedDocument, require_size
from ingest.loaders.plain.outline import outline_blocks
from ingest.loaders.registry import LOADERS_VERSION
from ingest.record_fields import with_text

MAX_ID_CHARACTERS: Final = 512
MAX_CHARACTERS: Final = IngestSettings().max_document_characters
"""Of one document's text, where nothing else is set."""
MAX_METADATA_FIELDS: Final = 256
MAX_METADATA_CHARACTERS: Final = 16_384
"""Of one document's metadata as JSON; every chunk carries a copy."""
_NAME_BREAKS: Final = re.compile(r"[\s_\-.]+")
_INTEGERS: Final = range(-(2**63), 2**63)
"""What stores keep exactly."""
RECORD_SUFFIXES: Final = (".jsonl", ".ndjson")
"""Files in which every line is a document of its own."""


class Load(Protocol):
    """Reads a file's bytes: `ingest.isolation.IsolatedLoader.load`."""

    def __call__(self, name: str, data: bytes) -> LoadedDocument:
        """Raises `DocumentRejected`."""


class Source(Protocol):
    """One document to be."""

    @property
    def name(self) -> str:
        """What a failure is reported under."""

    @property
    def kind(self) -> UploadKind:
        """What ``name`` is the name of."""

    def identify(self) -> tuple[str, str]:
        """Document id and content hash. Raises `DocumentRejected`."""

    def load(self, load: Load, *, max_characters: int = MAX_CHARACTERS) -> Document:
        """The document, of no more than ``max_characters``. Raises `DocumentRejected`."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on disk; ``id`` is the name of the path it was found below, and its path there."""

    path: Path
    id: str
    max_bytes: int
    kind: UploadKind = "file"

    @property
    def name(self) -> str:
        """See `Source.name`."""
        return self.id

    def identify(self) -> tuple[str, str]:
        """See `Source.identify`."""
        return self.id, _digest(self.read(), self.id)

    def load(self, load: Load, *, max_characters: int = MAX_CHARACTERS) -> Document:
        """See `Source.load`."""
        return _document(self.id, load(self.path.name, self.read()), max_characters)

    def read(self) -> bytes:
        """Its bytes. Raises `DocumentRejected`."""
        try:
            if self.path.stat().st_size > self.max_bytes:
                raise _too_large(self.max_bytes)
            return self.path.read_bytes()
        except OSError as error:
            raise _unreadable(error) from None


@dataclass(frozen=True, slots=True)
class BytesSource:
    """An uploaded file."""

    id: str
    data: bytes
    kind: UploadKind = "file"

    @property
    def name(self) -> str:
        """See `Source.name`."""
        return self.id

    def identify(self) -> tuple[str, str]:
        """See `Source.identify`."""
        return self.id, _digest(self.data, self.id)

    def load(self, load: Load, *, max_characters: int = MAX_CHARACTERS) -> Document:
        """See `Source.load`."""
        return _document(self.id, load(PurePosixPath(self.id).name, self.data), max_characters)


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


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that was handed over and can't even be named as a document."""

    name: str
    reason: DocumentRejected
    kind: UploadKind = "file"

    def identify(self) -> tuple[str, str]:
        """See `Source.identify`."""
        raise self.reason

    def load(self, load: Load, *, max_characters: int = MAX_CHARACTERS) -> Document:  # noqa: ARG002 - there is nothing to load
        """See `Source.load`."""
        raise self.reason


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


def read_records(name: str, data: bytes) -> Iterator[Source]:
    """One source a line of JSONL in any encoding; a line that is no JSON fails by itself."""
    try:
        decoded = decode(data)
    except DocumentRejected as reason:
        yield Rejected(name, reason)
        return
    for number, line in _lines(decoded.text):
        where = f"{name}:{number}"
        try:
            record = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            yield Rejected(where, DocumentRejected("invalid_record", "The line is not valid JSON."))
            continue
        if decoded.encoding != "utf-8":
            record = _noting_encoding(record, decoded.encoding)
        yield RecordSource(where, with_text(record), fallback_id=where, kind="file")


def count_records(data: bytes) -> int:
    """How many sources `read_records` finds, without making any."""
    try:
        return sum(1 for _ in _lines(decode(data).text))
    except DocumentRejected:
        return 1


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbers, from 1, and lines that are not blank; one at a time, since there may be millions."""
    start = number = 0
    while start < len(text):
        # Not `splitlines`: JSON strings may hold U+2028 and others that it takes for line ends.
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        number += 1
        start += len(line) + 1
        if line.strip():
            yield number, line


def _noting_encoding(record: object, encoding: str) -> object:
    """The record with ``encoding`` among its metadata, where any other file has it too."""
    if not isinstance(record, dict):
        return record
    metadata = record.get("metadata")
    if not isinstance(metadata, dict | None):
        return record
    return record | {"metadata": {"encoding": encoding} | (metadata or {})}


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


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
        if not _is_kept_whole(value):
            raise DocumentRejected(
                "invalid_record",
                f'Metadata "{name}" must be a string, a finite number of at most 64 bits, a '
                "boolean or a list of those.",
            )
        metadata[storable(str(name))] = _storable_value(value)
    _require_short(metadata, '"metadata"')
    return metadata


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


def _is_kept_whole(value: object) -> bool:
    elements = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(e, str | int | float) and _is_storable(e) for e in elements)


def _storable_value(value: MetadataValue | list[Scalar]) -> MetadataValue:
    if isinstance(value, list | tuple):
        return tuple(storable(e) if isinstance(e, str) else e for e in value)
    return storable(value) if isinstance(value, str) else value


def _is_storable(value: Scalar) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or value in _INTEGERS


def _string(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DocumentRejected("invalid_record", f'"{name}" must be a string.')
    return storable(value)


def storable(text: str) -> str:
    """Without what nobody sees, such as control characters, and what UTF-8 can't hold."""
    return visible(text.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def _document(id_: str, loaded: LoadedDocument, max_characters: int) -> Document:
    require_size(len(loaded.text), max_characters)
    metadata = {"source": id_, **_kept(loaded.metadata)}
    return Document(id_, loaded.text, loaded.title or _named_by(id_), id_, metadata, loaded.blocks)


def _named_by(id_: str) -> str:
    """A title for a file that has none of its own: its name, which says what its rows are of."""
    return " ".join(_NAME_BREAKS.split(PurePosixPath(id_).stem)).strip()


def _kept(found: Metadata) -> Metadata:
    """What stores can hold of a file's own metadata: a strange value rejects no document."""
    _require_few(found, "What the file says of itself, as in a front matter,")
    kept = {
        storable(name): _storable_value(value)
        for name, value in found.items()
        if _is_kept_whole(value)
    }
    _require_short(kept, "What the file says of itself, as in a front matter,")
    return kept


def _digest(data: bytes, name: str) -> str:
    return hashlib.sha256(f"{LOADERS_VERSION}\0{name}\0".encode() + data).hexdigest()


def _unreadable(error: OSError) -> DocumentRejected:
    return DocumentRejected("corrupt", f"The file can't be read: {error.strerror}.")


def _too_large(max_bytes: int) -> DocumentRejected:
    return DocumentRejected(
        "too_large",
        f"The file is larger than {max_bytes:,} bytes; split it, or raise ingest.max_file_bytes.",
    )
