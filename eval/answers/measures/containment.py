"""Whether a text contains a gold answer."""

from __future__ import annotations

from collections.abc import Iterable

from eval.answers.measures.tokens import answer_tokens


def contains_answer(text: str, gold: Iterable[str]) -> float:
    """1 if the text contains the tokens of a gold answer consecutively, else 0.

    Tokens are compared whole: "concatenate" does not contain "cat". A gold answer without tokens is
    left out.

    Source: D. Chen et al., "Reading Wikipedia to Answer Open-Domain Questions", ACL 2017, for
    whether a retrieved passage holds the answer; over several gold answers the best counts.
    """
    tokens = answer_tokens(text)
    return float(any(_stands_in(wanted, tokens) for wanted in map(answer_tokens, gold) if wanted))


def _stands_in(wanted: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    last = len(tokens) - len(wanted)
    return any(tokens[at : at + len(wanted)] == wanted for at in range(last + 1))
