"""Chooses the fastest numeric form of a cross-encoder that leaves its order alone, by measuring.

As `app.models.precision` does for embedders: a form counts when its scores, less their mean, keep
a cosine of at least `MIN_COSINE` to those of float32.
"""

# ruff: noqa: PLC0415 - engines are imported by the loader that needs them: PyTorch takes seconds

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np

from app.models.calibration_texts import PASSAGES, QUERY
from app.models.encoder import Precision
from app.models.folder import ModelFolder
from app.models.pair_scorer import PairScorer, pad_pairs
from app.models.precision import (
    CALIBRATION_FILE,
    REPEATS,
    Choice,
    Measurement,
    calibration_key,
    export_folder,
    load_fastest,
    seconds,
)

FEW: Final = 4
"""Pairs of the small batch; the large one has all calibration passages."""


def load_scorer(
    model: ModelFolder,
    *,
    cache: Path,
    precision: Literal["auto"] | Precision = "auto",
    threads: int = 0,
) -> tuple[PairScorer, Choice]:
    """Loads ``model`` in ``precision``, measuring first where ``auto`` has not been decided yet.

    Raises:
        ConfigurationError: OpenVINO is asked for and not installed.
        ModelIncompatible: the folder holds no cross-encoder with a single score.
    """
    return load_fastest(
        _loaders(model, cache, threads),
        calibrate,
        file=cache / CALIBRATION_FILE,
        key=f"pairs | {calibration_key(model, threads)}",
        precision=precision,
    )


def calibrate(loaders: Mapping[Precision, Callable[[], PairScorer]]) -> tuple[Measurement, ...]:
    """Measures every candidate; ``loaders`` has to hold float32, the reference."""
    scorers = [load() for load in loaders.values()]
    encodings = scorers[0].tokenizer.encode_batch([(QUERY, passage) for passage in PASSAGES])
    many, few = (pad_pairs(part, scorers[0].facts) for part in (encodings, encodings[:FEW]))
    scores = {}
    for scorer in scorers:
        raw = scorer.score(many).astype(np.float64)
        scores[scorer.precision] = raw - raw.mean()
    many_s = {scorer.precision: math.inf for scorer in scorers}
    few_s = dict(many_s)
    for _ in range(REPEATS):
        for scorer in scorers:
            name = scorer.precision
            many_s[name] = min(many_s[name], seconds(partial(scorer.score, many)))
            few_s[name] = min(few_s[name], seconds(partial(scorer.score, few)))
    reference = scores["float32"]
    return tuple(
        Measurement(
            precision=name,
            passages_per_s=len(PASSAGES) / many_s[name],
            query_ms=few_s[name] * 1_000.0,
            min_cosine=_cosine(scores[name], reference),
        )
        for name in many_s
    )


def _cosine(scores: np.ndarray, reference: np.ndarray) -> float:
    norms = float(np.linalg.norm(scores) * np.linalg.norm(reference))
    return float(scores @ reference) / norms if norms else 1.0


def _loaders(
    model: ModelFolder, cache: Path, threads: int
) -> dict[Precision, Callable[[], PairScorer]]:
    def torch_scorer(precision: Literal["float32", "bfloat16"]) -> PairScorer:
        from app.models.pair_torch import TorchPairScorer
        from app.models.torch_runtime import use_threads

        use_threads(threads)
        return TorchPairScorer(model.path, precision)

    def openvino_scorer() -> PairScorer:
        from app.models.openvino_runtime import is_exported
        from app.models.pair_openvino import INPUTS, OpenVinoPairScorer

        folder = export_folder(model, cache)
        if not is_exported(folder):
            from app.models.openvino_export import export
            from app.models.pair_torch import TorchPairScorer

            source = TorchPairScorer(model.path, "float32")
            export(
                source.model,
                source.forward,
                INPUTS if source.facts.types else INPUTS[:2],
                folder,
                tokenizer=source.tokenizer,
                facts=source.facts.as_json(),
                pad_id=source.facts.pad_id,
            )
        return OpenVinoPairScorer(folder, threads)

    loaders: dict[Precision, Callable[[], PairScorer]] = {
        "float32": partial(torch_scorer, "float32"),
        "bfloat16": partial(torch_scorer, "bfloat16"),
    }
    if importlib.util.find_spec("openvino"):
        loaders["openvino"] = openvino_scorer
    return loaders
