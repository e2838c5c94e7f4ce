"""Weights of the tokens that a text holds, as BGE-M3 gives them beside its vectors.

Source: Chen et al., "BGE M3-Embedding", 2024, section "Lexical retrieval".
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final, Self

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

from app.domain.documents import SparseVector
from app.errors import ModelIncompatible
from app.models.devices import THE_CPU, Device
from app.models.folder import ModelFolder
from app.models.runtimes.batching import batches_by_length
from app.models.third_party import quiet

HEAD: Final = "sparse_linear.pt"
"""The layer that makes a weight of a token's state. Its file is read as numbers alone."""
BATCH_TOKENS: Final = 2_048


class TokenWeightsEmbedder:
    """Implements the `SparseEmbedder` port. A token that stands several times counts once."""

    def __init__(
        self,
        model_id: str,
        model: torch.nn.Module,
        head: torch.nn.Linear,
        tokenizer: PreTrainedTokenizerBase,
        device: str,
    ) -> None:
        """Takes a loaded model; `load` loads one."""
        self._id = model_id
        self._model = model
        self._head = head
        self._tokenizer = tokenizer
        self._device = device
        self._tokenizing = threading.Lock()
        """A tokenizer that cuts or pads is changed by each call."""

    @classmethod
    def load(cls, model: ModelFolder, *, device: Device = THE_CPU) -> Self:
        """Loads ``model``, a folder with a file `HEAD`.

        Raises:
            ModelIncompatible: it can't be loaded.
        """
        try:
            with quiet():
                encoder = AutoModel.from_pretrained(
                    model.path, local_files_only=True, trust_remote_code=False, dtype=torch.float32
                )
                tokenizer = AutoTokenizer.from_pretrained(
                    model.path, local_files_only=True, trust_remote_code=False
                )
            state = torch.load(model.path / HEAD, map_location="cpu", weights_only=True)
            head = torch.nn.Linear(encoder.config.hidden_size, 1)
            head.load_state_dict(state)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelIncompatible(f"{model.path.name} can't be loaded: {error}") from error
        encoder.eval().to(device.name)
        head.eval().float().to(device.name)
        return cls(model.id, encoder, head, tokenizer, device.name)

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning."""
        return self._id

    @property
    def placement(self) -> str:
        """For people: the device and the numeric form."""
        return f"{self._device}, float32"

    def supports(self, language: str) -> bool:  # noqa: ARG002 - the port asks
        """Always: what weighs is what a text holds, in any language."""
        return True

    def embed_queries(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_queries`; queries and passages are read alike."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_passages`."""
        if not texts:
            return []
        with self._tokenizing:
            rows = self._tokenizer(list(texts), truncation=True)["input_ids"]
        special = set(self._tokenizer.all_special_ids)
        vectors: list[SparseVector] = [{}] * len(texts)
        for indexes in batches_by_length([len(row) for row in rows], most=BATCH_TOKENS):
            for index, weights in zip(
                indexes, self._weights([rows[i] for i in indexes]), strict=True
            ):
                found: dict[int, float] = {}
                for token, weight in zip(rows[index], weights, strict=False):  # padding behind
                    if weight > 0 and token not in special:
                        found[token] = max(weight, found.get(token, 0.0))
                vectors[index] = found
        return vectors

    def _weights(self, rows: list[list[int]]) -> list[list[float]]:
        """A weight for each token of each row, and of the padding behind it."""
        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), self._tokenizer.pad_token_id or 0, dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)], mask[number, : len(row)] = row, 1
        with torch.inference_mode():
            states = self._model(
                input_ids=torch.from_numpy(ids).to(self._device),
                attention_mask=torch.from_numpy(mask).to(self._device),
            ).last_hidden_state
            weights: list[list[float]] = torch.relu(self._head(states)).squeeze(-1).cpu().tolist()
        return weights
