"""Weights of tokens with any sentence-transformers ``SparseEncoder``, such as SPLADE.

Source: Formal, Lassance, Piwowarski & Clinchant, "SPLADE v2: Sparse Lexical and Expansion Model for
Information Retrieval", 2021.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder.modules import SpladePooling
from sentence_transformers.util import batch_to_device, select_max_active_dims

from app.domain.documents import SparseVector
from app.durability.files import read_json
from app.errors import ModelIncompatible
from app.models.devices import THE_CPU, Device
from app.models.folder import ModelFolder
from app.models.runtimes.batching import batches_by_length
from app.models.third_party import quiet

LOGITS_BYTES: Final = 128 << 20
"""Of one batch: a model gives each token a number for every entry of its vocabulary."""
LEAST_BATCH_TOKENS: Final = 512


class SpladeEmbedder:
    """Implements the `SparseEmbedder` port."""

    def __init__(self, model_id: str, model: SparseEncoder, languages: frozenset[str]) -> None:
        """Takes a loaded model; `load` loads one. ``languages`` is empty where none is known."""
        self._id = model_id
        self._model = model
        self._languages = languages
        for name, module in model.named_children():
            if isinstance(module, SpladePooling) and module.pooling_strategy == "max":
                setattr(model, name, _MaxFirst(module.activation_function))
        vocabulary = len(model.tokenizer)
        self._batch_tokens = max(LEAST_BATCH_TOKENS, LOGITS_BYTES // (4 * vocabulary))
        self._tokenizing = threading.Lock()
        """A tokenizer that pads is changed by each call."""

    @classmethod
    def load(
        cls,
        model: ModelFolder,
        *,
        device: Device = THE_CPU,
        languages: frozenset[str] = frozenset(),
    ) -> Self:
        """Loads ``model``.

        Raises:
            ModelIncompatible: the folder holds no sparse encoder.
        """
        if not _is_sparse_encoder(model.path):
            # The library would put an untrained layer on top of any other model.
            raise ModelIncompatible(f"{model.path.name} is no sparse encoder. Check models.sparse.")
        try:
            with quiet():
                encoder = SparseEncoder(
                    str(model.path),
                    device=device.name,
                    local_files_only=True,
                    trust_remote_code=False,
                )
        except (OSError, ValueError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelIncompatible(f"{model.path.name} can't be loaded: {error}") from error
        encoder.eval()
        return cls(model.id, encoder, languages)

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning."""
        return self._id

    @property
    def placement(self) -> str:
        """For people: the device and the numeric form."""
        return f"{self._model.device}, float32"

    def supports(self, language: str) -> bool:
        """See `SparseEmbedder.supports`."""
        return not self._languages or language in self._languages

    def embed_queries(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_queries`."""
        return self._embed("query", texts)

    def embed_passages(self, texts: Sequence[str]) -> list[SparseVector]:
        """See `SparseEmbedder.embed_passages`."""
        return self._embed("document", texts)

    def _embed(
        self, task: Literal["query", "document"], texts: Sequence[str]
    ) -> list[SparseVector]:
        vectors: list[SparseVector] = [{}] * len(texts)
        for indexes in batches_by_length(self._lengths(texts), most=self._batch_tokens):
            rows = self._run(task, [texts[i] for i in indexes])
            for index, row in zip(indexes, rows, strict=True):
                tokens = np.flatnonzero(row > 0)
                vectors[index] = dict(zip(tokens.tolist(), row[tokens].tolist(), strict=True))
        return vectors

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        most = int(min(self._model.max_seq_length or 1 << 20, 1 << 20))
        with self._tokenizing:
            rows = self._model.tokenizer(list(texts), truncation=True, max_length=most)
        return [len(row) for row in rows["input_ids"]]

    def _run(self, task: str, texts: list[str]) -> NDArray[np.float32]:
        """``(n, vocabulary) float32``."""
        model = self._model
        prompt = model.prompts.get(task) or None
        with self._tokenizing:
            features = model.preprocess(texts, prompt=prompt, task=task)
        with torch.inference_mode():
            found: torch.Tensor = model(batch_to_device(features, model.device), task=task)[
                "sentence_embedding"
            ]
            if model.max_active_dims is not None:
                found = select_max_active_dims(found, max_active_dims=model.max_active_dims)
            dense = found.to_dense() if found.is_sparse else found
            rows: NDArray[np.float32] = dense.float().cpu().numpy()
        return rows


class _MaxFirst(torch.nn.Module):
    """The greatest log(1 + relu(logit)) of each entry over a text's tokens.

    As `SpladePooling` gives it, in less time: the logarithm, which never falls, is taken of the
    greatest logit alone.
    """

    def __init__(self, activation: str) -> None:
        super().__init__()
        self._twice = activation == "log1p_relu"

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        logits, mask = features["token_embeddings"], features["attention_mask"]
        if not bool(mask.all()):
            logits = logits.masked_fill(mask.unsqueeze(-1) == 0, 0.0)
        found = torch.log1p(torch.relu(logits.amax(dim=1)))
        features["sentence_embedding"] = torch.log1p(found) if self._twice else found
        return features


def _is_sparse_encoder(folder: Path) -> bool:
    """Whether a folder says that it holds one, or a masked language model and nothing else."""
    match read_json(folder / "config_sentence_transformers.json"):
        case {"model_type": str(kind)}:
            return kind == "SparseEncoder"
    modules = read_json(folder / "modules.json")
    if modules is not None:
        return "sparse_encoder" in str(modules)
    match read_json(folder / "config.json"):
        case {"architectures": [*names]}:
            return any(str(name).endswith("ForMaskedLM") for name in names)
    return False
