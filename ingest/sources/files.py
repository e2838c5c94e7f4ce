"""Documents that are files: on disk, or uploaded as bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from app.domain.documents import Document
from app.domain.jobs import UploadKind
from app.errors import DocumentRejected
from ingest.loaders.model import LoadedDocument, require_size
from ingest.loaders.registry import LOADERS_VERSION
from ingest.sources.metadata import kept_metadata
from ingest.sources.model import MAX_CHARACTERS, Load

_NAME_BREAKS: Final = re.compile(r"[\s_\-.]+")


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


def _document(id_: str, loaded: LoadedDocument, max_characters: int) -> Document:
    require_size(len(loaded.text), max_characters)
    metadata = {"source": id_, **kept_metadata(loaded.metadata)}
    return Document(id_, loaded.text, loaded.title or _named_by(id_), id_, metadata, loaded.blocks)


def _named_by(id_: str) -> str:
    """A title for a file that has none of its own: its name, which says what its rows are of."""
    return " ".join(_NAME_BREAKS.split(PurePosixPath(id_).stem)).strip()


def _digest(data: bytes, name: str) -> str:
    return hashlib.sha256(f"{LOADERS_VERSION}\0{name}\0".encode() + data).hexdigest()


def _unreadable(error: OSError) -> DocumentRejected:
    return DocumentRejected("corrupt", f"The file can't be read: {error.strerror}.")


def _too_large(max_bytes: int) -> DocumentRejected:
    return DocumentRejected(
        "too_large",
        f"The file is larger than {max_bytes:,} bytes; split it, or raise ingest.max_file_bytes.",
    )
