"""Choosing a setting from the scores of many, and how well such a choice does on other questions.

Everything here works on a matrix of scores, a row a setting and a column a question, so that
choosing again for every fold costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from eval.tuning.fused import Setting
from eval.tuning.recalled import Floats, Ints

MIN_GROUP: Final = 50
"""Questions that a language or a kind must have to get weights of its own."""

Choose: TypeAlias = Callable[[Ints], "Choice"]
"""From the columns that may be looked at to a choice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows of the matrix: ``default`` for all questions, but for groups with a row of their own."""

    default: int
    by_group: Mapping[str, int]

    def rows(self, groups: Sequence[str]) -> Ints:
        """The row that each question is scored by."""
        return np.array([self.by_group.get(group, self.default) for group in groups])


def choose_one(scores: Floats, columns: Ints, *, prefer: int) -> Choice:
    """The row with the best mean over ``columns``.

    Rows that are no worse than it by more than half a standard error of the paired difference are
    as good for all that is known; of these ``prefer`` is taken, or else the one nearest to it in
    score, question by question, so that noise moves as little as possible.
    """
    seen = scores[:, columns]
    best = int(seen.mean(axis=1).argmax())
    behind = seen[best] - seen
    error = behind.std(axis=1) / np.sqrt(len(columns))
    alike = np.flatnonzero(behind.mean(axis=1) <= 0.5 * error)
    if prefer in alike:  # others may score the same on every question
        return Choice(prefer, {})
    distance = np.abs(seen[alike] - seen[prefer]).mean(axis=1)
    return Choice(int(alike[distance.argmin()]), {})


def choose_by_group(
    scores: Floats,
    columns: Ints,
    *,
    settings: Sequence[Setting],
    groups: Sequence[str],
    prefer: int,
) -> Choice:
    """One row for all, then for each group with enough questions the best of the same family."""
    overall = choose_one(scores, columns, prefer=prefer).default
    family = [row for row, s in enumerate(settings) if s.family == settings[overall].family]
    place = family.index(overall)
    by_group: dict[str, int] = {}
    names = np.array(groups)
    for group in sorted({groups[column] for column in columns}):
        members = columns[names[columns] == group]
        if len(members) >= MIN_GROUP:
            chosen = choose_one(scores[family], members, prefer=place).default
            by_group[group] = family[chosen]
    return Choice(overall, by_group)


def folds(questions: Ints, count: int, rng: np.random.Generator) -> list[Ints]:
    """The columns in ``count`` random parts of equal size, up to one."""
    return [np.sort(part) for part in np.array_split(rng.permutation(questions), count)]


def cross_fitted(
    scores: Floats, parts: Sequence[Ints], choose: Choose, groups: Sequence[str]
) -> Floats:
    """``(q,)`` the score of each question under what was chosen on all parts but its own.

    Every question is held out once from the choice that it judges, so that a gain over the default
    here is none of having looked. Questions in no part are NaN.
    """
    fitted = np.full(scores.shape[1], np.nan)
    for held_out in parts:
        seen = np.concatenate([part for part in parts if part is not held_out])
        rows = choose(np.sort(seen)).rows(groups)
        fitted[held_out] = scores[rows[held_out], held_out]
    return fitted
