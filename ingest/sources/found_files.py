"""Files below the paths that a command names. None is read before its turn comes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.errors import DocumentRejected, InvalidRequest
from ingest.expansion.model import INSIDE
from ingest.sources.files import File
from ingest.sources.model import Rejected
from ingest.sources.storable import storable

_NOTHING_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Errors of links that lead nowhere."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files below some paths, in a stable order, and the ids that belong to those paths."""

    files: tuple[File | Rejected, ...]
    roots: tuple[str, ...] = field(default=())
    """Id prefixes of all that was looked through; `prune` removes what is gone there."""


def find_files(paths: Sequence[Path], *, max_bytes: int) -> FoundFiles:
    """Every file below ``paths``, hidden ones left out; links to folders are not followed.

    A link to a file that leads out of its folder is no document of that folder: it is reported.

    Raises:
        InvalidRequest: for a path that does not exist.
    """
    found: list[File | Rejected] = []
    roots: list[str] = []
    for path in paths:
        root = path.absolute()
        if not root.exists():
            raise InvalidRequest(f"There is no file or folder {path}.")
        if root.is_file():
            name = storable(root.name)
            found.append(File(name, root, max_bytes))
            roots.append(f"{name}{INSIDE}")
            continue
        prefix = storable(f"{root.resolve().name}/")
        roots.append(prefix)
        unreadable: list[OSError] = []
        for file in sorted(_files_below(root, unreadable.append)):
            name = storable(f"{prefix}{file.relative_to(root).as_posix()}")
            if _leads_out(file, root):
                found.append(Rejected(name, _outside()))
            else:
                found.append(File(name, file, max_bytes))
        for error in unreadable:
            folder = Path(str(error.filename)).relative_to(root).as_posix()
            reason = DocumentRejected("corrupt", f"The folder can't be read: {error.strerror}.")
            name = prefix if folder == "." else f"{prefix}{folder}/"
            found.append(Rejected(storable(name), reason))
    return FoundFiles(tuple(found), tuple(roots))


def _files_below(root: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=on_error):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(folder, name) for name in names if not name.startswith("."))
        yield from filter(_may_hold_text, files)


def _leads_out(file: Path, root: Path) -> bool:
    try:
        return file.is_symlink() and not file.resolve().is_relative_to(root.resolve())
    except OSError:
        return False  # reading it will say why


def _outside() -> DocumentRejected:
    return DocumentRejected(
        "leads_out",
        "The file is a link that leads out of the folder; put the file itself there, or name the "
        "folder that it lies in, too.",
    )


def _may_hold_text(path: Path) -> bool:
    """Whether it is a regular file, or can't be looked at: then reading it will say why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in _NOTHING_THERE
