"""Training of a cross-encoder on mined groups, with sentence-transformers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from datasets import Dataset
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder import CrossEncoderTrainer
from tokenizers import Tokenizer

from app.models.folder import ModelFolder
from app.models.rerankers.excerpt import Budget, excerpts, save_budget
from app.ports.models import Reranker
from train.cross_encoder.base import load_cross_encoder, save_cross_encoder, write_cross_encoder
from train.cross_encoder.listwise_loss import NO_TEACHER, ListwiseLoss
from train.cross_encoder.samples import Sample, Split, draw
from train.run_settings import RerankerRun
from train.score_combination.held_out import COMBINED, HeldOut, Score
from train.trainer import (
    CheckpointLoading,
    arguments,
    callbacks,
    freeze_vocabulary,
    learn,
    lora,
    merged,
    optimiser,
)

SCORED_PAIRS: Final = 16
"""Batch size where nothing is trained."""
FRAME_TOKENS: Final = 8
"""Tokens reserved for special tokens and for the gap within an excerpt."""


class RerankerTrainee:
    """A reranker as `train.trainee.Trainee`."""

    kind = "reranker"

    def __init__(
        self, base: ModelFolder, folder: Path, run: RerankerRun, teacher: Reranker | None = None
    ) -> None:
        """Makes a cross-encoder of ``base`` in ``folder``, or loads the one that is there.

        Raises:
            ModelIncompatible: ``base`` is no encoder, or has fewer layers than the run asks for.
        """
        self._folder = folder
        self._run = run
        self._teacher = teacher
        self._start = folder / "base"
        if not self._start.is_dir():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".base-") as temporary:
                made = Path(temporary) / "base"
                write_cross_encoder(
                    base,
                    made,
                    layers=run.layers,
                    head=run.head,
                    dropout=run.dropout,
                    seed=run.seed,
                )
                made.rename(self._start)
        self._model = self._load()

    def _load(self) -> CrossEncoder:
        length = self._run.query_tokens + self._run.passage_tokens + FRAME_TOKENS
        return load_cross_encoder(self._start, max_length=length)

    def train(self, split: Split, progress: Callable[[str], None]) -> int:
        """See `Trainee.train`."""
        run, model = self._run, self._model
        freeze_vocabulary(model)
        model.model_card_data.widget = [{"text": ""}]  # else texts of the data are picked for it
        if run.lora_rank:
            model.add_adapter(lora(run.lora_rank, task="SEQ_CLS", keep=("classifier", "score")))
        reader = _Reader(model, run)
        samples = draw(
            split.train, negatives=run.negatives, near=run.near, epochs=run.epochs, seed=run.seed
        )
        dataset = Dataset.from_list(list(_rows(list(samples), reader, self._teacher)))
        held_out = HeldOut(split.held_out, lambda _: reader.score, metric=COMBINED)
        trainer = _Trainer(
            model=model,
            args=arguments(self._folder, run, samples=len(dataset), metric=COMBINED),
            optimizers=(optimiser(model, run), None),  # type: ignore[arg-type]  # None: linear decay
            train_dataset=dataset,
            loss=ListwiseLoss(
                model,
                prior=run.prior,
                distil_weight=run.distil_weight if self._teacher else 0.0,
                distil_temperature=run.distil_temperature,
            ),
            evaluator=held_out,
            callbacks=callbacks(run, progress),
        )
        return learn(trainer, self._folder, average=run.average)

    def before(self) -> Score:
        """See `Trainee.before`."""
        return _Reader(self._load(), self._run).score

    def after(self) -> Score:
        """See `Trainee.after`."""
        return _Reader(self._model, self._run).score

    def save(self, folder: Path) -> None:
        """See `Trainee.save`."""
        model = self._model
        if self._run.lora_rank:
            model = merged(model)
        save_cross_encoder(model, folder)
        save_budget(folder, budget_of(self._run))


def budget_of(run: RerankerRun) -> Budget:
    """The token budget of training and serving."""
    return Budget(query=run.query_tokens, passage=run.passage_tokens, lead=run.lead_tokens)


class _Trainer(CheckpointLoading, CrossEncoderTrainer):  # type: ignore[misc]  # untyped there
    """A trainer of cross-encoders."""


class _Reader:
    """Cuts and scores pairs as the served reranker will."""

    def __init__(self, model: CrossEncoder, run: RerankerRun) -> None:
        self._model = model
        self._tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._budget = budget_of(run)

    def read(self, query: str, passages: Sequence[str]) -> tuple[str, list[str]]:
        """Cuts query and passages to the budget, see `excerpts`."""
        return excerpts(self._tokenizer, query, passages, self._budget)

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """Computes the raw logit of each passage."""
        asked, read = self.read(query, passages)
        scores = self._model.predict(
            [(asked, passage) for passage in read],
            batch_size=SCORED_PAIRS,
            show_progress_bar=False,
        )
        return [float(score) for score in scores]


def _rows(
    samples: Sequence[Sample], reader: _Reader, teacher: Reranker | None
) -> Iterator[dict[str, object]]:
    for sample in samples:
        texts = [passage.text for passage in sample.passages]
        taught = teacher.score(sample.query, texts) if teacher else [NO_TEACHER] * len(texts)
        query, read = reader.read(sample.query, texts)
        fused = [passage.score for passage in sample.passages]
        yield {"query": query, "passages": read, "label": [*fused, *taught]}
