"""Exact match."""

from __future__ import annotations

from collections.abc import Iterable

from eval.answers.measures.tokens import answer_tokens


def exact_match(answer: str, gold: Iterable[str]) -> float:
    """1 if the tokens of the answer equal those of a gold answer, else 0.

    Source: SQuAD (see `eval.answers.measures.tokens`); over several gold answers the best counts.
    """
    tokens = answer_tokens(answer)
    return float(any(tokens == answer_tokens(text) for text in gold))
