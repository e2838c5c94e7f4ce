"""Comparison of two reports on the same questions: changes, gains, losses, other differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from app.domain.documents import Scalar
from eval.errors import NotComparable
from eval.metrics.measure import Measure
from eval.reports.retrieval_report import RetrievalReport
from eval.reports.saved_report import SavedReport
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling
from eval.statistics.holm import holm
from eval.statistics.ranks import score_of_rank
from eval.statistics.significance import PairedTest, paired_test

FORMAT: Final = "attest-comparison/1"
"""Name of the JSON format."""


@dataclass(frozen=True, slots=True)
class Move:
    """A question and the rank of its first relevant document before and after."""

    id: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a stage on a measure: both means and a test of the difference (after − before).

    ``p_corrected`` is Holm-corrected over all changes of the comparison. The largest gains and
    losses come first.
    """

    stage: str
    measure: str
    before: float
    after: float
    test: PairedTest
    p_corrected: float
    won: tuple[Move, ...]
    lost: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class ReportComparison(SavedReport):
    """The changes from one report to another.

    ``left_out`` counts the questions that only one of them has. ``missing`` and ``added`` are
    stages of only one. ``differences`` has the datasets, provenance and failures that differ,
    before and after; ``None`` if a report does not state one.
    """

    NAME: ClassVar[str] = "a comparison of reports"

    dataset: str
    questions: int
    left_out: int
    resampling: Resampling
    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    differences: Mapping[str, tuple[Scalar | None, Scalar | None]]
    format: str = FORMAT


def compare(
    before: RetrievalReport,
    after: RetrievalReport,
    *,
    shared_questions: bool = False,
    resampling: Resampling = DEFAULT_RESAMPLING,
) -> ReportComparison:
    """Compares every stage that both reports have, on the headline measures of ``before``.

    With ``shared_questions`` the datasets may differ, and questions are identified by their ids.

    Raises:
        NotComparable: the reports are about different datasets and that was not allowed, or have
            no question or no stage in common.
    """
    shared = _shared_questions(before, after, allow_others=shared_questions)
    stages = [row.stage for row in before.table.rows]
    others = [row.stage for row in after.table.rows]
    family = [
        _change(before, after, shared, stage, measure, resampling)
        for measure in before.table.headline()
        for stage in stages
        if stage in others
    ]
    if not family:
        raise NotComparable(
            f"the reports have no stage in common: {', '.join(stages)}; {', '.join(others)}"
        )
    corrected = holm([change.test.p_randomisation for change in family])
    return ReportComparison(
        dataset=before.dataset,
        questions=len(shared),
        left_out=len(set(before.table.queries) ^ set(after.table.queries)),
        resampling=resampling,
        changes=tuple(
            replace(change, p_corrected=p) for change, p in zip(family, corrected, strict=True)
        ),
        missing=tuple(stage for stage in stages if stage not in others),
        added=tuple(stage for stage in others if stage not in stages),
        differences=_differences(before, after),
    )


def _shared_questions(
    before: RetrievalReport, after: RetrievalReport, *, allow_others: bool
) -> list[str]:
    present = set(after.table.queries)
    shared = [id_ for id_ in before.table.queries if id_ in present]
    same = before.dataset_hash == after.dataset_hash and len(shared) == len(present) == len(
        before.table.queries
    )
    if not shared:
        raise NotComparable(f"{_named(before)} and {_named(after)} have no question in common")
    if not (same or allow_others):
        raise NotComparable(
            f"the reports are about different datasets: {_named(before)} and {_named(after)}; "
            f"{len(shared)} questions have the same id, which are compared on explicit request only"
        )
    return shared


def _named(report: RetrievalReport) -> str:
    return f"{report.dataset} ({len(report.table.queries)} questions, {report.dataset_hash[:12]})"


def _change(
    before: RetrievalReport,
    after: RetrievalReport,
    shared: Sequence[str],
    stage: str,
    measure: Measure,
    resampling: Resampling,
) -> Change:
    """The change before the correction for multiple comparisons."""
    old, new = _ranks(before, stage), _ranks(after, stage)
    moves = [Move(id_, old[id_], new[id_]) for id_ in shared]
    scores_before = [score_of_rank(measure, move.before) for move in moves]
    scores_after = [score_of_rank(measure, move.after) for move in moves]
    gains = [new - old for new, old in zip(scores_after, scores_before, strict=True)]
    order = sorted(range(len(moves)), key=lambda n: gains[n])
    test = paired_test(
        scores_after,
        scores_before,
        level=resampling.level,
        resamples=resampling.resamples,
        seed=resampling.seed,
    )
    return Change(
        stage=stage,
        measure=measure.label,
        before=math.fsum(scores_before) / len(moves),
        after=math.fsum(scores_after) / len(moves),
        test=test,
        p_corrected=test.p_randomisation,
        won=tuple(moves[n] for n in reversed(order) if gains[n] > 0),
        lost=tuple(moves[n] for n in order if gains[n] < 0),
    )


def _ranks(report: RetrievalReport, stage: str) -> Mapping[str, int | None]:
    return dict(zip(report.table.queries, report.table.row(stage).ranks, strict=True))


def _differences(
    before: RetrievalReport, after: RetrievalReport
) -> Mapping[str, tuple[Scalar | None, Scalar | None]]:
    old, new = _facts(before), _facts(after)
    return {
        name: (old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _facts(report: RetrievalReport) -> Mapping[str, Scalar]:
    failures = {f"degraded: {reason}": count for reason, count in report.degraded.items()}
    return {
        "dataset": report.dataset,
        "dataset_hash": report.dataset_hash,
        **report.provenance,
        **failures,
    }
