"""Which texts a model reads at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

LEAST_TOGETHER: Final = 4
"""Texts of a batch before one that is much shorter begins another."""
MUCH_SHORTER: Final = 0.6
"""Share of the longest text's length below which padding costs more than a further batch."""


def batches_by_length(lengths: Sequence[int], *, most: int) -> Iterator[list[int]]:
    """Indexes of texts of like length, so that little is padding; the longest come first.

    Args:
        lengths: Tokens of each text.
        most: Tokens of one batch, padding included; a text that is longer is a batch of its own.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        longest = lengths[batch[0]] if batch else 0
        full = (len(batch) + 1) * longest > most
        padded = len(batch) >= LEAST_TOGETHER and lengths[index] < MUCH_SHORTER * longest
        if batch and (full or padded):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
