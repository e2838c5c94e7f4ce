"""Files that are there whole or not at all."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Writes to a temporary name, syncs, renames."""
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read_json(path: Path) -> object:
    """The value, or ``None`` where there is no file or it can't be read: caches may be lost."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def may_write(folder: Path) -> bool:
    """Whether this process may make files there."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def checksum(path: Path, block: int = 1 << 20) -> int:
    """CRC-32 of a file's content."""
    crc = 0
    with path.open("rb") as file:
        while data := file.read(block):
            crc = zlib.crc32(data, crc)
    return crc


def sync_file(path: Path) -> None:
    """Makes what was written to a file durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable: those just made, renamed or removed."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
