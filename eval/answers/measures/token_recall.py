"""Token recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eval.answers.measures.tokens import answer_tokens


def token_recall(answer: str, gold: Iterable[str]) -> float:
    """The share of a gold answer's tokens, as a bag, that the answer has; of the best gold answer.

    In [0, 1]. Answers made of whole sentences hold more than a short gold answer and lose F1 for
    it; recall asks only whether what was wanted is there. A gold answer without tokens is left out.

    Source: V. Adlakha et al., "Evaluating Correctness and Faithfulness of Instruction-Following
    Models for Question Answering", TACL 2024.
    """
    tokens = Counter(answer_tokens(answer))
    wanted = [Counter(answer_tokens(text)) for text in gold]
    return max(((tokens & w).total() / w.total() for w in wanted if w), default=0.0)
