"""A reader's training run on another machine, exchanged as small files.

::

    rag train reader DATA … --out RUN --prepare FOLDER        here: tokens and base, a few MB
    python -m train.reader.portable FOLDER OUT                there: needs torch, no network
    rag train reader DATA … --out RUN --trained OUT/small     here: scale, scores, card

The other machine trains the base with all its layers. Unless the run asks for all layers, a smaller
reader then learns from that one as its teacher. ``FOLDER/run.json`` has the settings of both. The
trained weights come back as float16, in pieces small enough for most transfers, at the end and
every ``checkpoint_minutes`` before it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save, save_file

from app.models.bundled.packed_weights import (
    CONFIG_FILE,
    HEAD_FILE,
    WEIGHTS_FILE,
)
from train.reader.reader_model import FROZEN, ReaderModel
from train.reader.run_settings import PortableRun, ReaderRun
from train.reader.token_groups import TokenGroups
from train.reader.training import ReaderTraining
from train.transfer.token_group_packing import packed, unpacked
from train.transfer.weights import pack_base, read_arrays, unpack_weights, write_arrays

RUN: Final = "run.json"
FACTS: Final = "facts.json"
PIECE_BYTES: Final = 15 * 2**20
_BYTES: Final = "bytes"
_BASE: Final = "base.xz"
_TRAIN: Final = "train.xz"


@dataclass(frozen=True, slots=True)
class Trained:
    """Result of a run: weights by name, and the facts of the run for the model card."""

    weights: Mapping[str, NDArray[np.float16]]
    facts: Mapping[str, Any]


def prepare(folder: Path, base: Path, train: TokenGroups, run: PortableRun) -> None:
    """Writes the input of the run to ``folder``.

    Matrices are stored as int8. Of the word embeddings, only those of tokens that occur are kept,
    and token ids are renumbered accordingly.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG_FILE, HEAD_FILE):
        (folder / name).write_bytes((base / name).read_bytes())
    rows = np.unique(train.ids)
    pack_base(base, folder / _BASE, rows)
    small = np.min_scalar_type(len(rows))
    counted = replace(train, ids=np.searchsorted(rows, train.ids).astype(small))
    write_arrays(folder / _TRAIN, packed(counted))
    (folder / RUN).write_text(run.model_dump_json(indent=2), encoding="utf-8")


def unpack_base(folder: Path, target: Path) -> NDArray[np.int32]:
    """Writes the base in ``folder`` as an ordinary model folder; unused words are zero.

    Returns the original token id of each renumbered one.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG_FILE, HEAD_FILE):
        (target / name).write_bytes((folder / name).read_bytes())
    return unpack_weights(folder / _BASE, target)


def run_portable(folder: Path, out: Path, work: Path) -> None:
    """Trains what `prepare` wrote to ``folder``; ``whole`` and ``small`` go to ``out``."""
    run = PortableRun.model_validate_json((folder / RUN).read_text(encoding="utf-8"))
    rows = unpack_base(folder, work / "base")
    counted = unpacked(read_arrays(folder / _TRAIN))
    groups = replace(counted, ids=rows[counted.ids])
    began = time.monotonic()

    def log(line: str) -> None:
        print(f"{time.monotonic() - began:.0f} s: {line}", flush=True)

    whole = _Kept(work / "base", run.whole, out / "whole", log)
    whole.train(groups, lambda: "")
    if run.small is not None:
        half = keep_layers(whole.model, work / "base", work / "half", run.small.layers or 1)
        small = _Kept(half, run.small, out / "small", log, teacher=whole.model)
        small.train(groups, lambda: "")
    log("done")


class _Kept(ReaderTraining):
    """A training whose checkpoints are the files that are brought back."""

    def __init__(self, base: Path, run: ReaderRun, target: Path, log: Any, **more: Any) -> None:
        super().__init__(base, run, checkpoint=target.with_suffix(".pt"), log=log, **more)
        self._target = target

    def save(self) -> None:
        """Writes the files of `write_trained` as the checkpoint."""
        write_trained(self.model, self._target, self.facts())


def write_trained(model: ReaderModel, target: Path, facts: Mapping[str, Any]) -> None:
    """Writes trained weights as ``target.0``, ``target.1`` … and the facts of the run.

    The facts state the total number of bytes and are written last.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: values.detach().float().cpu().numpy().astype(np.float16)
        for name, values in model.state_dict().items()
        if not name.removeprefix("encoder.").startswith(FROZEN)
    }
    content = save(tensors)
    for number, at in enumerate(range(0, len(content), PIECE_BYTES)):
        piece = target.parent / f"{target.name}.{number}"
        piece.write_bytes(content[at : at + PIECE_BYTES])
    text = json.dumps({**facts, _BYTES: len(content)}, indent=2)
    (target.parent / f"{target.name}.{FACTS}").write_text(text, encoding="utf-8")


