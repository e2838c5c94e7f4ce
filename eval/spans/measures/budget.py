"""A context of so many tokens: what makes chunks of different sizes comparable."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans.measures.region import Passage


def within_budget(ranked: Sequence[Passage], *, tokens: int) -> Sequence[Passage]:
    """The best passages that fit: taken whole in ranked order, ending before the first too many.

    What follows a passage that does not fit is left out even where it would fit, since a reader
    who is shown passages by rank never skips one. The budget may thus be left unspent by up to
    one passage, which costs large chunks more than small ones, as it does when a prompt is filled.

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
