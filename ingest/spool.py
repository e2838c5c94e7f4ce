"""Uploads on disk until they are indexed: one folder a job, there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from app.domain import Upload

_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".new"
ABANDONED_S: Final = 3_600.0
"""A folder that has belonged to no job for longer was left by a process that died."""


class Spool:
    """Folders named by job id below one root."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root

    def write(self, job_id: str, uploads: Sequence[Upload]) -> None:
        """Keeps ``uploads``; they survive a crash once this returns."""
        unfinished = self._root / f"{job_id}{_UNFINISHED}"
        unfinished.mkdir()
        try:
            self._fill(unfinished, uploads)
            unfinished.rename(self._root / job_id)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _sync_folder(self._root)

    @staticmethod
    def _fill(folder: Path, uploads: Sequence[Upload]) -> None:
        manifest: list[dict[str, object]] = []
        for number, upload in enumerate(uploads):
            if upload.kind == "file":
                assert isinstance(upload.content, bytes)
                _write(folder / str(number), upload.content)
                manifest.append({"name": upload.name, "file": str(number)})
            else:
                manifest.append({"name": upload.name, "record": upload.content})
        _write(folder / _MANIFEST, json.dumps(manifest).encode())
        _sync_folder(folder)

    def read(self, job_id: str) -> Iterator[Upload]:
        """The uploads of a job, in the order they came."""
        folder = self._root / job_id
        for entry in json.loads((folder / _MANIFEST).read_bytes()):
            if "file" in entry:
                yield Upload(entry["name"], (folder / entry["file"]).read_bytes(), "file")
            else:
                yield Upload(entry["name"], entry["record"], "record")

    def sweep(self, *, keep: Collection[str]) -> None:
        """Removes what crashes left: folders that are old and belong to none of the jobs."""
        for folder in self._root.iterdir():
            if folder.name not in keep and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def remove(self, job_id: str) -> None:
        """Forgets a job's uploads."""
        shutil.rmtree(self._root / job_id, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > ABANDONED_S
    except FileNotFoundError:
        return False  # `write` has just given it its name, or a job has ended


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
