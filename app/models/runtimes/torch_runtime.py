"""Runs a sentence-transformers model with PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from tokenizers import Tokenizer

from app.domain.devices import CPU
from app.errors import ModelIncompatible
from app.models.runtimes.card_batches import Arrays, CardBatches
from app.models.runtimes.encoder import Encoded, EncoderFacts, TokenIds
from app.models.third_party import quiet


class TorchRuntime:
    """The transformer in float32 or bfloat16; pooling and what follows always in float32."""

    def __init__(
        self, folder: Path, precision: Literal["float32", "bfloat16"], device: str = CPU
    ) -> None:
        """Loads ``folder`` onto ``device``.

        Raises:
            ModelIncompatible: it holds no text encoder.
        """
        self.precision: Literal["float32", "bfloat16"] = precision
        try:
            with quiet():
                self.model = SentenceTransformer(
                    str(folder),
                    device=device,  # it would take a card by itself
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"dtype": getattr(torch, precision)},
                )
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise ModelIncompatible(f"{folder.name} can't be loaded: {error}") from error
        self.model.eval()
        first, *self._rest = self.model
        if not isinstance(first, Transformer) or first.module_output_name != "token_embeddings":
            raise ModelIncompatible(f"{folder.name} is not a text encoder followed by pooling")
        self._transformer = first
        for module in self._rest:
            module.float()
        self.tokenizer = bare_tokenizer(first.tokenizer, folder)
        self.facts = _facts(self.model)
        self._device = device
        self._run: Callable[..., Arrays] = self.compute
        if device != CPU:
            on_cpu = partial(type(self), folder, "float32")
            self._run = CardBatches(device, self.compute, lambda: on_cpu().compute).run

    def encode(self, ids: TokenIds, mask: TokenIds) -> Encoded:
        """Runs a padded batch."""
        return Encoded(*self._run(ids, mask))

    def compute(self, *inputs: TokenIds) -> Arrays:
        """What `forward` gives, all at once and wherever the model is."""
        with torch.inference_mode():
            given = [torch.from_numpy(array).to(self._device) for array in inputs]
            return tuple(found.cpu().numpy() for found in self.forward(*given))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Token states ``(n, length, hidden)`` and text vectors ``(n, dim)``, both float32."""
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        features = self._transformer(features)
        tokens = features["token_embeddings"] = features["token_embeddings"].float()
        for module in self._rest:
            features = module(features)
        return tokens, features["sentence_embedding"]


def bare_tokenizer(wrapped: Any, folder: Path) -> Tokenizer:
    """The tokenizer below transformers' own, which neither pads nor truncates.

    Raises:
        ModelIncompatible: there is none that gives offsets.
    """
    tokenizer = getattr(wrapped, "backend_tokenizer", None)
    if not isinstance(tokenizer, Tokenizer):
        raise ModelIncompatible(f"{folder.name} has no fast tokenizer, so no token offsets")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _facts(model: SentenceTransformer) -> EncoderFacts:
    tokenizer = model.tokenizer
    return EncoderFacts(
        dimension=int(model.get_embedding_dimension() or 0),
        max_length=int(min(model.max_seq_length or tokenizer.model_max_length, 1 << 20)),
        pad_id=int(tokenizer.pad_token_id or 0),
        pad_left=tokenizer.padding_side == "left",
        prompts={key: text for key, text in model.prompts.items() if text},
    )


def use_threads(threads: int) -> None:
    """Lets PyTorch use ``threads`` threads in this process; 0 leaves their number to PyTorch."""
    if threads:
        torch.set_num_threads(threads)
