"""Compact files of arrays and of model weights, without the embeddings of unused words."""

from __future__ import annotations

import io
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from app.models.bundled.packed_weights import WEIGHTS_FILE, WORDS, quantised, restored

_ROWS: Final = "rows"
_COUNT: Final = "count"
_SCALED: Final = 32
"""Block size of int8 scales in word embeddings; bundled models were quantised in such blocks."""
_EFFORT: Final = 4
"""Compression level; a higher one takes minutes and gains little."""
_LEAST_APART: Final = 2**20
_FARTHEST_APART: Final = 2**29
"""Range of the compression window in bytes; a larger one costs memory."""


def pack_base(base: Path, file: Path, rows: NDArray[np.int32]) -> None:
    """Writes the weights in ``base`` as int8, with only the ``rows`` of the word embeddings."""
    tensors = load_file(base / WEIGHTS_FILE)
    count = len(tensors[WORDS])
    words = tensors[WORDS][rows].reshape(-1, _SCALED)
    stored = quantised(tensors | {WORDS: words})
    write_arrays(file, stored | {_ROWS: rows, _COUNT: np.array([count])})


def unpack_weights(file: Path, target: Path) -> NDArray[np.int32]:
    """Writes weights in the usual format to ``target``; words that were not packed are zero."""
    stored = read_arrays(file)
    rows, count = stored.pop(_ROWS), int(stored.pop(_COUNT)[0])
    tensors = restored(stored)
    known = tensors[WORDS].reshape(len(rows), -1)
    words = np.zeros((count, known.shape[1]), np.float16)
    words[rows] = known
    save_file(tensors | {WORDS: words}, target / WEIGHTS_FILE, metadata={"format": "pt"})
    return rows


def write_arrays(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes named arrays, compressed."""
    size = sum(array.nbytes for array in arrays.values())
    window_bytes = min(max(size, _LEAST_APART), _FARTHEST_APART)
    packing = {"id": lzma.FILTER_LZMA2, "preset": _EFFORT, "dict_size": window_bytes}
    with lzma.open(file, "wb", filters=[packing]) as stream:
        np.savez(stream, allow_pickle=False, **dict(arrays))


def read_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """Reads what `write_arrays` wrote."""
    with lzma.open(file) as stream, np.load(io.BytesIO(stream.read())) as stored:
        return dict(stored)
