"""Gates for a build: thresholds of measures, and no regression of stages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eval.errors import EvaluationError
from eval.reports.compare import Change, compare
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling
from eval.retrieval.verdict import Outcome, difference, outcome

_THRESHOLD: Final = re.compile(
    r"(?:(?P<stage>[^\s=<>]+)\.)?(?P<measure>\w+@\d+)\s*>?=\s*(?P<minimum>[01](?:\.\d+)?|\.\d+)"
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A lower bound of a measure of a stage; ``stage`` is ``None`` for the final one."""

    stage: str | None
    measure: str
    minimum: float


def parse_threshold(text: str) -> Threshold:
    """Parses ``ensemble.hit@1>=0.8`` or, for the final stage, ``hit@1>=0.8``; ``=`` means the same.

    Raises:
        EvaluationError: the text has another form, or the value is not between 0 and 1.
    """
    match = _THRESHOLD.fullmatch(text.strip())
    minimum = float(match["minimum"]) if match else -1.0
    if match is None or not 0.0 <= minimum <= 1.0:
        raise EvaluationError(
            f'"{text}" is not a threshold; one reads ensemble.hit@1>=0.8, or hit@1>=0.8 for the '
            "final stage, with a value from 0 to 1"
        )
    return Threshold(match["stage"], match["measure"], minimum)


def check_thresholds(report: RetrievalReport, thresholds: Iterable[str]) -> list[str]:
    """Messages about thresholds that are missed; empty if there are none.

    Raises:
        EvaluationError: a threshold can't be read, or names what the report does not hold.
    """
    failures = []
    for threshold in map(parse_threshold, thresholds):
        cells = {row.stage: row.cells for row in report.table.rows}
        stage = threshold.stage or report.table.final
        if stage not in cells:
            raise EvaluationError(f'there is no stage "{stage}"; there are {", ".join(cells)}')
        if threshold.measure not in cells[stage]:
            raise EvaluationError(
                f"there is no measure {threshold.measure}; there are {', '.join(cells[stage])}"
            )
        mean = cells[stage][threshold.measure].mean
        if mean < threshold.minimum:
            failures.append(
                f"{stage}: {threshold.measure} is {mean:.4f}, "
                f"below the {threshold.minimum:g} that was asked for"
            )
    return failures


def check_regression(
    report: RetrievalReport, base: RetrievalReport, *, resampling: Resampling = DEFAULT_RESAMPLING
) -> list[str]:
    """Messages about what is worse in ``report`` than in ``base``; empty if nothing is.

    A stage is worse if a headline measure is significantly lower, corrected for the number of
    stages and measures. A worse route is reported together with the combinations that got worse
    with it. Missing stages, and parts that failed on some questions, are failures too.

    Raises:
        NotComparable: the reports are about different datasets.
    """
    found = compare(base, report, resampling=resampling)
    routes = set(base.table.routes)
    failures = [f"{_called(stage, routes)} is missing; the base has it" for stage in found.missing]
    failures += [
        f"degraded on {count} of {found.questions} questions: {reason}"
        for reason, count in sorted(report.degraded.items())
    ]
    worse: dict[str, list[Change]] = {}
    for change in found.changes:
        if outcome(change.test, change.p_corrected) is Outcome.WORSE:
            worse.setdefault(change.measure, []).append(change)
    for changes in worse.values():
        failures += _falls(changes, routes)
    return failures


def _falls(changes: Sequence[Change], routes: set[str]) -> list[str]:
    """Routes that are worse on a measure, and worse combinations that they do not explain."""
    fallen = [change for change in changes if change.stage in routes]
    combined = [change for change in changes if change.stage not in routes]
    if not fallen:
        return [f"{_fell(change, routes)}, though no route did" for change in combined]
    with_it = "".join(
        f"; {change.stage} fell with it, from {change.before:.3f} to {change.after:.3f}"
        for change in combined
    )
    return [_fell(change, routes) + with_it for change in fallen]


def _fell(change: Change, routes: set[str]) -> str:
    return (
        f"{_called(change.stage, routes)}: {change.measure} fell from {change.before:.3f} "
        f"to {change.after:.3f} ({difference(change.test)}, p = {change.p_corrected:.2g}, "
        f"{len(change.won)} won, {len(change.lost)} lost)"
    )


def _called(stage: str, routes: set[str]) -> str:
    return f"route {stage}" if stage in routes else f"stage {stage}"
