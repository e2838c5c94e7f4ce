"""TAR archives, packed by gzip, bzip2 or xz or as they are."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from typing import IO, Final, Self, cast

from app.errors import DocumentRejected
from ingest.expansion.budget import Budget
from ingest.expansion.members import (
    decoded_path,
    is_hidden,
    link_refused,
    member_name,
    refused_name,
)
from ingest.expansion.model import Member, Part, RefusedPart

_GZIP: Final = b"\x1f\x8b"
_BZIP2: Final = b"BZh"
_XZ: Final = b"\xfd7zXZ\0"


def expand_tar(name: str, file: IO[bytes], budget: Budget) -> Iterator[Part | Member]:
    """The files in a TAR archive, in its order; hidden ones and devices are left out.

    The archive is read once from its beginning to its end, and what is passed over counts too.

    Raises:
        DocumentRejected: ``corrupt`` for what is no such archive, or damaged.
        OSError, EOFError, lzma.LZMAError, zlib.error, tarfile.TarError: as well.
    """
    unpacked = cast("IO[bytes]", budget.counted(_unpacked(file)))
    with tarfile.open(
        fileobj=unpacked, mode="r|", tarinfo=_Header, encoding="utf-8", errors="surrogateescape"
    ) as archive:
        for member in archive:
            archive.members = []  # type: ignore[attr-defined] # each is kept until the end
            path = _path(member)
            if is_hidden(path) or not _holds_file(member):
                continue
            try:
                inside = member_name(name, path)
                _require_readable(member, budget)
            except DocumentRejected as rejection:
                yield RefusedPart.of(refused_name(name, path), rejection)
                continue
            if (opened := archive.extractfile(member)) is not None:
                yield Member(inside, opened)


def _path(member: tarfile.TarInfo) -> str:
    """Its path; packers write the bytes that their system has, or UTF-8."""
    written = member.name.encode("utf-8", "surrogateescape")
    return decoded_path(written, otherwise=written.decode("cp1252", "replace"))


def _holds_file(member: tarfile.TarInfo) -> bool:
    return member.isfile() or member.issym() or member.islnk()


def _require_readable(member: tarfile.TarInfo, budget: Budget) -> None:
    if not member.isfile():
        raise link_refused()
    if member.issparse():
        raise DocumentRejected(
            "unsupported_type", "The file is packed as a sparse one; pack it as it is."
        )
    budget.require_part(member.size)


class _Header(tarfile.TarInfo):
    """A header that `tarfile` can't read ends the archive without a word; here it is an error."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined] # known to every version
            raise
        except tarfile.HeaderError as error:
            raise DocumentRejected(
                "corrupt", "The archive is damaged or incomplete; get a complete copy of it."
            ) from error


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    head = file.read(len(_XZ))
    file.seek(0)
    if head.startswith(_GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if head.startswith(_BZIP2):
        return cast("IO[bytes]", bz2.BZ2File(file))
    if head.startswith(_XZ):
        return cast("IO[bytes]", lzma.LZMAFile(file))
    return file
