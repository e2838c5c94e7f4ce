"""Packs a trained cross-encoder for shipping: ``python -m train.bundled.pack MODEL TARGET``.

It writes ``TARGET.safetensors`` (see `app.models.bundled.packed_weights`) and the model card,
``TARGET.md``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from app.models.bundled.packed_weights import pack

if __name__ == "__main__":
    model, target = map(Path, sys.argv[1:3])
    target.parent.mkdir(parents=True, exist_ok=True)
    pack(model, target.with_suffix(".safetensors"))
    target.with_suffix(".safetensors").chmod(
        0o644
    )  # safetensors makes files that only their owner reads
    shutil.copyfile(model / "README.md", target.with_suffix(".md"))
