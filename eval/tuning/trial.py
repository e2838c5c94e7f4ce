"""Cross-validation of ways to choose settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from eval.statistics.holm import holm
from eval.statistics.significance import LEVEL, PairedTest, paired_test
from eval.tuning.candidate_arrays import Floats, Ints
from eval.tuning.choosing import Choice, Choose, cross_fitted, folds
from eval.tuning.tuning_report import Attempt, Scope

FOLDS: Final = 5
HELD_OUT: Final = 0.2
"""Share of the questions that no choice ever uses."""
CUTOFF: Final = 10
"""Reciprocal ranks beyond it count 0, as in MRR@10."""

Describe: TypeAlias = Callable[[Choice, Scope], dict[str, object]]
"""Converts a choice to fields of `RetrievalSettings`."""


def reciprocal(ranks: Ints) -> Floats:
    """1 / rank for ranks from 1 to `CUTOFF`, else 0."""
    return np.where((ranks > 0) & (ranks <= CUTOFF), 1.0 / np.maximum(ranks, 1), 0.0)


@dataclass(frozen=True, slots=True)
class ChoiceMethod:
    """A way to choose: its scope, the group of each question, and the choosing function."""

    scope: Scope
    groups: Sequence[str]
    choose: Choose


@dataclass(frozen=True, slots=True)
class Trial:
    """Data of all attempts. Row 0 of ``ranks`` and ``scores``, ``(s, q)``, is the default."""

    ranks: Ints
    scores: Floats
    parts: Sequence[Ints]
    untouched: Ints
    describe: Describe

    @classmethod
    def of(cls, ranks: Ints, describe: Describe, *, seed: int) -> Trial:
        """Splits the questions at random into an untouched part and folds of the others."""
        count = ranks.shape[1]
        rng = np.random.default_rng(seed)
        order = rng.permutation(count)
        untouched = round(HELD_OUT * count)
        parts = folds(order[untouched:], FOLDS, rng)
        return cls(ranks, reciprocal(ranks), parts, np.sort(order[:untouched]), describe)

    @property
    def seen(self) -> Ints:
        """The questions that choices may use."""
        return np.sort(np.concatenate(list(self.parts)))

    def attempts(self, ways: Sequence[ChoiceMethod]) -> tuple[tuple[Attempt, ...], list[Floats]]:
        """Returns the attempt of each method, and held-out scores of all questions."""
        held_out = [self._held_out(self.scores, way) for way in ways]
        tests = [paired_test(scores.tolist(), self.scores[0].tolist()) for scores in held_out]
        corrected = holm([test.p_randomisation for test in tests])
        attempts = tuple(
            self._attempt(way, test, p) for way, test, p in zip(ways, tests, corrected, strict=True)
        )
        return attempts, held_out

    def _held_out(self, scores: Floats, way: ChoiceMethod) -> Floats:
        """Scores each question by a choice that did not use it."""
        fitted = cross_fitted(scores, self.parts, way.choose, way.groups)
        rows = way.choose(self.seen).rows(way.groups)
        fitted[self.untouched] = scores[rows[self.untouched], self.untouched]
        return fitted

    def _attempt(self, way: ChoiceMethod, gain: PairedTest, p: float) -> Attempt:
        hits = (self.ranks == 1).astype(np.float64)
        hit = paired_test(self._held_out(hits, way).tolist(), hits[0].tolist())
        choice = way.choose(self.seen)
        rows = choice.rows(way.groups)[self.untouched]
        untouched = paired_test(
            self.scores[rows, self.untouched].tolist(), self.scores[0, self.untouched].tolist()
        )
        accepted, reason = _judge(gain, p, hit, untouched)
        chosen = self.describe(choice, way.scope)
        return Attempt(way.scope, chosen, gain, hit, untouched, p, accepted, reason)


def _judge(gain: PairedTest, p: float, hit: PairedTest, untouched: PairedTest) -> tuple[bool, str]:
    if gain.difference <= 0 or p > 1.0 - LEVEL:
        return False, "no significant gain on questions that it was not chosen on"
    if hit.difference < 0 and hit.p_randomisation <= 1.0 - LEVEL:
        return False, "it loses hit@1 significantly"
    if untouched.difference < 0 and untouched.p_randomisation <= 1.0 - LEVEL:
        return False, "it loses significantly on the questions that nothing was chosen on"
    return True, "a significant gain on questions that it was not chosen on"


def simplest(attempts: Sequence[Attempt], fitted: Sequence[Floats]) -> int | None:
    """Index of the first accepted attempt, unless a later one is significantly better."""
    standing: int | None = None
    for index, attempt in enumerate(attempts):
        if not attempt.accepted:
            continue
        if standing is None:
            standing = index
            continue
        test = paired_test(fitted[index].tolist(), fitted[standing].tolist())
        if test.difference > 0 and test.p_randomisation <= 1.0 - LEVEL:
            standing = index
    return standing
