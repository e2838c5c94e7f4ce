"""Recognition of Chinese noun phrases by the parts of speech in a dictionary."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Final

import jieba
import jieba.posseg

_NOMINAL: Final = ("n", "eng", "m", "j", "x", "s", "t", "q", "l")


@lru_cache(maxsize=4096)
def is_noun(text: str) -> bool:
    """Whether each word may be a noun, a name, a number or a measure word."""
    jieba.setLogLevel(logging.WARNING)
    return all(flag.startswith(_NOMINAL) for _, flag in jieba.posseg.lcut(text))
