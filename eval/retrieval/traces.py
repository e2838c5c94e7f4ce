"""Questions that a stage wins or loses against another, with the ranks on every stage.

They hold only ids, so a report on a private dataset can be shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eval.errors import EvaluationError
from eval.metrics.measure import Measure
from eval.reports.retrieval_report import RetrievalReport
from eval.statistics.ranks import score_of_rank


@dataclass(frozen=True, slots=True)
class QuestionTrace:
    """A question and the rank of its first relevant document by stage, ``None`` if not found."""

    id: str
    ranks: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Diff:
    """The questions that ``stage`` wins and loses on ``measure``, largest differences first.

    ``stages`` are those of the report, in order.
    """

    stages: tuple[str, ...]
    stage: str
    baseline: str
    measure: str
    won: tuple[QuestionTrace, ...]
    lost: tuple[QuestionTrace, ...]


def traces(report: RetrievalReport) -> tuple[QuestionTrace, ...]:
    """The traces of all questions of the report, in order."""
    rows = report.table.rows
    return tuple(
        QuestionTrace(id_, {row.stage: row.ranks[n] for row in rows})
        for n, id_ in enumerate(report.table.queries)
    )


def diff(
    report: RetrievalReport, stage: str, baseline: str, measure: Measure | None = None
) -> Diff:
    """Compares two stages question by question, on the report's MRR unless told otherwise.

    Raises:
        EvaluationError: the report has no such stage.
        ValueError: the measure depends on more than the first relevant document.
    """
    stages = tuple(row.stage for row in report.table.rows)
    for name in (stage, baseline):
        if name not in stages:
            raise EvaluationError(
                f'the report has no stage "{name}"; there are {", ".join(stages)}'
            )
    judged = measure or report.table.headline()[1]

    def gain(trace: QuestionTrace) -> float:
        ranks = trace.ranks
        return score_of_rank(judged, ranks[stage]) - score_of_rank(judged, ranks[baseline])

    found = sorted(traces(report), key=gain)
    return Diff(
        stages=stages,
        stage=stage,
        baseline=baseline,
        measure=judged.label,
        won=tuple(trace for trace in reversed(found) if gain(trace) > 0),
        lost=tuple(trace for trace in found if gain(trace) < 0),
    )
