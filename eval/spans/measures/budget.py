"""A token budget for context, which makes chunks of different sizes comparable."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans.measures.region import Passage


def within_budget(ranked: Sequence[Passage], *, tokens: int) -> Sequence[Passage]:
    """The best passages that fit: whole ones in ranked order, up to the first that does not fit.

    Later passages are left out even if they would fit, because a reader who is shown passages by
    rank never skips one. Up to one passage of the budget may stay unused. This costs large chunks
    more than small ones, as it does when a prompt is filled.

    Raises:
        ValueError: the budget is below one token.
    """
    if tokens < 1:
        raise ValueError(f"a context has at least one token, not {tokens}")
    spent = 0
    for count, passage in enumerate(ranked):
        spent += passage.tokens
        if spent > tokens:
            return ranked[:count]
    return ranked
