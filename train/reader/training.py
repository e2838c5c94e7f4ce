"""The training loop of a reader: it runs for a given time and resumes from a checkpoint.

On a CPU, the chunks of a batch run in parallel, one per thread. That is 1.5 times as fast as all
threads on one chunk, because no thread waits for the slowest core. Their gradients are added in the
order of the chunks. On other devices they run one after the other.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from app.models.devices import pick
from train.master_weights import MasterWeights
from train.reader.reader_model import ReaderModel, TokenTensors, chunks_of, groups_loss
from train.reader.run_settings import ReaderRun
from train.reader.token_groups import NOWHERE, TokenGroups
from train.schedule import rate_factor

_CENTRING: Final = 60
"""Number of groups from which the initial bias is estimated."""
_REPORT: Final = 50
_LARGEST_GRADIENT: Final = 1.0

_Read = tuple[Tensor, Tensor, Tensor]
"""Logits of a chunk, the summed loss of its answer positions, and their number."""


class ReaderTraining:
    """Trains the cross-encoder in ``folder`` and keeps its state in ``checkpoint``.

    With a ``teacher``, it also learns from the teacher's logits, weighted by ``distil`` of the run.
    """

    def __init__(
        self,
        folder: Path,
        run: ReaderRun,
        *,
        checkpoint: Path,
        log: Callable[[str], None],
        teacher: ReaderModel | None = None,
    ) -> None:
        torch.manual_seed(run.seed)
        chosen = pick(run.device, setting="device")
        self.device = torch.device(chosen.name)
        self._product = chosen.product or f"{torch.get_num_threads()} cores"
        self.model = ReaderModel(folder, bfloat16=run.bfloat16, device=self.device)
        self.step = self.seen = 0
        self.spent_s = 0.0
        self._run = run
        self._checkpoint = checkpoint
        self._log = log
        self._teacher = teacher.eval() if teacher is not None else None
        encoder = [p for p in self.model.encoder.parameters() if p.requires_grad]
        heads = [*self.model.score.parameters(), *self.model.place.parameters()]
        self._trained = [*encoder, *heads]
        self._masters = MasterWeights(self._trained)
        masters = self._masters.masters
        self._optimizer = torch.optim.AdamW(
            [{"params": masters[: len(encoder)]}, {"params": masters[len(encoder) :]}],
            lr=run.learning_rate,
            weight_decay=run.weight_decay,
            foreach=self.device.type == "cpu",
            fused=self.device.type == "cuda",
        )
        self._learning: Callable[..., Any] = self.model
        if run.compiled:
            self._learning = torch.compile(self.model, dynamic=True)
        self._map: Callable[..., Any] = map
        if self.device.type == "cpu":
            workers = max(torch.get_num_threads(), 1)
            self._map = ThreadPoolExecutor(
                workers, initializer=torch.set_num_threads, initargs=(1,)
            ).map
        if checkpoint.is_file():
            self._take_up()

    def train(self, groups: TokenGroups, check: Callable[[], str]) -> None:
        """Trains until the minutes are spent; ``check`` describes the current model for the log."""
        whole_s = self._run.minutes * 60
        began, before = time.monotonic(), self.spent_s
        saved = checked = began
        tensors = self._on_device(groups)
        if self.step == 0:
            self._centre(groups, tensors)
        losses: list[Tensor] = []
        for batch in self._batches(len(groups)):
            now = time.monotonic()
            self.spent_s = before + now - began
            if self.spent_s >= whole_s:
                break
            if now - saved > self._run.checkpoint_minutes * 60:
                self.save()
                saved = now
            if now - checked > self._run.check_minutes * 60:
                self._log(check())
                checked = now
            self._set_rate(self.spent_s / whole_s)
            losses.append(self._learn(groups, tensors, batch))
            self.step += 1
            self.seen += len(batch)
            if self.step % _REPORT == 0:
                self._log(
                    f"step {self.step}, {self.seen:,} groups, {self.spent_s / 60:.1f} min, "
                    f"loss {float(torch.stack(losses).mean()):.4f}"
                )
                losses = []
        self.save()

    def logits(self, groups: TokenGroups) -> list[list[float]]:
        """Computes the logit of each statement of each group, without training."""
        return groups.by_group(self._logits(groups, self._on_device(groups)).tolist())

    def facts(self) -> dict[str, Any]:
        """Facts about the run so far, as plain values."""
        return {
            "device": self._product,
            "torch": torch.__version__,
            "steps": self.step,
            "read": self.seen,
            "minutes": self.spent_s / 60,
            "run": self._run.model_dump(),
        }

    def save(self) -> None:
        """Writes the checkpoint atomically."""
        part = self._checkpoint.with_suffix(".part")
        state = {
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "seen": self.seen,
            "spent": self.spent_s,
        }
        torch.save(state, part)
        part.replace(self._checkpoint)

    def _on_device(self, groups: TokenGroups) -> TokenTensors:
        return TokenTensors(groups, self.device, pad=self.model.pad)

    def _logits(self, groups: TokenGroups, tensors: TokenTensors) -> Tensor:
        self.model.eval()
        logits = torch.empty(len(groups.answers))
        with torch.inference_mode():
            for chunk in chunks_of(groups.lengths, most=2 * self._run.chunk_tokens):
                logits[torch.from_numpy(chunk)] = self.model(tensors.batch(chunk))[0].cpu()
        return logits

    def _batches(self, groups: int) -> Iterator[list[int]]:
        """Yields batches without end, from where the run stopped; each epoch has its own order."""
        round_, skip = divmod(self.seen, groups)
        while True:
            order = list(range(groups))
            random.Random(self._run.seed + round_).shuffle(order)  # noqa: S311 - an order, no secret
            for at in range(skip, groups, self._run.batch_groups):
                yield order[at : at + self._run.batch_groups]
            round_, skip = round_ + 1, 0

    def _set_rate(self, share: float) -> None:
        factor = rate_factor(share, warmup=self._run.warmup)
        rates = (self._run.learning_rate, self._run.head_learning_rate)
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor

    def _centre(self, groups: TokenGroups, tensors: TokenTensors) -> None:
        """Sets the bias so that untrained logits match the share of statements that answer."""
        rows = groups.statements_of(range(min(_CENTRING, len(groups))))
        with torch.inference_mode():
            chunks = chunks_of(groups.lengths[rows], most=self._run.chunk_tokens)
            logits = [self.model(tensors.batch(rows[chunk]))[0] for chunk in chunks]
        answers = groups.answers[rows]
        odds = (answers.sum() + 0.5) / (len(answers) - answers.sum() + 0.5)
        with torch.no_grad():
            self.model.score.first.bias.add_(math.log(odds) - float(torch.cat(logits).mean()))

    def _learn(self, groups: TokenGroups, tensors: TokenTensors, batch: Sequence[int]) -> Tensor:
        """Makes one step and returns the loss of the logits without waiting for the device."""
        self.model.train()
        rows = groups.statements_of(batch)
        chunks = chunks_of(groups.lengths[rows], most=self._run.chunk_tokens)[::-1]
        padded = [tensors.batch(rows[chunk]) for chunk in chunks]
        read: list[_Read] = list(self._map(self._read, padded))
        logits = torch.empty(len(rows), device=self.device)
        teacher_logits = None if self._teacher is None else torch.empty_like(logits)
        for chunk, part, (scores, _, _) in zip(chunks, padded, read, strict=True):
            logits[chunk] = scores.detach()
            if self._teacher is not None and teacher_logits is not None:
                with torch.no_grad():
                    teacher_logits[chunk] = self._teacher(part)[0]
        logits.requires_grad_()
        loss = groups_loss(
            logits,
            torch.from_numpy(groups.answers[rows]).to(self.device),
            groups.sizes(batch),
            listwise=self._run.listwise,
            binary=self._run.binary,
            teacher=teacher_logits,
            distil=self._run.distil,
        )
        (wanted,) = torch.autograd.grad(loss, logits)
        answer_count = torch.stack([count for _, _, count in read]).sum()
        share = self._run.span / answer_count.clamp(min=1)

        def back(work: tuple[NDArray[np.int64], _Read]) -> tuple[Tensor | None, ...]:
            chunk, (scores, places, _) = work
            return torch.autograd.grad(
                (scores, places), self._trained, (wanted[chunk], share), allow_unused=True
            )

        for weights in self._trained:
            weights.grad = None
        for gradients in self._map(back, zip(chunks, read, strict=True)):
            for weights, gradient in zip(self._trained, gradients, strict=True):
                if gradient is not None:
                    so_far = weights.grad
                    weights.grad = gradient if so_far is None else so_far.add(gradient)
        self._masters.take_gradients()
        torch.nn.utils.clip_grad_norm_(self._masters.masters, _LARGEST_GRADIENT)
        self._optimizer.step()
        self._masters.write_back()
        return loss.detach()

    def _read(self, batch: Any) -> _Read:
        scores, where = self._learning(batch)
        places = functional.cross_entropy(
            where, batch.places, ignore_index=NOWHERE, reduction="sum"
        )
        return scores, places, (batch.places[:, 0] != NOWHERE).sum()

    def _take_up(self) -> None:
        saved = torch.load(self._checkpoint, weights_only=True, map_location=self.device)
        self.model.load_state_dict(saved["model"])
        self._masters.read_again()
        self._optimizer.load_state_dict(saved["optimizer"])
        self.step, self.seen = saved["step"], saved["seen"]
        self.spent_s = saved["spent"]
        self._log(f"taken up at step {self.step}, {self.spent_s / 60:.1f} min")
