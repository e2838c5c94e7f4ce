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
from ingest.sources.files import FileSource
from ingest.sources.jsonl import RECORD_SUFFIXES, count_records, read_records
from ingest.sources.model import Rejected, Source
from ingest.sources.storable import storable

_NOTHING_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Errors of links that lead nowhere."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file in which every line is a document; at most one is in memory at a time."""

    file: FileSource

    def sources(self) -> Iterator[Source]:
        """Its lines, or itself where it can't be read."""
        try:
            data = self.file.read()
        except DocumentRejected as reason:
            yield Rejected(self.file.id, reason)
        else:
            yield from read_records(self.file.id, data)

    def count(self) -> int:
        """How many `sources` there are now."""
        try:
            return count_records(self.file.read())
        except DocumentRejected:
            return 1


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files below some paths, in a stable order, and the ids that belong to those paths."""

    files: tuple[FileSource | RecordFile | Rejected, ...]
    roots: tuple[str, ...] = field(default=())
    """Id prefixes of the folders that were looked through; `prune` removes what is gone there."""

    def sources(self) -> Iterator[Source]:
        """The documents in them, each made when it is asked for."""
        for file in self.files:
            if isinstance(file, RecordFile):
                yield from file.sources()
            else:
                yield file

    def count(self) -> int:
        """How many documents there are. Reads the files of records for it, and keeps nothing."""
        return sum(file.count() if isinstance(file, RecordFile) else 1 for file in self.files)


def find_files(paths: Sequence[Path], *, max_bytes: int) -> FoundFiles:
    """Every file below ``paths``, hidden ones left out; links to folders are not followed.

    A link to a file that leads out of its folder is no document of that folder: it is reported.

    Raises:
        InvalidRequest: for a path that does not exist.
    """
    found: list[FileSource | RecordFile | Rejected] = []
    roots: list[str] = []
    for path in paths:
        root = path.absolute()
        if not root.exists():
            raise InvalidRequest(f"There is no file or folder {path}.")
        if root.is_file():
            found.append(_file(root, root.name, max_bytes))
            continue
        prefix = storable(f"{root.resolve().name}/")
        roots.append(prefix)
        unreadable: list[OSError] = []
        for file in sorted(_files_below(root, unreadable.append)):
            id_ = f"{prefix}{file.relative_to(root).as_posix()}"
            if _leads_out(file, root):
                found.append(Rejected(storable(id_), _outside()))
            else:
                found.append(_file(file, id_, max_bytes))
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
        "link_leads_out",
        "The file is a link that leads out of the folder; put the file itself there, or name the "
        "folder that it lies in, too.",
    )


def _may_hold_text(path: Path) -> bool:
    """Whether it is a regular file, or can't be looked at: then reading it will say why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in _NOTHING_THERE


def _file(path: Path, id_: str, max_bytes: int) -> FileSource | RecordFile:
    file = FileSource(path, storable(id_), max_bytes)
    return RecordFile(file) if path.suffix.lower() in RECORD_SUFFIXES else file
