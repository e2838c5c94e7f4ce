"""Augmentation that imitates typed queries: lower case, keywords only, typing errors."""

from __future__ import annotations

import random
from typing import Final

_LOWERED: Final = 0.08
_KEYWORDS: Final = 0.14
_SLIPS: Final = 0.19
"""Cumulative shares of questions that are lower-cased, cut to keywords, or given a typing error."""
_LITTLE: Final = frozenset(
    {"a", "an", "and", "are", "be", "by", "can", "did", "do", "does", "for", "from", "had", "has"}
    | {"have", "how", "in", "is", "it", "its", "may", "of", "on", "or", "that", "the", "there"}
    | {"this", "to", "was", "were", "what", "when", "where", "which", "who", "why", "with", "at"}
)
_LITTLE_ZH: Final = ("请问", "是多少", "是什么", "什么时候", "有哪些")
_LONG: Final = 5
_SHORTEST: Final = 3


def with_typing_noise(question: str, rng: random.Random) -> str:
    """Applies one kind of typing noise at random; most questions stay as they are."""
    fate = rng.random()
    if fate < _LOWERED:
        made = question.lower().rstrip("?？")
    elif fate < _KEYWORDS:
        made = _keywords(question)
    elif fate < _SLIPS and question.isascii():
        made = _slip(question, rng)
    else:
        made = question
    return made if len(made) >= _SHORTEST else question


def _keywords(question: str) -> str:
    if question.isascii():
        kept = [word for word in question.rstrip("?").split() if word.lower() not in _LITTLE]
        return " ".join(kept) if len(kept) > 1 else question
    for word in _LITTLE_ZH:
        question = question.replace(word, " ")
    return question.translate(dict.fromkeys(map(ord, "吗呢？?"))).strip()


def _slip(question: str, rng: random.Random) -> str:
    """Swaps, drops or doubles one letter of a word."""
    words = question.split()
    long = [i for i, word in enumerate(words) if len(word) >= _LONG and word.islower()]
    if not long:
        return question
    at = rng.choice(long)
    word = words[at]
    j = rng.randrange(1, len(word) - 2)
    changed = [
        word[:j] + word[j + 1] + word[j] + word[j + 2 :],
        word[:j] + word[j + 1 :],
        word[: j + 1] + word[j:],
    ]
    words[at] = rng.choice(changed)
    return " ".join(words)
