"""ZIP archives."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Final, cast

from app.errors import DocumentRejected
from ingest.expansion.budget import Budget
from ingest.expansion.members import (
    decoded_path,
    is_hidden,
    link_refused,
    member_name,
    refused_name,
)
from ingest.expansion.model import FilePart, Member, Part, RefusedPart

_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_OF_DOCUMENTS: Final = ("[Content_Types].xml", "mimetype")
"""Files by which an archive is one document, such as one of Word, whatever it is called."""


def expand_zip(name: str, file: IO[bytes], budget: Budget) -> Iterator[Part | Member]:
    """The files in a ZIP archive, in its order; hidden ones are left out.

    Raises:
        zipfile.BadZipFile: it is no such archive, or damaged.
    """
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if _is_document(members):
            file.seek(0)
            yield FilePart(name, budget.read(file))
            return
        for member in members:
            path = _path(member)
            if member.is_dir() or is_hidden(path):
                continue
            try:
                inside = member_name(name, path)
                opened = _opened(archive, member, budget)
            except DocumentRejected as rejection:
                yield RefusedPart.of(refused_name(name, path), rejection)
                continue
            with opened:
                yield Member(inside, cast("IO[bytes]", budget.counted(opened)))


def _is_document(members: Sequence[zipfile.ZipInfo]) -> bool:
    return any(member.filename in _OF_DOCUMENTS for member in members)


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> IO[bytes]:
    if stat.S_ISLNK(member.external_attr >> 16):
        raise link_refused()
    if member.flag_bits & _ENCRYPTED:
        raise DocumentRejected(
            "encrypted", "The file needs a password; pack it without one and ingest again."
        )
    budget.require_part(member.file_size)
    try:
        return archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DocumentRejected(
            "corrupt", "The file is damaged or packed in an unknown way; pack it anew."
        ) from error


def _path(member: zipfile.ZipInfo) -> str:
    """Its path; where it isn't marked as UTF-8, packers write what their system has."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    written = member.orig_filename.encode("cp437", "replace")
    return decoded_path(written, otherwise=member.orig_filename)
