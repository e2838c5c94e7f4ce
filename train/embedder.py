"""Training of an embedder on mined groups, with sentence-transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

from app.models.embedders.prefixes import Prefixes, prefixes_for
from app.models.folder import ModelFolder
from app.models.third_party import quiet
from train.cross_encoder.samples import Sample, Split, draw
from train.run_settings import EmbedderRun
from train.score_combination.held_out import ALONE, HeldOut, Score
from train.trainer import (
    CheckpointLoading,
    arguments,
    callbacks,
    freeze_vocabulary,
    learn,
    lora,
    merged,
)

EMBEDDED: Final = 32
"""Batch size where nothing is trained."""


class EmbedderTrainee:
    """An embedder as `train.trainee.Trainee`.

    The loss is InfoNCE: −log of the answer's share in Σ exp(cos / temperature) over the passages of
    all questions in the batch and this question's mined negatives.

    Source: A. van den Oord, Y. Li and O. Vinyals, "Representation Learning with Contrastive
    Predictive Coding", 2018; hard negatives as in V. Karpukhin et al., "Dense Passage Retrieval for
    Open-Domain Question Answering", EMNLP 2020.
    """

    kind = "embedder"

    def __init__(self, base: ModelFolder, folder: Path, run: EmbedderRun) -> None:
        self._base = base
        self._folder = folder
        self._run = run
        self._model = self._load()

    def _load(self) -> SentenceTransformer:
        with quiet():
            return SentenceTransformer(str(self._base.path), local_files_only=True)

    def train(self, split: Split, progress: Callable[[str], None]) -> int:
        """See `Trainee.train`."""
        run, model = self._run, self._model
        longest, model.max_seq_length = model.max_seq_length, run.max_tokens
        freeze_vocabulary(model)
        model.model_card_data.widget = [{"text": ""}]  # else texts of the data are picked for it
        if run.lora_rank:
            model.add_adapter(lora(run.lora_rank, task="FEATURE_EXTRACTION"))
        samples = draw(
            split.train,
            negatives=run.negatives,
            near=max(1, run.negatives),
            epochs=run.epochs,
            seed=run.seed,
        )
        prefixes = _prefixes(model, self._base.id)
        dataset = Dataset.from_list(list(_rows(list(samples), prefixes, run)))
        held_out = HeldOut(
            split.held_out, lambda trained: cosine_scores(trained, self._base.id), metric=ALONE
        )
        settings = arguments(self._folder, run, samples=len(dataset), metric=ALONE)
        settings.batch_sampler = BatchSamplers.NO_DUPLICATES  # an answer must be no one's negative
        trainer = _Trainer(
            model=model,
            args=settings,
            train_dataset=dataset,
            loss=MultipleNegativesRankingLoss(model, scale=1.0 / run.temperature),
            evaluator=held_out,
            callbacks=callbacks(run, progress),
        )
        best = learn(trainer, self._folder, average=run.average)
        model.max_seq_length = longest
        return best

    def before(self) -> Score:
        """See `Trainee.before`."""
        return cosine_scores(self._load(), self._base.id)

    def after(self) -> Score:
        """See `Trainee.after`."""
        return cosine_scores(self._model, self._base.id)

    def save(self, folder: Path) -> None:
        """See `Trainee.save`."""
        model = merged(self._model) if self._run.lora_rank else self._model
        # The name of the base states its family; that of the new model does not.
        model.prompts = model.prompts | asdict(_prefixes(model, self._base.id))
        model.save_pretrained(str(folder), create_model_card=False)


class _Trainer(CheckpointLoading, SentenceTransformerTrainer):  # type: ignore[misc]  # untyped there
    """A trainer of embedders."""


def cosine_scores(model: SentenceTransformer, name: str) -> Score:
    """Returns a function that computes cosines as the served embedder does."""
    prefixes = _prefixes(model, name)

    def score(query: str, passages: Sequence[str]) -> Sequence[float]:
        texts = [prefixes.query + query, *(prefixes.passage + passage for passage in passages)]
        vectors = model.encode(
            texts, batch_size=EMBEDDED, normalize_embeddings=True, show_progress_bar=False
        )
        cosines: Sequence[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines

    return score


def _prefixes(model: SentenceTransformer, name: str) -> Prefixes:
    return prefixes_for(name, {key: text for key, text in model.prompts.items() if text})


def _rows(
    samples: Sequence[Sample], prefixes: Prefixes, run: EmbedderRun
) -> Iterator[dict[str, str]]:
    for sample in samples:
        # Too few negatives are filled up with the last; without any there is no column for them.
        others = [*sample.negatives, *sample.negatives[-1:] * run.negatives][: run.negatives]
        yield {
            "anchor": prefixes.query + sample.query,
            "positive": prefixes.passage + sample.positive.text,
            **{
                f"negative_{n}": prefixes.passage + other.text
                for n, other in enumerate(others, start=1)
            },
        }
