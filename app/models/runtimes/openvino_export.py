"""Writes what PyTorch computes in the form that OpenVINO runs."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openvino
import torch
from filelock import FileLock
from tokenizers import Tokenizer

from app.models.runtimes.openvino_runtime import FACTS_FILE, MODEL_FILE, TOKENIZER_FILE, is_exported
from app.models.third_party import quiet


class _Traced(torch.nn.Module):
    """What is traced: a forward pass, with the weights that it uses as submodules."""

    def __init__(self, weights: torch.nn.Module, run: Callable[..., Any]) -> None:
        super().__init__()
        self.weights = weights
        self._run = run

    def forward(self, *inputs: torch.Tensor) -> Any:
        """What ``run`` gives."""
        return self._run(*inputs)


def export(
    weights: torch.nn.Module,
    run: Callable[..., Any],
    inputs: Sequence[str],
    folder: Path,
    *,
    tokenizer: Tokenizer,
    facts: Mapping[str, object],
    pad_id: int,
) -> None:
    """Writes a model into ``folder``, whole or not at all; does nothing where it is there.

    Weights are stored as float16, which is finer than the bfloat16 that they may be computed in.

    Args:
        weights: Holds every parameter that ``run`` uses, on the CPU.
        run: The forward pass over ``inputs``, each ``(n, length) int64``; the second is the mask.
        inputs: Names of what it takes, in their order.
        folder: Where it goes.
        tokenizer: Kept beside it.
        facts: Likewise, as JSON.
        pad_id: A token that every vocabulary has.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if is_exported(folder):
            return
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            work = Path(temporary) / "export"
            work.mkdir()
            converted = _convert(_Traced(weights, run), len(inputs), pad_id)
            openvino.save_model(converted, work / MODEL_FILE, compress_to_fp16=True)
            tokenizer.save(str(work / TOKENIZER_FILE))
            (work / FACTS_FILE).write_text(json.dumps(dict(facts)), encoding="utf-8")
            work.rename(folder)


def _convert(module: _Traced, inputs: int, pad_id: int) -> openvino.Model:
    # Two rows, one of them padded: on a mask of ones alone, tracing would leave the mask out.
    ids = torch.full((2, 8), pad_id, dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    examples = [ids, mask, *(torch.zeros_like(ids) for _ in range(inputs - 2))]
    any_shape = openvino.PartialShape([-1, -1])
    with quiet(), warnings.catch_warnings(), torch.inference_mode():
        # Tracing reads deprecated attributes of transformers and warns of branches on shapes.
        warnings.simplefilter("ignore")
        return openvino.convert_model(
            module,
            example_input=tuple(examples),
            input=[(any_shape, openvino.Type.i64)] * inputs,
        )
