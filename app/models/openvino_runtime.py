"""Runs an encoder with OpenVINO, from files in the cache, without PyTorch.

The exported form holds the whole pipeline, the tokenizer and the facts, so that starting needs
neither PyTorch nor sentence-transformers, whose import alone takes seconds.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Final, Literal

import openvino
from tokenizers import Tokenizer

from app.models.encoder import Encoded, EncoderFacts, TokenIds

MODEL_FILE: Final = "model.xml"
TOKENIZER_FILE: Final = "tokenizer.json"
FACTS_FILE: Final = "facts.json"
LAYOUT: Final = 1
"""Grows whenever what is exported changes; part of the folder's name."""


def is_exported(folder: Path) -> bool:
    """Whether ``folder`` holds an exported encoder."""
    return (folder / FACTS_FILE).is_file()


class OpenVinoRuntime:
    """Computes in bfloat16 where the CPU has it, and in float32 elsewhere.

    int8 is left out on purpose: beside bfloat16 it gained next to nothing and moved vectors ten
    times further (``docs/results/embedder_precision.json``).
    """

    precision: Literal["openvino"] = "openvino"

    def __init__(self, folder: Path, threads: int) -> None:
        """Loads an exported encoder; ``threads`` 0 leaves their number to OpenVINO."""
        self.facts = EncoderFacts(**json.loads((folder / FACTS_FILE).read_text(encoding="utf-8")))
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        options: dict[str, str | int] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16",
        }
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        compiled = openvino.Core().compile_model(folder / MODEL_FILE, "CPU", options)
        self._request = compiled.create_infer_request()
        # One request keeps all cores busy; a second at the same time would only slow the first.
        self._lock = threading.Lock()

    def encode(self, ids: TokenIds, mask: TokenIds) -> Encoded:
        """Runs a padded batch."""
        with self._lock:
            result = self._request.infer([ids, mask], share_inputs=True)
            return Encoded(tokens=result[0].copy(), texts=result[1].copy())
