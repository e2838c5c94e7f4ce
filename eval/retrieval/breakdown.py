"""Headline measures by language, kind and author of the questions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.metrics.measure import Measure
from eval.reports.retrieval_report import RetrievalReport
from eval.statistics.ranks import score_of_rank

NO_KIND: Final = "not given"
"""Name of the group of questions without a kind."""

PEOPLE: Final = "people"
PROGRAM: Final = "program"
"""Authors of questions; those of a program are synthetic."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of questions.

    ``means`` are by stage and measure label, over these questions only.
    """

    name: str
    questions: int
    means: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of one grouping ``by`` language, kind or author, largest first."""

    by: str
    groups: tuple[Group, ...]


def breakdowns(report: RetrievalReport) -> tuple[Breakdown, ...]:
    """Groups by language, kind and author, where there is more than one group."""
    synthetic = frozenset(report.synthetic)
    values = {
        "language": report.languages,
        "kind": [kind or NO_KIND for kind in report.kinds],
        "author": [PROGRAM if id_ in synthetic else PEOPLE for id_ in report.table.queries],
    }
    return tuple(
        Breakdown(by, _groups(report, names)) for by, names in values.items() if len(set(names)) > 1
    )


def _groups(report: RetrievalReport, names: Sequence[str]) -> tuple[Group, ...]:
    members: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        members.setdefault(name, []).append(number)
    groups = [
        Group(name, len(numbers), _means(report, numbers)) for name, numbers in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.questions, group.name)))


def _means(report: RetrievalReport, numbers: Sequence[int]) -> Mapping[str, Mapping[str, float]]:
    return {
        row.stage: {
            measure.label: _mean([row.ranks[n] for n in numbers], measure)
            for measure in report.table.headline()
        }
        for row in report.table.rows
    }


def _mean(ranks: Sequence[int | None], measure: Measure) -> float:
    return math.fsum(score_of_rank(measure, rank) for rank in ranks) / len(ranks)
