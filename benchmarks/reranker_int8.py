"""Measures the speed and the accuracy of the bundled reranker in 8 bits.

    python benchmarks/reranker_int8.py FILE [--rounds 7] [--questions 40]

Weights have one scale per row and activations one per batch, as in PyTorch's dynamic quantisation
(``torch.ops.quantized``, whose removal is announced). A form is admitted if its scores, less their
mean over a question's candidates, have a cosine of at least
`app.models.runtimes.precision.MIN_COSINE` to those of float32
(`app.models.runtimes.pair_precision`). Questions and candidates are the first of scifact.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from machine import provenance
from torch import Tensor, nn

from app.models.registry import model_folder
from app.models.rerankers.excerpt import Budget, excerpts
from app.models.runtimes.pair_scorer import PairBatch, pad_pairs
from app.models.runtimes.pair_torch import TorchPairScorer
from app.models.runtimes.precision import MIN_COSINE
from app.settings import ModelSettings

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "eval" / "scifact"
CANDIDATES = 20
BUDGET = Budget(passage=96, lead=24)


class Int8Linear(nn.Module):
    """A linear layer with 8-bit products."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weights = layer.weight.detach()
        scales = (weights.abs().amax(dim=1) / 127).clamp_min(1e-12).double()
        zeros = torch.zeros(len(scales), dtype=torch.long)
        rounded = torch.quantize_per_channel(weights, scales, zeros, 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(rounded, layer.bias.detach())

    def forward(self, states: Tensor) -> Tensor:
        product: Tensor = torch.ops.quantized.linear_dynamic(states, self.packed, reduce_range=True)
        return product


def quantised(folder: Path) -> TorchPairScorer:
    scorer = TorchPairScorer(folder, "float32")
    for module in list(scorer.model.encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, Int8Linear(child))
    return scorer


def batches(scorer: TorchPairScorer, questions: int) -> list[PairBatch]:
    texts = {}
    for name in ("corpus", "queries"):
        with (DATA / f"{name}.jsonl").open(encoding="utf-8") as lines:
            texts[name] = [json.loads(line)["text"] for line in lines]
    made = []
    for query in texts["queries"][:questions]:
        asked, read = excerpts(scorer.tokenizer, query, texts["corpus"][:CANDIDATES], BUDGET)
        pairs = [(asked, passage) for passage in read]
        made.append(pad_pairs(scorer.tokenizer.encode_batch(pairs), scorer.facts))
    return made


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--questions", type=int, default=40)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*deprecated.*", category=UserWarning)
    settings = ModelSettings(reranker="bundled:attest-reranker-mini")
    folder = model_folder(settings.reranker, settings.cache, kind="reranker")
    plain, small = TorchPairScorer(folder.path, "float32"), quantised(folder.path)
    asked = batches(plain, arguments.questions)
    cosines = [cosine(plain.score(batch), small.score(batch)) for batch in asked]
    spent: dict[str, list[float]] = {"float32": [], "int8": []}
    for _ in range(arguments.rounds):
        for name, scorer in (("float32", plain), ("int8", small)):
            began = time.perf_counter()
            scorer.score(asked[0])
            spent[name].append((time.perf_counter() - began) * 1_000)
    result = {
        "what": f"{CANDIDATES} candidates, excerpts of {BUDGET.passage} tokens",
        "reranker": folder.id,
        "float32_p50_ms": round(statistics.median(spent["float32"]), 1),
        "times_as_fast": round(
            statistics.median(np.array(spent["float32"]) / np.array(spent["int8"])), 2
        ),
        "questions": len(asked),
        "cosine_to_float32": {
            "lowest": round(min(cosines), 4),
            "median": round(statistics.median(cosines), 4),
            "needed": MIN_COSINE,
        },
        "machine": provenance("torch"),
    }
    arguments.file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
