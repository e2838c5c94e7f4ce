"""Uploads on disk until they are indexed: one folder a job, there whole or not at all."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.jobs import JobStatus, Upload
from app.durability.files import sync, write_bytes
from app.errors import NotFound

_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = ".new"
ABANDONED_S: Final = 3_600.0
"""A folder that has belonged to no job for longer was left by a process that died."""


class Spool:
    """Folders named by job id below one root."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root

    def write(self, job: JobStatus, uploads: Sequence[Upload]) -> None:
        """Keeps ``uploads``; they survive a crash once this returns."""
        unfinished = self._root / f"{job.id}{_UNFINISHED}"
        unfinished.mkdir()
        try:
            self._fill(unfinished, job, uploads)
            unfinished.rename(self._root / job.id)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync(self._root)

    @staticmethod
    def _fill(folder: Path, job: JobStatus, uploads: Sequence[Upload]) -> None:
        entries: list[dict[str, object]] = []
        for number, upload in enumerate(uploads):
            if upload.kind == "file":
                assert isinstance(upload.content, bytes)
                write_bytes(folder / str(number), upload.content)
                entries.append({"name": upload.name, "file": str(number)})
            else:
                entries.append({"name": upload.name, "record": upload.content})
        manifest = {"collection": job.collection, "at": job.created_at, "uploads": entries}
        write_bytes(folder / _MANIFEST, json.dumps(manifest).encode())
        sync(folder)

    def read(self, job_id: str) -> Iterator[Upload]:
        """The uploads of a job, in the order they came, with the paths of files.

        Raises:
            NotFound: they are gone, or can't be made out.
        """
        try:
            for entry in self._manifest(job_id)["uploads"]:
                if "file" in entry:
                    path = self._root / job_id / entry["file"]
                    path.stat()
                    yield Upload(entry["name"], path, "file")
                else:
                    yield Upload(entry["name"], entry["record"], "record")
        except (FileNotFoundError, ValueError, TypeError, KeyError) as error:
            raise NotFound("What was uploaded with this job is lost; upload it again.") from error

    def jobs(self) -> list[JobStatus]:
        """The jobs whose uploads lie here, oldest first, as they were when they came."""
        found = [job for job_id in self.ids() if (job := self._job(job_id)) is not None]
        return sorted(found, key=lambda job: job.created_at)

    def ids(self) -> set[str]:
        """Ids of the jobs whose uploads lie here."""
        return {path.name for path in self._root.iterdir() if path.suffix != _UNFINISHED}

    def _job(self, job_id: str) -> JobStatus | None:
        try:
            manifest = self._manifest(job_id)
            collection, at = str(manifest["collection"]), str(manifest["at"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return JobStatus(job_id, collection, "queued", 0, 0, 0, (), at, at)

    def _manifest(self, job_id: str) -> Any:
        return json.loads((self._root / job_id / _MANIFEST).read_bytes())

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
