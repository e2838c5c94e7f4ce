"""Tokens by which answers are compared, by one rule for English, Chinese and mixed text.

English follows SQuAD: lower case, no punctuation, no articles, split at white space. Chinese
follows CMRC 2018: each Han character is a token, and punctuation is dropped. Two things differ from
SQuAD's script, neither of which touches plain ASCII: punctuation and symbols are those of Unicode,
and compatibility forms and Traditional characters are folded as in search, so that １２ is 12 and
電腦 is 电脑.

Sources:

- P. Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016.
- Y. Cui et al., "A Span-Extraction Dataset for Chinese Machine Reading Comprehension", EMNLP 2019.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.text.normalise import HAN_RANGES, normalise

_ARTICLES: Final = frozenset(("a", "an", "the"))
_HAN: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_RANGES)
_TOKEN: Final = re.compile(rf"[{_HAN}]|[^\s{_HAN}]+")


def answer_tokens(text: str) -> tuple[str, ...]:
    """Tokens in reading order; none for a text of only punctuation and articles."""
    plain = "".join(character for character in normalise(text) if not _is_punctuation(character))
    return tuple(token for token in _TOKEN.findall(plain) if token not in _ARTICLES)


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
