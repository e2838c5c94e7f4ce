"""The files of an index on disk, with the point of the catalog's log that they stand for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.durability.files import checksum, read_json, sync, write_json

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a checkpoint holds: ``stem`` and a suffix name each file; see `Checkpoint.save`."""

    stem: Path
    sequence: int


class Checkpoint:
    """Files are written whole before the state file names them, so a crash leaves the old ones."""

    def __init__(self, folder: Path, kind: str, suffixes: tuple[str, ...]) -> None:
        """``kind`` names the files, and what they are in messages; one file for each suffix."""
        self._folder = folder
        self._kind = kind
        self._suffixes = suffixes

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    @property
    def _state_file(self) -> Path:
        return self._folder / f"{self._kind}.json"

    def save(self, sequence: int, write: Callable[[Path], None]) -> None:
        """Makes what ``write`` writes the state that the next opening finds.

        ``write`` is given a path, beside which it makes one file for each suffix. ``sequence`` is
        the last change that they have seen.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        name, unfinished = f"{self._kind}-{sequence}", self._folder / "unfinished"
        write(unfinished)
        checksums: dict[str, int] = {}
        for suffix in self._suffixes:
            written, final = unfinished.with_suffix(suffix), self._folder / f"{name}{suffix}"
            sync(written)
            checksums[final.name] = checksum(written)
            written.replace(final)
        state = {"name": name, "sequence": sequence, "checksums": checksums}
        write_json(self._state_file, state)
        self._sweep(keep=name)

    def find(self, *, upto: int) -> Kept | None:
        """What was saved last, or ``None`` where there is nothing that can be used.

        It must have seen no change behind ``upto``. What is damaged is a lost cache: the catalog
        serves until the next checkpoint.
        """
        match read_json(self._state_file):
            case {"name": str(name), "sequence": int(sequence)} if sequence <= upto:
                pass
            case _:
                return None
        if damaged := self.damage():
            logger.warning("the %s in %s is not used: %s", self._kind, self._folder, damaged[0])
            return None
        return Kept(self._folder / name, sequence)

    def sequence(self) -> int | None:
        """The last change that the files have seen; ``None`` where there are none."""
        match read_json(self._state_file):
            case {"sequence": int(sequence)}:
                return sequence
            case _:
                return None

    def damage(self) -> list[str]:
        """Files that are not as they were written, in words."""
        if not self._state_file.exists():
            return []
        match read_json(self._state_file):
            case {"name": str(name), "sequence": sequence, "checksums": dict(checksums)} if (
                name == f"{self._kind}-{sequence}"
            ):
                files = [f"{name}{suffix}" for suffix in self._suffixes]
                return [
                    f"{file} is not as it was written"
                    for file in files
                    if _checksum_or_none(self._folder / file) != checksums.get(file)
                ]
            case _:
                return [f"{self._state_file.name} is not as it was written"]

    def remove(self) -> None:
        """Forgets the files."""
        self._state_file.unlink(missing_ok=True)
        self._sweep()

    def _sweep(self, keep: str = "") -> None:
        for pattern in (f"{self._kind}-*", "unfinished.*"):
            for old in self._folder.glob(pattern):
                if old.stem != keep:
                    old.unlink(missing_ok=True)


def _checksum_or_none(path: Path) -> int | None:
    try:
        return checksum(path)
    except OSError:
        return None
