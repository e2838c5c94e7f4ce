"""The HNSW graph of a large collection on disk, with the point of the log that it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from app.stores.local.catalog import Keys
from app.stores.local.files import read_json, sync_file, write_json


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
        for unfinished in (index_file, keys_file):
            sync_file(unfinished)
            unfinished.replace(self._folder / f"{name}{unfinished.suffix}")
        write_json(self._state_file, {"name": name, "sequence": graph.sequence})
        for old in self._folder.glob("graph-*"):
            if old.stem != name:
                old.unlink()

    def load(self, *, dimension: int, metric: int, upto: int) -> Graph | None:
        """The last graph saved, or ``None`` where there is none that can be used.

        It must be of this dimension and FAISS metric and have seen no change behind ``upto``.
        """
        match read_json(self._state_file):
            case {"name": str(name), "sequence": int(sequence)} if sequence <= upto:
                path = self._folder / name
            case _:
                return None
        try:
            index = faiss.read_index(str(path.with_suffix(".faiss")))
            keys = np.load(path.with_suffix(".npy"), allow_pickle=False)
        except (OSError, EOFError, RuntimeError, ValueError):
            return None  # a lost cache: the exact index serves until the next checkpoint
        if (index.d, index.metric_type, index.ntotal) != (dimension, metric, len(keys)):
            return None
        return Graph(index, keys, sequence)

    def remove(self) -> None:
        """Forgets the graph."""
        self._state_file.unlink(missing_ok=True)
