"""Weights that were trained here, without the word embeddings that their base package carries.

A packed file is safetensors: matrices as int8 with a scale a row (``<name>.scale``), other tensors
as they are, those of a head of our own below ``head/``, and the model's configuration as JSON in
the metadata. Rows are scaled to their largest value and rounded to the nearest.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

from app.errors import ModelIncompatible
from app.models.bundled.receipts import RECEIPT

WEIGHTS_FILE: Final = "model.safetensors"
CONFIG_FILE: Final = "config.json"
TOKENIZER_FILE: Final = "tokenizer.json"
_TOKENIZER_CONFIG: Final = "tokenizer_config.json"
HEAD_FILE: Final = "interaction.safetensors"
"""See `app.models.rerankers.interaction`."""
_SCALE: Final = ".scale"
_HEAD: Final = "head/"
_LARGEST: Final = 127
WORDS: Final = "embeddings.word_embeddings.weight"


def pack(folder: Path, file: Path) -> None:
    """Writes the trained weights of the Hugging Face folder ``folder`` into ``file``."""
    tensors = load_file(folder / WEIGHTS_FILE)
    words = next((name for name in tensors if name.endswith(WORDS)), "")
    packed = quantised({name: tensor for name, tensor in tensors.items() if name != words})
    if (folder / HEAD_FILE).is_file():
        packed |= {_HEAD + name: tensor for name, tensor in load_file(folder / HEAD_FILE).items()}
    config = (folder / CONFIG_FILE).read_text(encoding="utf-8")
    save_file(packed, file, metadata={"config": config, "words": words})


def unpack(file: Path, base: Path, folder: Path) -> None:
    """Writes a cross-encoder's Hugging Face folder: ``file`` over words and tokenizer of ``base``.

    Raises:
        ModelIncompatible: ``file`` or ``base`` is not what it should be.
    """
    _write_weights(file, base, folder)
    _write_tokenizer(base, folder)


def unpack_embedder(file: Path, base: Path, folder: Path) -> None:
    """Writes a sentence-transformers folder: that of ``base``, with the weights of ``file``.

    Raises:
        ModelIncompatible: ``file`` or ``base`` is not what it should be.
    """
    others = shutil.ignore_patterns(WEIGHTS_FILE, RECEIPT)
    shutil.copytree(base, folder, dirs_exist_ok=True, ignore=others)
    _write_weights(file, base, folder)


def _write_weights(file: Path, base: Path, folder: Path) -> None:
    """As float16, which is finer than either source."""
    try:
        with safe_open(file, "numpy") as opened:
            metadata = opened.metadata() or {}
            config, named = json.loads(metadata["config"]), metadata["words"]
            stored = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - as above
        head = {n.removeprefix(_HEAD): t for n, t in stored.items() if n.startswith(_HEAD)}
        tensors = restored({n: t for n, t in stored.items() if not n.startswith(_HEAD)})
        with safe_open(base / WEIGHTS_FILE, "numpy") as opened:
            words = opened.get_tensor(WORDS)
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise ModelIncompatible(
            f"{file.name} can't be unpacked over {base.name}: {error}"
        ) from error
    tensors[named] = words.astype(np.float16)
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    if head:
        save_file(head, folder / HEAD_FILE)
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2), encoding="utf-8")


def _write_tokenizer(base: Path, folder: Path) -> None:
    """That of ``base``, to the byte where it frames pairs already: the two share one in memory."""
    tokenizer = Tokenizer.from_file(str(base / TOKENIZER_FILE))
    described = json.loads((base / _TOKENIZER_CONFIG).read_text(encoding="utf-8"))
    ids = tokenizer.get_vocab(with_added_tokens=True)
    first, last = described["cls_token"], described["sep_token"]
    framed = tokenizer.post_processor
    tokenizer.post_processor = pair_template((first, ids[first]), (last, ids[last]))
    if framed is not None and framed.__getstate__() == tokenizer.post_processor.__getstate__():
        shutil.copyfile(base / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    else:
        tokenizer.save(str(folder / TOKENIZER_FILE))
    described["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    (folder / _TOKENIZER_CONFIG).write_text(json.dumps(described, indent=2), encoding="utf-8")


def pair_template(first: tuple[str, int], last: tuple[str, int]) -> TemplateProcessing:
    """Frames a pair so that its sides have token types of their own: 0 and 1."""
    return TemplateProcessing(
        single=f"{first[0]} $A {last[0]}",
        pair=f"{first[0]}:0 $A:0 {last[0]}:0 $B:1 {last[0]}:1",
        special_tokens=[first, last],
    )


def quantised(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Matrices as int8 with a scale a row, ``<name>.scale``; other tensors in float32."""
    made: dict[str, NDArray[Any]] = {}
    for name, tensor in tensors.items():
        values = tensor.astype(np.float32)
        if values.ndim == 2:  # noqa: PLR2004 - a matrix
            made[name], made[name + _SCALE] = _by_row(values)
        else:
            made[name] = values
    return made


def restored(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float16]]:
    """The tensors that `quantised` was given, in float16."""
    return {name: _restored(name, stored) for name in stored if not name.endswith(_SCALE)}


def _by_row(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.abs(matrix).max(axis=1) / _LARGEST
    rounded = np.rint(matrix / np.where(scale > 0, scale, 1.0)[:, None])
    return rounded.astype(np.int8), scale.astype(np.float32)


def _restored(name: str, stored: Mapping[str, NDArray[Any]]) -> NDArray[np.float16]:
    tensor = stored[name]
    if name + _SCALE in stored:
        tensor = tensor.astype(np.float32) * stored[name + _SCALE][:, None]
    return tensor.astype(np.float16)
