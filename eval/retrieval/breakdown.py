"""The headline measures apart for each language and kind of question, and for synthetic ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.metrics.measure import Measure
from eval.reports.report import Report
from eval.statistics.ranks import score_of_rank

NO_KIND: Final = "not given"
"""How questions without a kind are called beside others that have one."""

PEOPLE: Final = "people"
PROGRAM: Final = "program"
"""Who wrote questions: those of a program are synthetic."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that have something in common.

    ``means`` are by stage and by the label of the measure, over these questions alone.
    """

    name: str
    questions: int
    means: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``by`` is what questions were grouped by: language, kind or author. Largest groups first."""

    by: str
    groups: tuple[Group, ...]


def breakdowns(report: Report) -> tuple[Breakdown, ...]:
    """By language, by kind and by author; each where there is more than one to tell apart."""
    synthetic = frozenset(report.synthetic)
    values = {
        "language": report.languages,
        "kind": [kind or NO_KIND for kind in report.kinds],
        "author": [PROGRAM if id_ in synthetic else PEOPLE for id_ in report.table.queries],
    }
    return tuple(
        Breakdown(by, _groups(report, names)) for by, names in values.items() if len(set(names)) > 1
    )


def _groups(report: Report, names: Sequence[str]) -> tuple[Group, ...]:
    members: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        members.setdefault(name, []).append(number)
    groups = [
        Group(name, len(numbers), _means(report, numbers)) for name, numbers in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.questions, group.name)))


def _means(report: Report, numbers: Sequence[int]) -> Mapping[str, Mapping[str, float]]:
    return {
        row.stage: {
            measure.label: _mean([row.ranks[n] for n in numbers], measure)
            for measure in report.table.headline()
        }
        for row in report.table.rows
    }


def _mean(ranks: Sequence[int | None], measure: Measure) -> float:
    return math.fsum(score_of_rank(measure, rank) for rank in ranks) / len(ranks)
