"""Whether a stretch of Chinese is a noun phrase, by the dictionary's parts of speech."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Final

import jieba
import jieba.posseg

_NOMINAL: Final = ("n", "eng", "m", "j", "x", "s", "t", "q", "l")


@lru_cache(maxsize=4096)
def is_noun(text: str) -> bool:
    """Whether each of its words may be a noun, a name, a number or a measure."""
    jieba.setLogLevel(logging.WARNING)
    return all(flag.startswith(_NOMINAL) for _, flag in jieba.posseg.lcut(text))
