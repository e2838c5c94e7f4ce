"""Training of a dual encoder on another machine, exchanged as small files.

::

    python -m train.dual_encoder.portable prepare TRIPLES BASE FOLDER [SET …] [name=value …]
    python -m train.dual_encoder.portable run FOLDER OUT
    python -m train.dual_encoder.portable take BASE OUT MODEL SHARE
    python -m train.dual_encoder.portable card TRIPLES OUT MODEL SHARE LICENCES < WORDS

``run`` is for the other machine, which needs torch and no network. It measures several shares of
what was trained on the judged SETs, and writes the scores to ``log.json``. ``take`` writes the
model, in which the base keeps 1 − SHARE of the weights, and ``card`` its card.

Source of the share of the base's weights: M. Wortsman et al., "Robust fine-tuning of zero-shot
models", CVPR 2022.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from app.models.bundled.catalogue import E5_SMALL, EMBEDDER_SMALL
from app.models.bundled.packed_weights import CONFIG_FILE, WEIGHTS_FILE
from train.dual_encoder.card import write_card
from train.dual_encoder.judged import JudgedTexts, measured, packed_judged, read_judged
from train.dual_encoder.training import DualRun, DualTraining
from train.transfer.weights import pack_base, read_arrays, unpack_weights, write_arrays

RUN: Final = "run.json"
LOG: Final = "log.json"
CARD: Final = "README.md"
TRAINED: Final = "encoder.safetensors"
_PAIRS: Final = "pairs.xz"
_JUDGED: Final = "judged.xz"
_BASE: Final = "base"
SHARES: Final = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
"""Shares of what was trained that judged sets are measured with."""


def prepare(
    triples: Path, base: Path, folder: Path, run: DualRun, judged: Sequence[JudgedTexts] = ()
) -> None:
    """Writes what the run needs into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    with triples.open(encoding="utf-8") as lines:
        raw = [json.loads(line) for line in lines]
    sources = sorted({item["source"] for item in raw})
    texts: dict[str, int] = {}

    def place(kind: str, text: str) -> int:
        return texts.setdefault(f"{kind}: {text}", len(texts))

    places = np.full((len(raw), 3), -1, np.int32)
    for row, item in zip(places, raw, strict=True):
        row[0], row[1] = place("query", item["query"]), place("passage", item["positive"])
        if item["negative"]:
            row[2] = place("passage", item["negative"])
    sets = packed_judged(judged, place)
    tokenizer.enable_truncation(run.passage_tokens)
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
    flat = np.concatenate([np.array(one, np.int32) for one in ids])
    rows = np.unique(flat)
    pack_base(base, folder / _BASE, rows)
    shutil.copyfile(base / CONFIG_FILE, folder / CONFIG_FILE)
    write_arrays(
        folder / _PAIRS,
        {
            "ids": np.searchsorted(rows, flat).astype(np.min_scalar_type(len(rows))),
            "lengths": np.array([len(one) for one in ids], np.int16),
            "places": places,
            "sources": np.array([sources.index(item["source"]) for item in raw], np.int16),
        },
    )
    write_arrays(folder / _JUDGED, sets)
    (folder / RUN).write_text(run.model_dump_json(indent=2), encoding="utf-8")


def unpacked(folder: Path) -> DualTraining:
    """The training that `prepare` wrote into ``folder``."""
    run = DualRun.model_validate_json((folder / RUN).read_text(encoding="utf-8"))
    arrays = read_arrays(folder / _PAIRS)
    with tempfile.TemporaryDirectory() as work:
        rows = unpack_weights(folder / _BASE, Path(work))
        shutil.copyfile(folder / CONFIG_FILE, Path(work) / CONFIG_FILE)
        return DualTraining(Path(work), arrays | {"ids": rows[arrays["ids"]]}, run)


def train(folder: Path, out: Path) -> None:
    """Trains what is in ``folder`` and writes the weights to ``out`` as float16."""
    began = time.monotonic()

    def log(line: str) -> None:
        print(f"{time.monotonic() - began:.0f} s: {line}", flush=True)

    training = unpacked(folder)
    base = training.weights()
    facts = training.train(log)
    trained = training.weights()
    tensors = {name: values.cpu().numpy().astype(np.float16) for name, values in trained.items()}
    out.mkdir(parents=True, exist_ok=True)
    for number, names in enumerate(np.array_split(np.array(sorted(tensors)), 4)):
        save_file({name: tensors[name] for name in names}, out / f"{number}.{TRAINED}")
    log("trained")
    judged = read_arrays(folder / _JUDGED)
    scores = {}
    for share in SHARES if judged else ():
        training.put({name: torch.lerp(base[name], trained[name], share) for name in base})
        scores[f"{share:g}"] = measured(judged, training.embed)
    facts |= {"run": training.run.model_dump(), "judged": scores}
    (out / LOG).write_text(json.dumps(facts, indent=2), encoding="utf-8")
    log("done")


def take(base: Path, trained: Path, model: Path, share: float) -> None:
    """Writes ``base`` with ``share`` of the way to the trained encoder weights (interpolation)."""
    shutil.copytree(base, model)
    tensors: dict[str, Any] = load_file(base / WEIGHTS_FILE)
    for file in sorted(trained.glob(f"*.{TRAINED}")):
        for name, values in load_file(file).items():
            was = tensors[name].astype(np.float32)
            moved = (1 - share) * was + share * values.astype(np.float32)
            tensors[name] = moved.astype(tensors[name].dtype)
    save_file(tensors, model / WEIGHTS_FILE, metadata={"format": "pt"})


def main(arguments: Sequence[str]) -> None:
    """Runs a command of the module."""
    verb, *paths = arguments
    if verb == "prepare":
        triples, base, folder, *rest = paths
        given = dict(item.split("=", 1) for item in rest if "=" in item)
        judged = [read_judged(Path(item)) for item in rest if "=" not in item]
        prepare(Path(triples), Path(base), Path(folder), DualRun.model_validate(given), judged)
    elif verb == "run":
        train(Path(paths[0]), Path(paths[1]))
    elif verb == "take":
        base, trained, model, share = paths
        take(Path(base), Path(trained), Path(model), float(share))
    else:
        triples, trained, model, share, licences = paths
        with Path(triples).open(encoding="utf-8") as lines:
            sources = Counter(json.loads(line)["source"] for line in lines)
        card = write_card(
            json.loads((Path(trained) / LOG).read_text(encoding="utf-8")),
            share=float(share),
            base=E5_SMALL.id,
            sources=sources,
            licence=EMBEDDER_SMALL.licence,
            licences=json.loads(Path(licences).read_text(encoding="utf-8")),
            words=sys.stdin.read().strip(),
        )
        (Path(model) / CARD).write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
