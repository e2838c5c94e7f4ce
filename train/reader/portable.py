"""A run that is carried to another machine and back, in small files.

::

    rag train reader DATA … --out RUN --prepare FOLDER        here: tokens and base, a few MB
    python -m train.reader.portable FOLDER OUT                there: needs torch, no network
    rag train reader DATA … --out RUN --trained OUT/small     here: scale, scores, card

There, the base learns with all its layers; then, unless the run is of all layers itself, a reader
of as many layers as it says learns from that one. ``FOLDER/run.json`` has their settings. What
comes back are the trained weights as float16, in pieces of a size that most transfers take, at the
end and each ``checkpoint_minutes`` before it.
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
from train.carrying.token_groups import packed, unpacked
from train.carrying.weights import pack_base, read_arrays, unpack_weights, write_arrays
from train.reader.model import FROZEN, ReaderModel
from train.reader.settings import PortableRun, ReaderRun
from train.reader.tokens import TokenGroups
from train.reader.training import ReaderTraining

RUN: Final = "run.json"
FACTS: Final = "facts.json"
PIECE_BYTES: Final = 15 * 2**20
_BYTES: Final = "bytes"
_BASE: Final = "base.xz"
_TRAIN: Final = "train.xz"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run brought back: weights by name, and the facts of the run for its card."""

    weights: Mapping[str, NDArray[np.float16]]
    facts: Mapping[str, Any]


def prepare(folder: Path, base: Path, train: TokenGroups, run: PortableRun) -> None:
    """Writes what the run needs into ``folder``.

    Matrices become int8; of the word embeddings, those of the tokens that occur are kept, and
    tokens are counted among these.
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
    """Writes the base in ``folder`` as an ordinary folder; words that do not occur are zero.

    Returns the token that each number in the groups stands for.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG_FILE, HEAD_FILE):
        (target / name).write_bytes((folder / name).read_bytes())
    return unpack_weights(folder / _BASE, target)


def run_portable(folder: Path, out: Path, work: Path) -> None:
    """Trains what `prepare` wrote into ``folder``; ``whole`` and ``small`` go to ``out``."""
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
    """A training whose checkpoints are what is brought back."""

    def __init__(self, base: Path, run: ReaderRun, target: Path, log: Any, **more: Any) -> None:
        super().__init__(base, run, checkpoint=target.with_suffix(".pt"), log=log, **more)
        self._target = target

    def save(self) -> None:
        """Writes `write_trained`'s files in place of a checkpoint."""
        write_trained(self.model, self._target, self.facts())


def write_trained(model: ReaderModel, target: Path, facts: Mapping[str, Any]) -> None:
    """Writes the weights that were trained as ``target.0``, ``target.1`` … and their facts.

    The facts say how many bytes belong together, and are written last.
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
    """What `write_trained` wrote. Raises `OSError` or `ValueError` where it is not there whole."""
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
    """The mean of the weights of runs of which each went on from the one before.

    A run counts as often as ``counts`` says. The steps, groups and minutes are the sums, and the
    settings those of the last.

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
    """Gives ``model`` the weights of ``trained``. Raises `ValueError` where they are others'."""
    tensors = {n: torch.from_numpy(np.array(v, np.float32)) for n, v in trained.weights.items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    lacking = [n for n in missing if not n.removeprefix("encoder.").startswith(FROZEN)]
    if lacking or unexpected:
        raise ValueError(f"weights of another model: {(lacking + unexpected)[0]}")


def keep_layers(model: ReaderModel, base: Path, folder: Path, layers: int) -> Path:
    """Writes ``model`` with ``layers`` of its layers, evenly spaced, the first and last of them."""
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
