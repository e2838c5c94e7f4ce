"""Training of a dual encoder on another machine, exchanged as small files.

::

    python -m train.dual_encoder.portable prepare TRIPLES BASE FOLDER [name=value …]
    python -m train.dual_encoder.portable run FOLDER OUT
    python -m train.dual_encoder.portable take BASE OUT MODEL [share]

``run`` is for the other machine, which needs torch and no network. ``take`` writes the model, in
which the base keeps 1 − share of the weights.

The loss is InfoNCE over the passages of all questions in a batch and their negatives. A passage
that also answers another question of the batch is not a negative of it. Word and position
embeddings are frozen, so that a shipped model needs no copy of them.

Source: A. van den Oord, Y. Li and O. Vinyals, "Representation Learning with Contrastive Predictive
Coding", 2018; the share of the base's weights: M. Wortsman et al., "Robust fine-tuning of zero-shot
models", CVPR 2022.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel

from app.models.bundled.packed_weights import CONFIG_FILE, WEIGHTS_FILE
from train.reader.reader_model import FROZEN, chunks_of
from train.schedule import rate_factor
from train.transfer.weights import pack_base, read_arrays, unpack_weights, write_arrays

RUN: Final = "run.json"
LOG: Final = "log.json"
TRAINED: Final = "encoder.safetensors"
_PAIRS: Final = "pairs.xz"
_BASE: Final = "base"
_QUERY: Final = "query: "
_PASSAGE: Final = "passage: "
_ROUND: Final = 8
"""Lengths are padded to multiples of it, so that few tensor shapes occur."""
_LARGEST_GRADIENT: Final = 1.0
_REPORT: Final = 25


class DualRun(BaseModel):
    """Settings of a run; the learning rate falls to zero within ``minutes``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = Field(2.0, gt=0.0)
    batch: int = Field(384, ge=2, description="questions per batch")
    chunk_tokens: int = Field(32_768, ge=64, description="tokens per chunk, padding included")
    query_tokens: int = Field(64, ge=8, le=512)
    passage_tokens: int = Field(192, ge=8, le=512)
    learning_rate: float = Field(6e-5, gt=0.0)
    temperature: float = Field(0.02, gt=0.0)
    warmup: float = Field(0.06, ge=0.0, le=0.5)
    weight_decay: float = Field(0.01, ge=0.0)
    device: str = Field("cuda", pattern=r"^(cpu|cuda|mps)$")
    seed: int = 5


