"""Choice of a setting by its scores, and the cross-validated score of such choices.

Everything works on a matrix of scores with a row per setting and a column per question, so choosing
again for every fold is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from eval.tuning.batch_fusion import Setting
from eval.tuning.candidate_arrays import Floats, Ints

MIN_GROUP: Final = 50
"""Fewest questions of a language or a kind that gets its own weights."""

Choose: TypeAlias = Callable[[Ints], "Choice"]
"""Makes a choice from the given columns."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice: the row ``default`` for all questions, except groups with their own row."""

    default: int
    by_group: Mapping[str, int]

    def rows(self, groups: Sequence[str]) -> Ints:
        """The row by which each question is scored."""
        return np.array([self.by_group.get(group, self.default) for group in groups])


def choose_one(scores: Floats, columns: Ints, *, prefer: int) -> Choice:
    """Chooses the row with the best mean over ``columns``.

    Rows within half a standard error of the paired difference count as equally good. Among these,
    ``prefer`` is taken, or else the row whose scores are closest to it, so that noise changes as
    little as possible.
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
    """Chooses one row for all, then for each large enough group the best row of the same family."""
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
    """Splits the columns at random into ``count`` parts of equal size."""
    return [np.sort(part) for part in np.array_split(rng.permutation(questions), count)]


def cross_fitted(
    scores: Floats, parts: Sequence[Ints], choose: Choose, groups: Sequence[str]
) -> Floats:
    """Scores each question ``(q,)`` under the choice made on all parts but its own.

    No question influences the choice that it is scored by, so a gain over the default is not due to
    overfitting. Questions in no part are NaN.
    """
    fitted = np.full(scores.shape[1], np.nan)
    for held_out in parts:
        seen = np.concatenate([part for part in parts if part is not held_out])
        rows = choose(np.sort(seen)).rows(groups)
        fitted[held_out] = scores[rows[held_out], held_out]
    return fitted
