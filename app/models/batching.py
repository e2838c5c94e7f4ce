"""Which texts a model reads at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def batches_by_length(lengths: Sequence[int], *, most: int) -> Iterator[list[int]]:
    """Indexes of texts of like length, so that little is padding; the longest come first.

    Args:
        lengths: Tokens of each text.
        most: Tokens of one batch, padding included; a text that is longer is a batch of its own.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > most:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
