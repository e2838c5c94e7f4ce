"""What a file holds: its parts, each of which becomes a document or a failure of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol, TypeAlias

from app.errors import DocumentRejected
from ingest.expansion.budget import Budget

INSIDE: Final = "!/"
"""Stands between the name of an archive and the path of what is in it: ``a.zip!/notes/b.md``."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file; its loader is found by its name and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A document that is data: any JSON value, which is checked when it becomes a document."""

    name: str
    record: object


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """What can't be read: a part, or all that a file has left. ``code`` is `DocumentRejected`'s."""

    name: str
    code: str
    reason: str

    @classmethod
    def of(cls, name: str, rejection: DocumentRejected) -> RefusedPart:
        """The part that is refused for this reason."""
        return cls(name, rejection.code, rejection.message)


Part: TypeAlias = FilePart | RecordPart | RefusedPart
"""``name`` is the whole file's, with the part's place behind it; it is the same in every run."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, to be read before the next one; it may itself hold parts."""

    name: str
    file: IO[bytes]


Expander: TypeAlias = Callable[[str, IO[bytes], Budget], Iterator[Part | Member]]
"""Reads the parts of a file of one format, by its name, from its beginning.

Raises `DocumentRejected`, or anything else where the file is damaged, for all that is left.
"""


class Expand(Protocol):
    """Opens a file: `ingest.isolation.loader.IsolatedLoader.expand`."""

    def __call__(self, name: str, file: IO[bytes]) -> Iterator[Part]:
        """Its parts, each made when it is asked for; what can't be read is among them."""
