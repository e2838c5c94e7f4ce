"""Embeds texts with any sentence-transformers model made of a transformer and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from app.domain.documents import Vectors
from app.models.devices import THE_CPU, Device, batch_tokens
from app.models.embedders.prefixes import Prefixes, prefixes_for
from app.models.folder import ModelFolder
from app.models.runtimes.batching import batches_by_length
from app.models.runtimes.encoder import Precision, Runtime, pad, truncate
from app.models.runtimes.precision import Choice, load_runtime

BATCH_TOKENS: Final = 4_096
"""Tokens of one batch, padding included. On CPUs larger ones gain nothing and delay queries; of a
card, see `app.models.devices.batch_tokens`."""
TokenStates = NDArray[np.float32]
"""``(tokens, hidden) float32``, L2-normalised rows."""


class SentenceTransformerEmbedder:
    """Implements the `Embedder` port.

    ``id`` names the model, its version and any prefix that was overridden, and leaves out the
    numeric form: all forms that are chosen agree with float32 to a cosine of 0.999 or more, so
    that an index built in one is searched in another.

    Texts longer than ``max_tokens`` are cut at their end. Vectors of a text don't depend on what
    else is in its batch, but for rounding.
    """

    def __init__(
        self,
        model_id: str,
        runtime: Runtime,
        choice: Choice,
        *,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        """Takes a loaded model; `load` loads one.

        Args:
            model_id: Names the model and its version.
            runtime: Runs it.
            choice: Why it runs in this form.
            query_prefix: Instead of what the model is known to want.
            passage_prefix: Instead of what the model is known to want.
            batch_tokens: Tokens of one batch, padding included.
        """
        self.choice = choice
        self._runtime = runtime
        self._batch_tokens = batch_tokens
        known = prefixes_for(model_id, runtime.facts.prompts)
        self._prefixes = Prefixes(
            known.query if query_prefix is None else query_prefix,
            known.passage if passage_prefix is None else passage_prefix,
        )
        self._id = model_id
        if self._prefixes != known:
            self._id += f" {self._prefixes.query!r} {self._prefixes.passage!r}"
        framed = runtime.tokenizer.encode(self._prefixes.passage)
        self._max_tokens = runtime.facts.max_length - len(framed.ids)

    @classmethod
    def load(
        cls,
        model: ModelFolder,
        *,
        cache: Path,
        device: Device = THE_CPU,
        precision: Literal["auto"] | Precision = "auto",
        threads: int = 0,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> Self:
        """Loads ``model``; ``precision="auto"`` measures once what is fastest here.

        ``cache`` is where compiled forms and measurements are kept; ``threads`` 0 leaves their
        number to the engine.

        Raises:
            ConfigurationError: the device lacks the form that is asked for, or has none that is
                right.
            ModelIncompatible: the folder holds no text encoder.
        """
        runtime, choice = load_runtime(
            model, cache=cache, device=device, precision=precision, threads=threads
        )
        return cls(
            model.id,
            runtime,
            choice,
            query_prefix=query_prefix,
            passage_prefix=passage_prefix,
            batch_tokens=batch_tokens(choice.device, on_cpu=BATCH_TOKENS),
        )

    choice: Choice
    """The numeric form in use and what it was chosen by."""

    @property
    def placement(self) -> str:
        """For people: the device and the numeric form."""
        return self.choice.placement

    @property
    def id(self) -> str:
        """Names the model and its numeric meaning."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._runtime.facts.dimension

    @property
    def max_tokens(self) -> int:
        """The longest passage that is read to its end: prefix and special tokens taken off."""
        return self._max_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` alone."""
        return len(self._runtime.tokenizer.encode(text, add_special_tokens=False).ids)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token of ``text``.

        Ascending by start. A word's marker may share its span's start with the word.
        """
        return self._runtime.tokenizer.encode(text, add_special_tokens=False).offsets

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised."""
        return self._embed(self._prefixes.query, texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim) float32``, L2-normalised."""
        return self._embed(self._prefixes.passage, texts)

    def embed_tokens(
        self, texts: Sequence[str], kind: Literal["query", "passage"]
    ) -> list[TokenStates]:
        """The last hidden state of each token of each text, special tokens and prefix included."""
        prefix = self._prefixes.query if kind == "query" else self._prefixes.passage
        rows = self._rows(prefix, texts)
        states: list[TokenStates] = [np.empty((0, 0), np.float32)] * len(texts)
        for indexes in batches_by_length([len(row) for row in rows], most=self._batch_tokens):
            ids, mask = pad([rows[i] for i in indexes], self._runtime.facts)
            tokens = self._runtime.encode(ids, mask).tokens
            for position, index in enumerate(indexes):
                states[index] = _normalised(tokens[position][mask[position] == 1])
        return states

    def _embed(self, prefix: str, texts: Sequence[str]) -> Vectors:
        rows = self._rows(prefix, texts)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for indexes in batches_by_length([len(row) for row in rows], most=self._batch_tokens):
            ids, mask = pad([rows[i] for i in indexes], self._runtime.facts)
            vectors[indexes] = self._runtime.encode(ids, mask).texts
        return _normalised(vectors)

    def _rows(self, prefix: str, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._runtime.tokenizer.encode_batch([prefix + text for text in texts])
        return [truncate(encoding, self._runtime.facts.max_length) for encoding in encodings]


def _normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return scaled
