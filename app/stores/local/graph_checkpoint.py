"""The HNSW graph of a large collection on disk, with the point of the log that it stands for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from app.stores.local.catalog import Keys
from app.stores.local.files import read_json, write_json


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
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(self._folder / f"{name}{unfinished.suffix}")
        write_json(self._state_file, {"name": name, "sequence": graph.sequence})
        for old in self._folder.glob("graph-*"):
            if old.stem != name:
                old.unlink()

    def load(self, dimension: int) -> Graph | None:
        """The last graph saved, or ``None`` where there is none that can be used."""
        state = read_json(self._state_file)
        if not isinstance(state, dict):
            return None
        path = self._folder / state["name"]
        try:
            index = faiss.read_index(str(path.with_suffix(".faiss")))
            keys = np.load(path.with_suffix(".npy"), allow_pickle=False)
        except (OSError, RuntimeError, ValueError):
            return None  # a lost cache: the exact index serves until the next checkpoint
        if index.d != dimension or index.ntotal != len(keys):
            return None
        return Graph(index, keys, state["sequence"])

    def remove(self) -> None:
        """Forgets the graph."""
        self._state_file.unlink(missing_ok=True)
