"""Uploads on disk until they are indexed: one folder a job, there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from app.domain import Upload

_MANIFEST: Final = "manifest.json"


class Spool:
    """Folders named by job id below one root."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root

    def write(self, job_id: str, uploads: Sequence[Upload]) -> None:
        """Keeps ``uploads``; they survive a crash once this returns."""
        unfinished = self._root / f"{job_id}.new"
        unfinished.mkdir()
        manifest: list[dict[str, object]] = []
        for number, upload in enumerate(uploads):
            if isinstance(upload.content, bytes):
                _write(unfinished / str(number), upload.content)
                manifest.append({"name": upload.name, "file": str(number)})
            else:
                manifest.append({"name": upload.name, "record": upload.content})
        _write(unfinished / _MANIFEST, json.dumps(manifest).encode())
        unfinished.rename(self._root / job_id)
        _sync_folder(self._root)

    def read(self, job_id: str) -> Iterator[Upload]:
        """The uploads of a job, in the order they came."""
        folder = self._root / job_id
        for entry in json.loads((folder / _MANIFEST).read_bytes()):
            if "file" in entry:
                yield Upload(entry["name"], (folder / entry["file"]).read_bytes())
            else:
                yield Upload(entry["name"], entry["record"])

    def remove(self, job_id: str) -> None:
        """Forgets a job's uploads."""
        shutil.rmtree(self._root / job_id, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
