"""Writes an encoder, pooling included, in the form that OpenVINO runs."""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path

import openvino
import torch
from filelock import FileLock

from app.models.openvino_runtime import FACTS_FILE, MODEL_FILE, TOKENIZER_FILE, is_exported
from app.models.third_party import quiet
from app.models.torch_runtime import TorchRuntime


class _Pipeline(torch.nn.Module):
    """What is traced: the forward pass of a runtime, with its weights as submodules."""

    def __init__(self, runtime: TorchRuntime) -> None:
        super().__init__()
        self.weights = runtime.model
        self._run = runtime.forward

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Token states and text vectors."""
        return self._run(input_ids, attention_mask)


def export(source: TorchRuntime, folder: Path) -> None:
    """Writes ``source`` into ``folder``, whole or not at all; does nothing where it is there.

    Weights are stored as float16, which is finer than the bfloat16 that they are computed in.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if is_exported(folder):
            return
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            work = Path(temporary) / "export"
            work.mkdir()
            openvino.save_model(_convert(source), work / MODEL_FILE, compress_to_fp16=True)
            source.tokenizer.save(str(work / TOKENIZER_FILE))
            (work / FACTS_FILE).write_text(json.dumps(source.facts.as_json()), encoding="utf-8")
            work.rename(folder)


def _convert(source: TorchRuntime) -> openvino.Model:
    # Two rows, one of them padded: on a mask of ones alone, tracing would leave the mask out.
    ids = torch.full((2, 8), source.facts.pad_id, dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    any_shape = openvino.PartialShape([-1, -1])
    with quiet(), warnings.catch_warnings(), torch.inference_mode():
        # Tracing reads deprecated attributes of transformers and warns of branches on shapes.
        warnings.simplefilter("ignore")
        return openvino.convert_model(
            _Pipeline(source),
            example_input={"input_ids": ids, "attention_mask": mask},
            input=[
                ("input_ids", any_shape, openvino.Type.i64),
                ("attention_mask", any_shape, openvino.Type.i64),
            ],
        )
