"""The HNSW graph of a large collection on disk, with the point of the log that it stands for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from app.durability.files import checksum, read_json, sync, write_json
from app.stores.local.filtering.key_set import Keys

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Graph:
    """``keys[row]`` is the chunk of a row; ``sequence`` the last change it has seen."""

    index: faiss.Index
    keys: Keys
    sequence: int


class GraphCheckpoint:
    """Files are written whole before the state file names them, so a crash leaves the old graph."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def _state_file(self) -> Path:
        return self._folder / "graph.json"

    def save(self, graph: Graph) -> None:
        """Makes ``graph`` the one that the next opening finds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"graph-{graph.sequence}"
        index_file, keys_file = self._folder / "unfinished.faiss", self._folder / "unfinished.npy"
        faiss.write_index(graph.index, str(index_file))
        np.save(keys_file, graph.keys, allow_pickle=False)
        checksums: dict[str, int] = {}
        for unfinished in (index_file, keys_file):
            sync(unfinished)
            final = self._folder / f"{name}{unfinished.suffix}"
            checksums[final.name] = checksum(unfinished)
            unfinished.replace(final)
        state = {"name": name, "sequence": graph.sequence, "checksums": checksums}
        write_json(self._state_file, state)
        self._sweep(keep=name)

    def load(self, *, dimension: int, metric: int, upto: int) -> Graph | None:
        """The last graph saved, or ``None`` where there is none that can be used.

        It must be of this dimension and FAISS metric and have seen no change behind ``upto``. One
        that is damaged is a lost cache: the exact index serves until the next checkpoint.
        """
        match read_json(self._state_file):
            case {"name": str(name), "sequence": int(sequence)} if sequence <= upto:
                path = self._folder / name
            case _:
                return None
        if damaged := self.damage():
            logger.warning("the graph in %s is not used: %s", self._folder, damaged[0])
            return None
        try:
            index = faiss.read_index(str(path.with_suffix(".faiss")))
            keys = np.load(path.with_suffix(".npy"), allow_pickle=False)
        except (OSError, EOFError, RuntimeError, ValueError):
            return None
        if (index.d, index.metric_type, index.ntotal) != (dimension, metric, len(keys)):
            return None
        return Graph(index, keys, sequence)

    def sequence(self) -> int | None:
        """The last change that the graph has seen; ``None`` where there is none."""
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
                name == f"graph-{sequence}"
            ):
                return [
                    f"{file} is not as it was written"
                    for file in (f"{name}.faiss", f"{name}.npy")
                    if _checksum_or_none(self._folder / file) != checksums.get(file)
                ]
            case _:
                return [f"{self._state_file.name} is not as it was written"]

    def remove(self) -> None:
        """Forgets the graph."""
        self._state_file.unlink(missing_ok=True)
        self._sweep()

    def _sweep(self, keep: str = "") -> None:
        for pattern in ("graph-*", "unfinished.*"):
            for old in self._folder.glob(pattern):
                if old.stem != keep:
                    old.unlink(missing_ok=True)


def _checksum_or_none(path: Path) -> int | None:
    try:
        return checksum(path)
    except OSError:
        return None
