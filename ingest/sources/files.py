"""Files that are handed over, and the documents that they are or hold."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from app.domain.documents import Document
from app.domain.jobs import UploadKind
from app.errors import DocumentRejected
from ingest.expansion.model import Expand, FilePart, Part, RecordPart, RefusedPart
from ingest.expansion.registry import is_container
from ingest.loaders.model import require_size
from ingest.loaders.registry import LOADERS_VERSION
from ingest.sources.metadata import kept_metadata
from ingest.sources.model import MAX_CHARACTERS, Load, Rejected, Source
from ingest.sources.records import RecordSource

_NAME_BREAKS: Final = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file on disk, under the name that its documents are called by.

    Below a folder, ``name`` is the folder's name and the file's path there. One that was accepted
    as an upload is ``kept`` until it is indexed: what keeps it from being read is not its fault.
    """

    name: str
    path: Path
    max_bytes: int = sys.maxsize
    kept: bool = False

    def documents(self, expand: Expand) -> Iterator[Source]:
        """Itself, or its parts where it holds several, each made when it is asked for.

        Raises:
            OSError: a file that is ``kept`` can't be read.
        """
        try:
            with self.path.open("rb") as file:
                yield from self._read(file, expand)
        except DocumentRejected as rejection:
            yield Rejected(self.name, rejection)
        except OSError as error:
            if self.kept:
                raise
            reason = f"The file can't be read: {error.strerror}."
            yield Rejected(self.name, DocumentRejected("corrupt", reason))

    def _read(self, file: IO[bytes], expand: Expand) -> Iterator[Source]:
        if os.fstat(file.fileno()).st_size > self.max_bytes:
            raise DocumentRejected(
                "too_large",
                f"The file is larger than {self.max_bytes:,} bytes; split it, or raise "
                "ingest.max_file_bytes.",
            )
        if is_container(self.name):
            yield from map(source_of, expand(self.name, file))
        else:
            yield FileSource(self.name, file.read())


@dataclass(frozen=True, slots=True)
class FileSource:
    """A document that is a file, on disk or in another one."""

    name: str
    data: bytes
    kind: UploadKind = "file"

    def identify(self) -> tuple[str, str]:
        """See `Source.identify`."""
        digest = hashlib.sha256(f"{LOADERS_VERSION}\0{self.name}\0".encode() + self.data)
        return self.name, digest.hexdigest()

    def load(self, load: Load, *, max_characters: int = MAX_CHARACTERS) -> Document:
        """See `Source.load`."""
        loaded = load(PurePosixPath(self.name).name, self.data)
        require_size(len(loaded.text), max_characters)
        metadata = {"source": self.name, **kept_metadata(loaded.metadata)}
        title = loaded.title or _named_by(self.name)
        return Document(self.name, loaded.text, title, self.name, metadata, loaded.blocks)


def source_of(part: Part) -> Source:
    """The document that a part of a file is to be."""
    match part:
        case FilePart(name, data):
            return FileSource(name, data)
        case RecordPart(name, record):
            return RecordSource(name, record, fallback_id=name, kind="file")
        case RefusedPart(name, code, reason):
            return Rejected(name, DocumentRejected(code, reason))


def _named_by(name: str) -> str:
    """A title for a file that has none of its own: its name, which says what its rows are of."""
    return " ".join(_NAME_BREAKS.split(PurePosixPath(name).stem)).strip()
