"""Runs an encoder with OpenVINO, from files in the cache, without PyTorch.

The exported form holds the whole pipeline, the tokenizer and the facts, so that starting needs
neither PyTorch nor sentence-transformers, whose import alone takes seconds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
import openvino
from numpy.typing import NDArray

from app.models.runtimes.encoder import Encoded, EncoderFacts, TokenIds
from app.models.runtimes.shared_tokenizer import shared_tokenizer

MODEL_FILE: Final = "model.xml"
TOKENIZER_FILE: Final = "tokenizer.json"
FACTS_FILE: Final = "facts.json"
LAYOUT: Final = 1
"""Grows whenever what is exported changes; part of the folder's name."""


def is_exported(folder: Path) -> bool:
    """Whether ``folder`` holds an exported encoder."""
    return (folder / FACTS_FILE).is_file()


class OpenVinoModel:
    """Computes in bfloat16 where the CPU has it, and in float32 elsewhere.

    int8 is left out on purpose: beside bfloat16 it gained next to nothing and moved vectors ten
    times further (``docs/results/embedder_numeric_forms.json``).
    """

    def __init__(self, file: Path, threads: int) -> None:
        """Loads ``file``; ``threads`` 0 leaves their number to OpenVINO."""
        options: dict[str, str | int] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16",
        }
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        compiled = openvino.Core().compile_model(file, "CPU", options)
        self._request = compiled.create_infer_request()
        self._outputs = len(compiled.outputs)
        # One request keeps all cores busy; a second at the same time would only slow the first.
        self._lock = threading.Lock()

    def run(self, inputs: Sequence[TokenIds]) -> list[NDArray[np.float32]]:
        """All outputs for these inputs."""
        with self._lock:
            result = self._request.infer(list(inputs), share_inputs=True)
            return [result[output].copy() for output in range(self._outputs)]


class OpenVinoRuntime:
    """An exported encoder."""

    precision: Literal["openvino"] = "openvino"

    def __init__(self, folder: Path, threads: int) -> None:
        """Loads an exported encoder; ``threads`` 0 leaves their number to OpenVINO."""
        self.facts = EncoderFacts(**json.loads((folder / FACTS_FILE).read_text(encoding="utf-8")))
        self.tokenizer = shared_tokenizer(folder / TOKENIZER_FILE)
        self._model = OpenVinoModel(folder / MODEL_FILE, threads)

    def encode(self, ids: TokenIds, mask: TokenIds) -> Encoded:
        """Runs a padded batch."""
        tokens, texts = self._model.run([ids, mask])
        return Encoded(tokens=tokens, texts=texts)
