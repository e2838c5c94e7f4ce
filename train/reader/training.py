"""A reader's training: a stream of groups for a given time, taken up again where it was cut off.

Chunks of a batch run beside each other, one a thread, which on CPUs is half as fast again as all
threads on each chunk, and does not wait for the slowest core. Their gradients are added in the
order of the chunks.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from app.models.statement_pairs import Laid, lay_out
from train.reader.groups import Group, Said
from train.reader.model import ReaderModel, chunks_of, group_loss, place_of
from train.reader.settings import ReaderRun

_MOST_OF_IT: Final = 0.8
"""An answer that is more of its statement than this has no place to be learnt."""
_CENTRING: Final = 60
"""Groups by which the first bias is set."""
_REPORT: Final = 50
_LOWEST_RATE: Final = 0.01
_LARGEST_GRADIENT: Final = 1.0


class ReaderTraining:
    """Trains the cross-encoder in ``folder``; ``checkpoint`` is where it is kept meanwhile."""

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        run: ReaderRun,
        *,
        checkpoint: Path,
        log: Callable[[str], None],
    ) -> None:
        torch.manual_seed(run.seed)
        self.model = ReaderModel(folder, bfloat16=run.bfloat16)
        self.step = self.seen = 0
        self.spent_s = 0.0
        self._run = run
        self._tokenizer = tokenizer
        self._checkpoint = checkpoint
        self._log = log
        encoder = [p for p in self.model.encoder.parameters() if p.requires_grad]
        heads = [*self.model.score.parameters(), *self.model.place.parameters()]
        self._trained = [*encoder, *heads]
        self._optimizer = torch.optim.AdamW(
            [{"params": encoder}, {"params": heads}],
            lr=run.learning_rate,
            weight_decay=run.weight_decay,
            foreach=True,
        )
        self._workers = ThreadPoolExecutor(
            max(torch.get_num_threads(), 1), initializer=torch.set_num_threads, initargs=(1,)
        )
        if checkpoint.is_file():
            self._take_up()

    def train(self, groups: Sequence[Group], check: Callable[[], str]) -> None:
        """Learns until the minutes are spent; ``check`` says how the model does, for the log."""
        whole_s = self._run.minutes * 60
        began, before = time.monotonic(), self.spent_s
        saved = checked = began
        if self.step == 0:
            self._centre(groups[:_CENTRING])
        losses: list[float] = []
        for batch in self._batches(groups):
            now = time.monotonic()
            self.spent_s = before + now - began
            if self.spent_s >= whole_s:
                break
            if now - saved > self._run.checkpoint_minutes * 60:
                self._save()
                saved = now
            if now - checked > self._run.check_minutes * 60:
                self._log(check())
                checked = now
            self._set_rate(self.spent_s / whole_s)
            losses.append(self._learn(batch))
            self.step += 1
            self.seen += len(batch)
            if self.step % _REPORT == 0:
                self._log(
                    f"step {self.step}, {self.seen:,} groups, {self.spent_s / 60:.1f} min, "
                    f"loss {math.fsum(losses) / len(losses):.4f}"
                )
                losses = []
        self._save()

    def logits(self, groups: Sequence[Group]) -> list[list[float]]:
        """The model's logit of each statement of each group, without learning from them."""
        self.model.eval()
        pairs = self._lay_out(groups)
        logits = torch.empty(len(pairs))
        with torch.inference_mode():
            for chunk in chunks_of(pairs, most=2 * self._run.chunk_tokens):
                logits[chunk] = self.model([pairs[i] for i in chunk])[0]
        values = iter(logits.tolist())
        return [[next(values) for _ in group.said] for group in groups]

    def _batches(self, groups: Sequence[Group]) -> Iterator[list[Group]]:
        """Without end, from where the run was; each round has an order of its own."""
        round_, skip = divmod(self.seen, len(groups))
        while True:
            order = list(range(len(groups)))
            random.Random(self._run.seed + round_).shuffle(order)  # noqa: S311 - an order, no secret
            for at in range(skip, len(order), self._run.batch_groups):
                yield [groups[i] for i in order[at : at + self._run.batch_groups]]
            round_, skip = round_ + 1, 0

    def _set_rate(self, share: float) -> None:
        warmup = self._run.warmup
        factor = share / warmup if share < warmup else (1 - share) / (1 - warmup)
        rates = (self._run.learning_rate, self._run.head_learning_rate)
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * max(factor, _LOWEST_RATE)

    def _centre(self, groups: Sequence[Group]) -> None:
        """Sets the bias so that untrained logits say what share of the statements answers."""
        logits = [logit for part in self.logits(groups) for logit in part]
        answers = [said.answers for group in groups for said in group.said]
        odds = (sum(answers) + 0.5) / (len(answers) - sum(answers) + 0.5)
        with torch.no_grad():
            self.model.score.first.bias.add_(math.log(odds) - math.fsum(logits) / len(logits))

    def _lay_out(self, groups: Sequence[Group]) -> list[Laid]:
        return [
            pair
            for group in groups
            for pair in lay_out(self._tokenizer, group.question, [s.read() for s in group.said])
        ]

    def _learn(self, batch: Sequence[Group]) -> float:
        """One step; says the loss of the logits."""
        self.model.train()
        pairs = self._lay_out(batch)
        said = [s for group in batch for s in group.said]
        chunks = chunks_of(pairs, most=self._run.chunk_tokens)[::-1]
        read = list(self._workers.map(lambda chunk: self._read(pairs, said, chunk), chunks))
        logits = torch.empty(len(pairs))
        for chunk, (scores, _, _) in zip(chunks, read, strict=True):
            logits[chunk] = scores.detach()
        logits.requires_grad_()
        loss = self._loss(logits, batch)
        (wanted,) = torch.autograd.grad(loss, logits)
        share = torch.tensor(self._run.span / max(sum(count for _, _, count in read), 1))

        def back(work: tuple[list[int], tuple[Tensor, Tensor, int]]) -> tuple[Tensor | None, ...]:
            chunk, (scores, places, _) = work
            return torch.autograd.grad(
                (scores, places), self._trained, (wanted[chunk], share), allow_unused=True
            )

        for weights in self._trained:
            weights.grad = None
        for gradients in self._workers.map(back, zip(chunks, read, strict=True)):
            for weights, gradient in zip(self._trained, gradients, strict=True):
                if gradient is not None:
                    so_far = weights.grad
                    weights.grad = gradient if so_far is None else so_far.add(gradient)
        torch.nn.utils.clip_grad_norm_(self._trained, _LARGEST_GRADIENT)
        self._optimizer.step()
        return float(loss.detach())

    def _loss(self, logits: Tensor, batch: Sequence[Group]) -> Tensor:
        losses = []
        at = 0
        for group in batch:
            answers = torch.tensor([s.answers for s in group.said])
            part = logits[at : at + len(answers)]
            at += len(answers)
            losses.append(
                group_loss(part, answers, listwise=self._run.listwise, binary=self._run.binary)
            )
        return torch.stack(losses).mean()

    def _read(
        self, pairs: Sequence[Laid], said: Sequence[Said], chunk: Sequence[int]
    ) -> tuple[Tensor, Tensor, int]:
        """Logits of ``chunk``, the summed loss of the answers' places, and their number."""
        scores, where = self.model([pairs[i] for i in chunk])
        places = where.sum() * 0.0
        count = 0
        for row, index in enumerate(chunk):
            span, pair = said[index].span, pairs[index]
            if span is None or span[1] - span[0] > _MOST_OF_IT * len(said[index].text):
                continue
            inside = where[row, pair.said : pair.said + len(pair.offsets)]
            if (place := place_of(pair, span)) is not None and place[1] < len(inside):
                places = places + functional.cross_entropy(inside.T, torch.tensor(place))
                count += 1
        return scores, places, count

    def _save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
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

    def _take_up(self) -> None:
        saved = torch.load(self._checkpoint, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self._optimizer.load_state_dict(saved["optimizer"])
        self.step, self.seen = saved["step"], saved["seen"]
        self.spent_s = saved["spent"]
        self._log(f"taken up at step {self.step}, {self.spent_s / 60:.1f} min")
