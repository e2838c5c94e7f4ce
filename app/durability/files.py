"""Files that are there whole or not at all, and what makes them survive a power cut."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
import zlib
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Writes so that a reader sees the old content or the new, never a part of it.

    The folder is made where it is missing. The content is durable once this returns; that its name
    is takes a `sync` of the folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.new")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """As `write_bytes`, a JSON value."""
    write_text(path, json.dumps(value, ensure_ascii=False))


def read_json(path: Path) -> object:
    """The value, or ``None`` where there is no file or it can't be read: caches may be lost."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def sync(path: Path) -> None:
    """Makes a file's content durable, or the names in a folder: those made, renamed or removed."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
