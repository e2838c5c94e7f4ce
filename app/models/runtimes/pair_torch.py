"""Runs a cross-encoder with PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
)

from app.domain.devices import CPU
from app.errors import ModelIncompatible
from app.models.rerankers.interaction import FILE, InteractionScore
from app.models.runtimes.card_batches import Arrays, CardBatches
from app.models.runtimes.encoder import TokenIds
from app.models.runtimes.pair_scorer import PairBatch, PairFacts, Scores
from app.models.runtimes.torch_runtime import bare_tokenizer
from app.models.third_party import quiet


class TorchPairScorer:
    """Any transformers model for sequence classification that gives one score."""

    def __init__(
        self, folder: Path, precision: Literal["float32", "bfloat16"], device: str = CPU
    ) -> None:
        """Loads ``folder`` onto ``device``.

        Raises:
            ModelIncompatible: it holds no cross-encoder.
        """
        self.precision: Literal["float32", "bfloat16"] = precision
        try:
            with quiet():
                loaded = _load(folder, getattr(torch, precision))
                self.model: _Classifier | _Interaction = loaded.to(device)
                wrapped = AutoTokenizer.from_pretrained(
                    folder, local_files_only=True, trust_remote_code=False
                )
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            raise ModelIncompatible(f"{folder.name} can't be loaded: {error}") from error
        config = self.model.encoder.config
        if config.num_labels != 1:
            raise ModelIncompatible(
                f"{folder.name} gives {config.num_labels} scores a pair; a reranker gives one"
            )
        self.tokenizer = bare_tokenizer(wrapped, folder)
        self.facts = _facts(config, wrapped)
        self._device = device
        self._run: Callable[..., Arrays] = self.compute
        if device != CPU:
            on_cpu = partial(type(self), folder, "float32")
            self._run = CardBatches(device, self.compute, lambda: on_cpu().compute).run

    def score(self, batch: PairBatch) -> Scores:
        """The raw logit of each pair."""
        (scores,) = self._run(batch.ids, batch.mask, batch.types)
        return scores

    def compute(self, *inputs: TokenIds) -> Arrays:
        """What `forward` gives, all at once and wherever the model is."""
        with torch.inference_mode():
            given = [torch.from_numpy(array).to(self._device) for array in inputs]
            return (self.forward(*given).cpu().numpy(),)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Raw logits, ``(n,) float32``."""
        scores: torch.Tensor = self.model(ids, mask, types if self.facts.types else None)
        return scores.float()


class _Classifier(nn.Module):
    """A model for sequence classification with one label."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder: Any = encoder

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None
    ) -> torch.Tensor:
        inputs: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if types is not None:
            inputs["token_type_ids"] = types
        logits: torch.Tensor = self.encoder(**inputs).logits
        return logits[:, 0]


class _Interaction(nn.Module):
    """An encoder with the head of `app.models.rerankers.interaction`, which is in float32."""

    def __init__(self, encoder: PreTrainedModel, head: InteractionScore) -> None:
        super().__init__()
        self.encoder: Any = encoder
        self.head = head

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor | None
    ) -> torch.Tensor:
        assert types is not None  # it tells the sides apart by them
        states = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types)
        scores: torch.Tensor = self.head.score(states.last_hidden_state.float(), ids, mask, types)
        return scores


def _load(folder: Path, dtype: torch.dtype) -> _Classifier | _Interaction:
    options: dict[str, Any] = {
        "dtype": dtype,
        "local_files_only": True,
        "trust_remote_code": False,
    }
    if (folder / FILE).is_file():
        encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False, **options)
        return _Interaction(encoder, InteractionScore.of(folder)).eval()
    return _Classifier(AutoModelForSequenceClassification.from_pretrained(folder, **options)).eval()


def _facts(config: Any, tokenizer: Any) -> PairFacts:
    positions = getattr(config, "max_position_embeddings", None) or 1 << 20
    # RoBERTa's positions begin behind the padding id.
    offset = (tokenizer.pad_token_id or 0) + 1 if "roberta" in config.model_type else 0
    return PairFacts(
        max_length=int(min(positions - offset, tokenizer.model_max_length)),
        pad_id=int(tokenizer.pad_token_id or 0),
        types="token_type_ids" in tokenizer.model_input_names
        and (getattr(config, "type_vocab_size", 0) or 0) > 1,
    )
