"""Splits mined groups into training and held-out parts, and samples negatives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from train.errors import InvalidPairs
from train.mining.candidate_groups import CandidateGroup, CandidatePassage


@dataclass(frozen=True, slots=True)
class Sample:
    """A question, the passage that answers it, and its sampled negatives."""

    query: str
    positive: CandidatePassage
    negatives: tuple[CandidatePassage, ...]

    @property
    def passages(self) -> tuple[CandidatePassage, ...]:
        """All passages, the answer first."""
        return (self.positive, *self.negatives)


@dataclass(frozen=True, slots=True)
class Split:
    """Training questions and held-out questions."""

    train: tuple[CandidateGroup, ...]
    held_out: tuple[CandidateGroup, ...]


def split(
    groups: Sequence[CandidateGroup],
    *,
    share: float,
    most: int,
    seed: int,
    questions: int | None = None,
) -> Split:
    """Holds out a random ``share``, ``most`` questions at most; no passage answers in both parts.

    ``questions`` of the others are trained on, or all.

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
    groups: Sequence[CandidateGroup], *, negatives: int, near: int, epochs: int, seed: int
) -> Iterator[Sample]:
    """Yields a sample of each group per epoch, in random order, with new negatives each time.

    Half of the negatives are among the ``near`` best candidates. These are the hardest, and the
    most likely to be unmarked answers. The other half is from the candidates below.
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
