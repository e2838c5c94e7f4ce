"""The HNSW graph of a large collection on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from app.stores.local.filtering.key_set import Keys
from app.stores.local.following.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Graph:
    """``keys[row]`` is the chunk of a row; ``sequence`` the last change it has seen."""

    index: faiss.Index
    keys: Keys
    sequence: int


def graph_checkpoint(folder: Path) -> Checkpoint:
    """Where the graph of a collection is kept."""
    return Checkpoint(folder, "graph", (".faiss", ".npy"))


def save_graph(checkpoint: Checkpoint, graph: Graph) -> None:
    """Makes ``graph`` the one that the next opening finds."""

    def write(stem: Path) -> None:
        faiss.write_index(graph.index, str(stem.with_suffix(".faiss")))
        np.save(stem.with_suffix(".npy"), graph.keys, allow_pickle=False)

    checkpoint.save(graph.sequence, write)


def load_graph(checkpoint: Checkpoint, *, dimension: int, metric: int, upto: int) -> Graph | None:
    """The last graph saved, of this dimension and FAISS metric; see `Checkpoint.find`."""
    kept = checkpoint.find(upto=upto)
    if kept is None:
        return None
    try:
        index = faiss.read_index(str(kept.stem.with_suffix(".faiss")))
        keys = np.load(kept.stem.with_suffix(".npy"), allow_pickle=False)
    except (OSError, EOFError, RuntimeError, ValueError):
        return None
    if (index.d, index.metric_type, index.ntotal) != (dimension, metric, len(keys)):
        return None
    return Graph(index, keys, kept.sequence)