def prepare(triples: Path, base: Path, folder: Path, run: DualRun) -> None:
    """Writes the input of the run to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    raw = [json.loads(line) for line in triples.read_text(encoding="utf-8").splitlines()]
    sources = sorted({item["source"] for item in raw})
    texts: dict[str, int] = {"": -1}
    places = np.full((len(raw), 3), -1, np.int32)
    for row, item in zip(places, raw, strict=True):
        named = (_QUERY + item["query"], _PASSAGE + item["positive"])
        negative = _PASSAGE + item["negative"] if item["negative"] else ""
        row[:] = [texts.setdefault(text, len(texts) - 1) for text in (*named, negative)]
    tokenizer.enable_truncation(run.passage_tokens)
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts)[1:])]
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
    (folder / RUN).write_text(run.model_dump_json(indent=2), encoding="utf-8")


class DualTraining:
    """Trains the encoder that `prepare` wrote to ``folder``."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.run = DualRun.model_validate_json((folder / RUN).read_text(encoding="utf-8"))
        torch.manual_seed(self.run.seed)
        rows = unpack_weights(folder / _BASE, work)
        shutil.copyfile(folder / CONFIG_FILE, work / CONFIG_FILE)
        arrays = read_arrays(folder / _PAIRS)
        self.device = torch.device(self.run.device)
        self._ids = torch.from_numpy(rows[arrays["ids"]].astype(np.int64)).to(self.device)
        self._lengths = arrays["lengths"].astype(np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)])
        self._places, self._sources = arrays["places"], arrays["sources"]
        attention = "eager" if self.device.type == "cpu" else "sdpa"
        self.encoder: Any = AutoModel.from_pretrained(
            work, add_pooling_layer=False, local_files_only=True, attn_implementation=attention,
            dtype=torch.float32,
        ).to(self.device)  # fmt: skip
        self.pad = int(self.encoder.config.pad_token_id or 0)
        for name, weights in self.encoder.named_parameters():
            weights.requires_grad = not name.startswith(FROZEN)
        self._trained = [p for p in self.encoder.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._trained, lr=self.run.learning_rate, weight_decay=self.run.weight_decay
        )

    def train(self, log: Any) -> dict[str, Any]:
        """Trains until the minutes are spent; returns facts about the run."""
        began, step, seen, losses = time.monotonic(), 0, 0, []
        whole = self.run.minutes * 60
        for batch in self._batches():
            share = (time.monotonic() - began) / whole
            if share >= 1:
                break
            for group in self._optimizer.param_groups:
                group["lr"] = self.run.learning_rate * rate_factor(share, warmup=self.run.warmup)
            losses.append(self.learn(batch))
            step, seen = step + 1, seen + len(batch)
            if step % _REPORT == 0:
                mean = float(torch.stack(losses).mean())
                log(f"step {step}, {seen:,} questions, {share:.2f} of the time, loss {mean:.4f}")
                losses = []
        return {"steps": step, "questions": seen, "of": len(self._places)}

    def learn(self, batch: NDArray[np.int64]) -> Tensor:
        """Makes one step and returns its loss without waiting for the device."""
        places = self._places[batch]
        passages = list(dict.fromkeys([*places[:, 1], *places[places[:, 2] >= 0, 2]]))
        at = {text: number for number, text in enumerate(passages)}
        texts = np.array([*places[:, 0], *passages], np.int64)
        chunks = chunks_of(self._lengths[texts], most=self.run.chunk_tokens)
        self.encoder.train()
        parts = [self._embed(texts[chunk]) for chunk in chunks]
        vectors = torch.empty(len(texts), parts[0].shape[1], device=self.device)
        for chunk, part in zip(chunks, parts, strict=True):
            vectors[torch.from_numpy(chunk).to(self.device)] = part.detach()
        vectors.requires_grad_()
        count = len(batch)
        scores = vectors[:count] @ vectors[count:].T / self.run.temperature
        right = torch.tensor([at[text] for text in places[:, 1]], device=self.device)
        loss = functional.cross_entropy(scores, right)
        (wanted,) = torch.autograd.grad(loss, vectors)
        self._optimizer.zero_grad(set_to_none=True)
        for chunk, part in zip(chunks, parts, strict=True):
            torch.autograd.backward(part, wanted[torch.from_numpy(chunk).to(self.device)])
        torch.nn.utils.clip_grad_norm_(self._trained, _LARGEST_GRADIENT)
        self._optimizer.step()
        return loss.detach()

    def _embed(self, texts: NDArray[np.int64]) -> Tensor:
        longest = -(-int(self._lengths[texts].max()) // _ROUND) * _ROUND
        starts = torch.from_numpy(self._starts[texts]).to(self.device)[:, None]
        lengths = torch.from_numpy(self._lengths[texts]).to(self.device)[:, None]
        at = torch.arange(longest, device=self.device)[None, :]
        mask = at < lengths
        ids = torch.where(mask, self._ids[torch.where(mask, starts + at, 0)], self.pad)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        states = states.float().masked_fill(~mask[..., None], 0.0)
        return functional.normalize(states.sum(1) / lengths, dim=-1)

    def _batches(self) -> Iterator[NDArray[np.int64]]:
        """Yields batches of one source each, in random order, without end; remainders are mixed."""
        rng = random.Random(self.run.seed)  # noqa: S311 - an order, no secret
        while True:
            batches: list[list[int]] = []
            left: list[int] = []
            for source in np.unique(self._sources):
                own = np.flatnonzero(self._sources == source).tolist()
                rng.shuffle(own)
                cut = len(own) - len(own) % self.run.batch
                batches += [own[i : i + self.run.batch] for i in range(0, cut, self.run.batch)]
                left += own[cut:]
            rng.shuffle(left)
            batches += [left[i : i + self.run.batch] for i in range(0, len(left), self.run.batch)]
            rng.shuffle(batches)
            yield from (np.array(batch, np.int64) for batch in batches)


def train(folder: Path, out: Path) -> None:
    """Trains what is in ``folder`` and writes the weights to ``out`` as float16."""
    began = time.monotonic()

    def log(line: str) -> None:
        print(f"{time.monotonic() - began:.0f} s: {line}", flush=True)

    with tempfile.TemporaryDirectory() as work:
        training = DualTraining(folder, Path(work))
        facts = training.train(log)
    tensors = {
        name: values.detach().cpu().numpy().astype(np.float16)
        for name, values in training.encoder.state_dict().items()
        if not name.startswith(FROZEN)
    }
    out.mkdir(parents=True, exist_ok=True)
    halves = sorted(tensors)
    for number, names in enumerate(np.array_split(np.array(halves), 4)):
        save_file({name: tensors[name] for name in names}, out / f"{number}.{TRAINED}")
    (out / LOG).write_text(json.dumps(facts | {"run": training.run.model_dump()}, indent=2))
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
        triples, base, folder, *given = paths
        run = DualRun.model_validate(dict(item.split("=", 1) for item in given))
        prepare(Path(triples), Path(base), Path(folder), run)
    elif verb == "run":
        train(Path(paths[0]), Path(paths[1]))
    else:
        base, trained, model, *share = paths
        take(Path(base), Path(trained), Path(model), float(share[0]) if share else 1.0)


if __name__ == "__main__":
    main(sys.argv[1:])
