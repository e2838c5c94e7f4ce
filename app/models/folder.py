"""A model's files on this machine, and an id that changes when they do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_END_BYTES: Final = 1 << 20
"""How much is hashed at either end of a file, so that gigabytes of weights cost milliseconds."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """Where a model's files lie. ``id`` names the model and its version, not the place."""

    id: str
    path: Path


def local_folder(path: Path) -> ModelFolder:
    """A folder of the user's own, named by its last part and a digest of its files."""
    return ModelFolder(f"{path.resolve().name}@{_digest(path)}", path)


def _digest(folder: Path) -> str:
    """12 hexadecimal digits from the names, sizes and both ends of all files."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
        with file.open("rb") as content:
            digest.update(content.read(_END_BYTES))
            content.seek(max(size - _END_BYTES, 0))
            digest.update(content.read(_END_BYTES))
    return digest.hexdigest()[:12]
