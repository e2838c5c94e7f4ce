"""What a source is: one document to be, or something that can't even be named as one.

A source knows its id and its hash before it is loaded, so that what has not changed costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.documents import Document
from app.domain.jobs import UploadKind
from app.errors import DocumentRejected
from app.settings import IngestSettings
from ingest.loaders.model import LoadedDocument

MAX_CHARACTERS: Final = IngestSettings().max_document_characters
"""Of one document's text, where nothing else is set."""


class Load(Protocol):
    """Reads a file's bytes: `ingest.isolation.loader.IsolatedLoader.load`."""

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
