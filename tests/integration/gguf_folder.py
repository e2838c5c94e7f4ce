"""Turns a GGUF file into an ordinary Hugging Face folder, for the tests of what loads such."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.models.third_party import quiet


def write_folder(path: Path, folder: Path) -> None:
    """Writes the model at ``path`` into the existing, empty ``folder``, in bfloat16."""
    # The GGUF reader draws a progress bar that no setting turns off.
    with quiet(), redirect_stderr(io.StringIO()):
        tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        packed = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, dtype=torch.bfloat16
        )
        # A model that remembers it came from GGUF refuses to be saved: a new one takes its weights.
        config = packed.config
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
        model.load_state_dict(packed.state_dict())
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
