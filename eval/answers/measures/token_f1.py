"""Token F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eval.answers.measures.tokens import answer_tokens


def token_f1(answer: str, gold: Iterable[str]) -> float:
    """Harmonic mean of bag-of-tokens precision and recall, for the best gold answer.

    In [0, 1]. If one side has no tokens, it is 1 if the other has none either, else 0.

    Source: SQuAD (see `eval.answers.measures.tokens`). CMRC 2018's own script counts the longest
    common substring in place of the common tokens, and is at most as high as this.
    """
    tokens = Counter(answer_tokens(answer))
    return max((_f1(tokens, Counter(answer_tokens(text))) for text in gold), default=0.0)


def _f1(answer: Counter[str], gold: Counter[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    return 2 * (answer & gold).total() / (answer.total() + gold.total())