def read_trained(target: Path) -> Trained:
    """Reads what `write_trained` wrote. Raises `OSError` or `ValueError` if it is incomplete."""
    facts = json.loads((target.parent / f"{target.name}.{FACTS}").read_text(encoding="utf-8"))
    whole = int(facts[_BYTES])
    pieces = [
        (target.parent / f"{target.name}.{number}").read_bytes()
        for number in range(-(-whole // PIECE_BYTES))
    ]
    content = b"".join(pieces)
    if len(content) != whole:
        raise ValueError(f"{target.name} has {len(content)} of {whole} bytes; copy it again")
    return Trained(load(content), facts)


def mean_of(runs: Sequence[Trained], counts: Sequence[int]) -> Trained:
    """Averages the weights of successive runs, each of which continued the one before.

    ``counts`` are the weights of the runs in the mean. Steps, groups and minutes are summed; the
    settings are those of the last run.

    Source: M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models
    improves accuracy without increasing inference time", ICML 2022.
    """
    sums = {
        name: sum(
            count * np.asarray(run.weights[name], np.float32)
            for run, count in zip(runs, counts, strict=True)
        )
        for name in runs[-1].weights
    }
    weights = {name: np.asarray(value / sum(counts), np.float16) for name, value in sums.items()}
    counted = {name: sum(run.facts[name] for run in runs) for name in ("steps", "read", "minutes")}
    return Trained(weights, {**runs[-1].facts, **counted})


def take(model: ReaderModel, trained: Trained) -> None:
    """Loads ``trained`` into ``model``. Raises `ValueError` if the weights do not fit."""
    tensors = {n: torch.from_numpy(np.array(v, np.float32)) for n, v in trained.weights.items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    lacking = [n for n in missing if not n.removeprefix("encoder.").startswith(FROZEN)]
    if lacking or unexpected:
        raise ValueError(f"weights of another model: {(lacking + unexpected)[0]}")


def keep_layers(model: ReaderModel, base: Path, folder: Path, layers: int) -> Path:
    """Writes ``model`` with ``layers`` evenly spaced layers, including the first and the last."""
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((base / CONFIG_FILE).read_text(encoding="utf-8"))
    count = config["num_hidden_layers"]
    kept = [round(at) for at in np.linspace(0, count - 1, layers)]
    config["num_hidden_layers"] = layers
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2), encoding="utf-8")
    tensors = {}
    for name, values in model.encoder.state_dict().items():
        number = name.split(".")[2] if name.startswith("encoder.layer.") else None
        if number is None:
            tensors[name] = values.float().cpu().numpy()
        elif int(number) in kept:
            rest = name.removeprefix(f"encoder.layer.{number}.")
            at = kept.index(int(number))
            tensors[f"encoder.layer.{at}.{rest}"] = values.float().cpu().numpy()
    save_file(tensors, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    model.score.save(str(folder))
    return folder


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        run_portable(Path(sys.argv[1]), Path(sys.argv[2]), Path(scratch))
