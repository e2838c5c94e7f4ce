"""Tokenizers by what their files say: models of one vocabulary share one, which is large."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer

_KEPT: Final[dict[bytes, Tokenizer]] = {}
_LOCK: Final = threading.Lock()


def shared_tokenizer(file: Path) -> Tokenizer:
    """The tokenizer of ``file``, one object for files of the same bytes: nobody may change it."""
    digest = hashlib.sha256(file.read_bytes()).digest()
    with _LOCK:
        if digest not in _KEPT:
            _KEPT[digest] = Tokenizer.from_file(str(file))
        return _KEPT[digest]
