"""From mined groups to what a run trains on and what it is judged by."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from train.errors import InvalidPairs
from train.mined.groups import Group, Passage


@dataclass(frozen=True, slots=True)
class Sample:
    """A question, the passage that answers it, and negatives drawn for it."""

    query: str
    positive: Passage
    negatives: tuple[Passage, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All of them, the answer first."""
        return (self.positive, *self.negatives)


@dataclass(frozen=True, slots=True)
class Split:
    """Questions to train on, and questions that nothing is trained on."""

    train: tuple[Group, ...]
    held_out: tuple[Group, ...]


def split(
    groups: Sequence[Group], *, share: float, most: int, seed: int, questions: int | None = None
) -> Split:
    """Holds a random ``share`` out, ``most`` questions at most; no passage answers in both parts.

    Of the others, ``questions`` are trained on, or all.

    Raises:
        InvalidPairs: a part would be empty.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    order = list(groups)
    rng.shuffle(order)
    count = min(most, round(share * len(order)))
    held_out = order[:count]
    answers = {passage.text for group in held_out for passage in group.passages if passage.relevant}
    train = [
        group
        for group in order[count:]
        if not any(passage.relevant and passage.text in answers for passage in group.passages)
    ]
    if not (held_out and train):
        raise InvalidPairs(
            f"{len(groups)} questions with negatives are too few to train on some and hold others "
            "out; give more pairs"
        )
    return Split(tuple(train[:questions]), tuple(held_out))


def draw(
    groups: Sequence[Group], *, negatives: int, near: int, epochs: int, seed: int
) -> Iterator[Sample]:
    """A sample of each group an epoch, in random order, with new negatives each time.

    Half of the negatives are of the ``near`` best candidates, which are the hardest and the most
    often unmarked answers; the others are of all that follow.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for _ in range(epochs):
        order = list(groups)
        rng.shuffle(order)
        for group in order:
            others = [passage for passage in group.passages if not passage.relevant]
            close, far = others[:near], others[near:]
            first = rng.sample(close, min(len(close), -(-negatives // 2)))
            rest = rng.sample(far, min(len(far), negatives - len(first)))
            positive = next(passage for passage in group.passages if passage.relevant)
            yield Sample(group.query, positive, (*first, *rest))
