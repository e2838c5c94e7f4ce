"""A dual encoder's training: InfoNCE over the passages of all questions of a batch.

Negatives of a question are the batch's other passages, with those that stand beside its answers; a
passage that answers another question of the batch, too, is none of its negatives. Word and position
embeddings stay as they are, so that what ships needs no copy of them.

Source: A. van den Oord, Y. Li and O. Vinyals, "Representation Learning with Contrastive Predictive
Coding", 2018.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel

from app.domain.devices import DEVICE_NAME
from app.models.devices import pick
from train.master_weights import MasterWeights
from train.reader.reader_model import FROZEN, chunks_of
from train.schedule import rate_factor

_ROUND: Final = 8
"""Lengths are padded to multiples of it, so that there are few shapes."""
_LARGEST_GRADIENT: Final = 1.0
_REPORT: Final = 25


class DualRun(BaseModel):
    """How a dual encoder is trained: for ``minutes``, by whose end the learning rate is zero."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = Field(2.0, gt=0.0)
    batch: int = Field(384, ge=2, description="questions")
    chunk_tokens: int = Field(32_768, ge=64, description="padded together")
    passage_tokens: int = Field(192, ge=8, le=512)
    learning_rate: float = Field(6e-5, gt=0.0)
    temperature: float = Field(0.02, gt=0.0)
    warmup: float = Field(0.06, ge=0.0, le=0.5)
    weight_decay: float = Field(0.01, ge=0.0)
    device: str = Field("cuda", pattern=DEVICE_NAME)
    seed: int = 5


class DualTraining:
    """Trains the encoder in the folder ``base``.

    ``arrays`` holds the tokens of all texts behind each other (``ids``) and their ``lengths``, and
    for each question its ``sources`` and ``places``: those of the question, of the passage that
    answers it, and of its negative or −1.
    """

    def __init__(self, base: Path, arrays: Mapping[str, NDArray[Any]], run: DualRun) -> None:
        self.run = run
        torch.manual_seed(run.seed)
        chosen = pick(run.device, setting="device")
        self.device = torch.device(chosen.name)
        self._product = chosen.product or f"{torch.get_num_threads()} cores"
        self._ids = torch.from_numpy(arrays["ids"].astype(np.int64)).to(self.device)
        self._lengths = arrays["lengths"].astype(np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)])
        self._places, self._sources = arrays["places"], arrays["sources"]
        on_card = self.device.type != "cpu"
        self.encoder: Any = AutoModel.from_pretrained(
            base, add_pooling_layer=False, local_files_only=True,
            attn_implementation="sdpa" if on_card else "eager",
            dtype=torch.bfloat16 if on_card else torch.float32,
        ).to(self.device)  # fmt: skip
        self.pad = int(self.encoder.config.pad_token_id or 0)
        for name, weights in self.encoder.named_parameters():
            weights.requires_grad = not name.startswith(FROZEN)
        trained = [(n, p) for n, p in self.encoder.named_parameters() if p.requires_grad]
        self._names, self._trained = [n for n, _ in trained], [p for _, p in trained]
        self._masters = MasterWeights(self._trained)
        self._optimizer = torch.optim.AdamW(
            self._masters.masters, lr=self.run.learning_rate, weight_decay=self.run.weight_decay
        )

    def train(self, log: Callable[[str], None]) -> dict[str, Any]:
        """Learns until the minutes are spent; returns what it did."""
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
        of = len(self._places)
        return {"steps": step, "questions": seen, "of": of, "device": self._product}

    def learn(self, batch: NDArray[np.int64]) -> Tensor:
        """One step; says its loss, for which a card is not waited for."""
        places = self._places[batch]
        passages = list(dict.fromkeys([*places[:, 1], *places[places[:, 2] >= 0, 2]]))
        at = {text: number for number, text in enumerate(passages)}
        texts = np.array([*places[:, 0], *passages], np.int64)
        chunks = chunks_of(self._lengths[texts], most=self.run.chunk_tokens)
        self.encoder.train()
        parts = torch.cat([self._embed(texts[chunk]) for chunk in chunks])
        vectors = parts[torch.from_numpy(np.argsort(np.concatenate(chunks))).to(self.device)]
        count = len(batch)
        scores = vectors[:count] @ vectors[count:].T / self.run.temperature
        right = torch.tensor([at[text] for text in places[:, 1]], device=self.device)
        loss = functional.cross_entropy(scores, right)
        self.encoder.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self._masters.take_gradients()
        torch.nn.utils.clip_grad_norm_(self._masters.masters, _LARGEST_GRADIENT)
        self._optimizer.step()
        self._masters.write_back()
        return loss.detach()

    def embed(self, texts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of texts at these places, ``(n, dimension)``, of length 1."""
        self.encoder.eval()
        vectors: NDArray[np.float32] | None = None
        with torch.inference_mode():
            for chunk in chunks_of(self._lengths[texts], most=self.run.chunk_tokens):
                part = self._embed(texts[chunk]).cpu().numpy()
                if vectors is None:
                    vectors = np.zeros((len(texts), part.shape[1]), np.float32)
                vectors[chunk] = part
        return np.zeros((0, 1), np.float32) if vectors is None else vectors

    def weights(self) -> dict[str, Tensor]:
        """Float32 copies of the weights that are trained, by name."""
        masters = zip(self._names, self._masters.masters, strict=True)
        return {name: master.detach().clone() for name, master in masters}

    def put(self, weights: Mapping[str, Tensor]) -> None:
        """Sets the weights that are trained."""
        with torch.no_grad():
            for name, weight in zip(self._names, self._trained, strict=True):
                weight.copy_(weights[name])

    def _embed(self, texts: NDArray[np.int64]) -> Tensor:
        longest = -(-int(self._lengths[texts].max()) // _ROUND) * _ROUND
        starts = torch.from_numpy(self._starts[texts]).to(self.device)[:, None]
        lengths = torch.from_numpy(self._lengths[texts]).to(self.device)[:, None]
        at = torch.arange(longest, device=self.device)[None, :]
        mask = at < lengths
        ids = torch.where(mask, self._ids[torch.where(mask, starts + at, 0)], self.pad)
        states = self.encoder(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        states = states.float().masked_fill(~mask[..., None], 0.0)
        return functional.normalize(states.sum(1) / lengths, dim=-1)

    def _batches(self) -> Iterator[NDArray[np.int64]]:
        """Batches of one source each, in random order, without end; what is left over is mixed."""
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
