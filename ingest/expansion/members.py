"""Names of files in archives, which may say anything."""

from __future__ import annotations

import re
from typing import Final

from app.errors import DocumentRejected
from ingest.expansion.model import INSIDE
from ingest.sources.storable import MAX_ID_CHARACTERS, storable

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def decoded_path(written: bytes, *, otherwise: str) -> str:
    """The path of a file whose encoding nothing tells: UTF-8, else GB 18030, else ``otherwise``.

    It is in GB 18030 where each character that is not ASCII is a Han character or of GB 2312, and
    one is of the latter: accented letters of Western names read as rarer ones.
    """
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        path = written.decode("gb18030")
    except UnicodeDecodeError:
        return otherwise
    common = {character for character in path if _is_in_gb2312(character)}
    rare = {character for character in path if not character.isascii()} - common
    is_chinese = common and all(map(_HAN.match, rare)) and storable(path) == path
    return path if is_chinese else otherwise


def is_hidden(path: str) -> bool:
    """Whether it is left out as a hidden file of a folder is: a name in it begins with a dot."""
    return any(name.startswith(".") and name not in (".", "..") for name in _names(path))


def member_name(archive: str, path: str) -> str:
    """What a file at ``path`` in an archive is called.

    Raises:
        DocumentRejected: ``leads_out`` for a path that is absolute or leads out of the archive,
            ``invalid_record`` for one that no document can be called by.
    """
    names = _names(path)
    if ".." in names or path.startswith(("/", "\\")) or _DRIVE.match(path):
        raise DocumentRejected(
            "leads_out",
            "The file's path leads out of the archive; pack it anew with paths inside of it.",
        )
    inside = storable("/".join(name for name in names if name not in ("", ".")))
    if not inside:
        raise DocumentRejected("invalid_record", "The file has no name.")
    name = f"{archive}{INSIDE}{inside}"
    if len(name) > MAX_ID_CHARACTERS:
        raise DocumentRejected(
            "invalid_record",
            f"The file's path is longer than {MAX_ID_CHARACTERS} characters; shorten it.",
        )
    return name


def refused_name(archive: str, path: str) -> str:
    """What a file is reported under that can't be called by its path."""
    return f"{archive}{INSIDE}{storable(path)}"[:MAX_ID_CHARACTERS]


def link_refused() -> DocumentRejected:
    """Why a link is left out."""
    return DocumentRejected(
        "leads_out", "The file is a link; pack the file itself that it leads to."
    )


def _is_in_gb2312(character: str) -> bool:
    return not character.isascii() and bool(character.encode("gb2312", "ignore"))


def _names(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")
