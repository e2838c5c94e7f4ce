"""Chooses the fastest numeric form of a cross-encoder that leaves its order alone, by measuring.

As `app.models.runtimes.precision` does for embedders: a form counts when its scores, less their
mean, keep a cosine of at least `MIN_COSINE` to those of float32 on the CPU.
"""

# ruff: noqa: PLC0415 - engines are imported by the loader that needs them: PyTorch takes seconds

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.devices import CPU
from app.models.devices import THE_CPU, Device
from app.models.folder import ModelFolder
from app.models.runtimes.calibration_texts import PASSAGES, QUERY
from app.models.runtimes.encoder import Precision
from app.models.runtimes.forms import loaders_of_forms
from app.models.runtimes.pair_scorer import PairScorer, pad_pairs
from app.models.runtimes.precision import (
    CALIBRATION_FILE,
    REPEATS,
    Choice,
    Measurement,
    calibration_key,
    load_fastest,
    seconds,
)

FEW: Final = 4
"""Pairs of the small batch; the large one has all calibration passages."""


def load_scorer(
    model: ModelFolder,
    *,
    cache: Path,
    device: Device = THE_CPU,
    precision: Literal["auto"] | Precision = "auto",
    threads: int = 0,
) -> tuple[PairScorer, Choice]:
    """Loads ``model`` in ``precision``, measuring first where ``auto`` has not been decided yet.

    Raises:
        ConfigurationError: the device lacks the form that is asked for, or has none that is right.
        ModelIncompatible: the folder holds no cross-encoder with a single score.
    """
    return load_fastest(
        loaders_of_forms(
            model,
            cache=cache,
            device=device,
            threads=threads,
            in_torch=_in_torch,
            in_openvino=_in_openvino,
            inputs=_inputs,
        ),
        calibrate,
        file=cache / CALIBRATION_FILE,
        key=f"pairs | {calibration_key(model, threads, device)}",
        precision=precision,
        device=device,
        on_cpu=partial(_in_torch, model.path, "float32", CPU),
    )


def calibrate(
    loaders: Mapping[Precision, Callable[[], PairScorer]],
    reference: Callable[[], PairScorer] | None = None,
) -> tuple[Measurement, ...]:
    """Measures every candidate against ``reference``, or else against the float32 among them."""
    scorers = [load() for load in loaders.values()]
    encodings = scorers[0].tokenizer.encode_batch([(QUERY, passage) for passage in PASSAGES])
    many, few = (pad_pairs(part, scorers[0].facts) for part in (encodings, encodings[:FEW]))

    def scores_of(scorer: PairScorer) -> NDArray[np.float64]:
        raw: NDArray[np.float64] = scorer.score(many).astype(np.float64)
        return raw - np.float64(raw.mean())

    scores = {scorer.precision: scores_of(scorer) for scorer in scorers}
    right = scores_of(reference()) if reference else scores["float32"]
    many_s = {scorer.precision: math.inf for scorer in scorers}
    few_s = dict(many_s)
    for _ in range(REPEATS):
        for scorer in scorers:
            name = scorer.precision
            many_s[name] = min(many_s[name], seconds(partial(scorer.score, many)))
            few_s[name] = min(few_s[name], seconds(partial(scorer.score, few)))
    return tuple(
        Measurement(
            precision=name,
            passages_per_s=len(PASSAGES) / many_s[name],
            query_ms=few_s[name] * 1_000.0,
            min_cosine=_cosine(scores[name], right),
        )
        for name in many_s
    )


def _cosine(scores: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    norms = float(np.linalg.norm(scores) * np.linalg.norm(reference))
    return float(scores @ reference) / norms if norms else 1.0


def _in_torch(folder: Path, precision: Literal["float32", "bfloat16"], device: str) -> PairScorer:
    from app.models.runtimes.pair_torch import TorchPairScorer

    return TorchPairScorer(folder, precision, device)


def _in_openvino(folder: Path, threads: int) -> PairScorer:
    from app.models.runtimes.pair_openvino import OpenVinoPairScorer

    return OpenVinoPairScorer(folder, threads)


def _inputs(scorer: PairScorer) -> tuple[str, ...]:
    from app.models.runtimes.pair_openvino import INPUTS

    return INPUTS if scorer.facts.types else INPUTS[:2]
