"""The parts that reranker and embedder training share: arguments, checkpoints, progress."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from sentence_transformers.cross_encoder import CrossEncoderTrainingArguments
from sentence_transformers.sentence_transformer.training_args import (
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.util import fullname
from transformers import EarlyStoppingCallback, PrinterCallback, TrainerCallback
from transformers.trainer import TRAINER_STATE_NAME

from app.models.third_party import quiet
from train.run_settings import EmbedderRun, RerankerRun

WEIGHT_DECAY: Final = 0.01
CHECKPOINTS: Final = "checkpoints"
"""Name of the folder of checkpoints within the folder of a run."""
_WRITTEN_LAST: Final = TRAINER_STATE_NAME
"""Last file of a checkpoint; a checkpoint without it is incomplete."""
M = TypeVar("M")
"""A sentence-transformers model."""


def arguments(folder: Path, run: RerankerRun | EmbedderRun, *, samples: int, metric: str) -> Any:
    """Training arguments: linear decay, as many checks and checkpoints as the run asks for."""
    kind = (
        CrossEncoderTrainingArguments
        if isinstance(run, RerankerRun)
        else SentenceTransformerTrainingArguments
    )
    batch = run.batch_questions
    steps = max(1, samples // batch)
    every = max(1, math.ceil(steps / run.checks))
    return kind(
        output_dir=str(folder / CHECKPOINTS),
        num_train_epochs=1,  # the samples of all epochs are in the dataset
        per_device_train_batch_size=batch,
        learning_rate=run.learning_rate,
        warmup_steps=round(run.warmup * steps),
        weight_decay=WEIGHT_DECAY,
        seed=run.seed,
        dataloader_drop_last=samples > batch,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=1 + run.average,  # the best may be another one than the last
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{metric}",
        greater_is_better=True,
        logging_steps=max(1, every // 10),
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to=[],
        disable_tqdm=True,
    )


class CheckpointLoading:
    """Mixin for trainers of sentence-transformers: loads the last checkpoint, or the best one.

    The library's own loader requires identical weight names, but a checkpoint is loaded with a
    pooler even if its model was made without one. When it should load the best checkpoint, it only
    logs a warning and keeps the last weights.
    """

    model: Any
    state: Any

    def _load_best_model(self) -> None:
        self._load_from_checkpoint(self.state.best_model_checkpoint)

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        classes = {fullname(module): type(module) for module in self.model}
        loaded = type(self.model)._load_with_module_classes(  # noqa: SLF001 - as theirs does
            checkpoint_path, classes, local_files_only=True
        )
        found = self.model.load_state_dict(loaded.state_dict(), strict=False)
        if found.missing_keys:
            raise RuntimeError(f"{checkpoint_path} lacks {', '.join(found.missing_keys)}")

    def load_mean(self, checkpoints: Sequence[Path]) -> None:
        """Loads the mean of the weights of several checkpoints into the model."""
        mean: dict[str, torch.Tensor] = {}
        for checkpoint in checkpoints:
            self._load_from_checkpoint(str(checkpoint))
            for name, weights in self.model.state_dict().items():
                share = weights.double() / len(checkpoints)
                mean[name] = mean[name] + share if name in mean else share
        current = self.model.state_dict()
        self.model.load_state_dict({n: w.to(current[n].dtype) for n, w in mean.items()})


def learn(trainer: Any, folder: Path, *, average: int) -> int:
    """Runs ``trainer``, from the newest complete checkpoint in ``folder`` if there is one.

    The model ends with the weights of the best checkpoint, or with the mean of the last ``average``
    ones if that is more than one.

    Source: P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization",
    UAI 2018.

    Returns:
        The step of the best checkpoint, or of the last that counts in the mean.
    """
    trainer.remove_callback(PrinterCallback)  # a run tells in its own words
    begun = _checkpoints(folder)
    with quiet():
        trainer.train(resume_from_checkpoint=str(begun[-1]) if begun else None)
        if average > 1:
            trainer.load_mean(_checkpoints(folder)[-average:])
            return int(trainer.state.global_step)
    return int(trainer.state.best_global_step or trainer.state.global_step)


def last_step(folder: Path) -> int:
    """The step from which a run in ``folder`` resumes; 0 for a new run."""
    found = _checkpoints(folder)
    return _step(found[-1]) if found else 0


def _checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints, ordered by step."""
    found = (folder / CHECKPOINTS).glob("checkpoint-*")
    whole = [checkpoint for checkpoint in found if (checkpoint / _WRITTEN_LAST).is_file()]
    return sorted(whole, key=_step)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def callbacks(run: RerankerRun | EmbedderRun, progress: Callable[[str], None]) -> list[Any]:
    """Callbacks that stop a run without improvement and report progress."""
    return [
        EarlyStoppingCallback(early_stopping_patience=run.patience),
        _Progress(progress),
    ]


class _Progress(TrainerCallback):
    """Reports each log entry in a line."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the signature is the library's
        """Reports the loss and held-out metrics."""
        logs = kwargs.get("logs") or {}
        shown = {k: v for k, v in logs.items() if k == "loss" or k.startswith("eval_mrr")}
        if shown:
            words = ", ".join(f"{name} {value:.4f}" for name, value in shown.items())
            self._progress(f"step {state.global_step} of {state.max_steps}: {words}")


def lora(rank: int, *, task: str, keep: Sequence[str] = ()) -> Any:
    """Low-rank adapters for every linear layer; modules named in ``keep`` are trained whole.

    Source: E. J. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022.
    """
    from peft import LoraConfig  # noqa: PLC0415 - an extra that few runs need

    return LoraConfig(
        task_type=task,
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.05,
        target_modules="all-linear",
        modules_to_save=list(keep) or None,
    )


def optimiser(model: Any, run: RerankerRun) -> torch.optim.Optimizer:
    """AdamW, with the head's learning rate a multiple of the encoder's.

    Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    """
    heads = {id(weights) for module in list(model)[1:] for weights in module.parameters()}
    trained = [weights for weights in model.parameters() if weights.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [w for w in trained if id(w) not in heads], "lr": run.learning_rate},
            {
                "params": [w for w in trained if id(w) in heads],
                "lr": run.learning_rate * run.head_learning_rate,
            },
        ],
        weight_decay=WEIGHT_DECAY,
    )


def freeze_vocabulary(model: Any) -> None:
    """Freezes word and position embeddings: a few pairs can not teach the meaning of rare words."""
    for name, weights in model.named_parameters():
        if name.endswith(("word_embeddings.weight", "position_embeddings.weight")):
            weights.requires_grad_(requires_grad=False)


def merged(model: M) -> M:
    """Folds the adapters of the model into its weights."""
    transformer: Any = model[0]  # type: ignore[index]  # its first module is the transformer
    from peft.tuners.tuners_utils import BaseTunerLayer  # noqa: PLC0415 - an extra, for LoRA alone
    from peft.utils import ModulesToSaveWrapper  # noqa: PLC0415 - as above

    for name, module in list(transformer.model.named_modules()):
        replacement = None
        if isinstance(module, BaseTunerLayer):
            module.merge()
            replacement = module.get_base_layer()
        elif isinstance(module, ModulesToSaveWrapper):
            replacement = module.modules_to_save["default"]
        if replacement is not None:
            parent = transformer.model.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], replacement)
    transformer.model._hf_peft_config_loaded = False  # noqa: SLF001 - how transformers marks it
    return model
