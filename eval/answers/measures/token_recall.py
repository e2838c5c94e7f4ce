"""Token recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eval.answers.measures.tokens import answer_tokens


def token_recall(answer: str, gold: Iterable[str]) -> float:
    """Share of a gold answer's tokens that the answer contains, for the best gold answer.

    In [0, 1]. Answers of whole sentences contain more than a short gold answer, which lowers their
    F1; recall only asks whether the gold answer is there. A gold answer without tokens is left out.

    Source: V. Adlakha et al., "Evaluating Correctness and Faithfulness of Instruction-Following
    Models for Question Answering", TACL 2024.
    """
    tokens = Counter(answer_tokens(answer))
    wanted = [Counter(answer_tokens(text)) for text in gold]
    return max(((tokens & w).total() / w.total() for w in wanted if w), default=0.0)
