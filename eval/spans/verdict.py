"""Verdicts of a sweep: whether to change the chunking."""

from __future__ import annotations

from eval.retrieval.verdict import Outcome, difference, outcome
from eval.spans.sweep_report import SweepComparison, SweepReport


def verdicts(report: SweepReport) -> tuple[str, ...]:
    """A sentence per stage, without a full stop, on the deciding measure."""
    return tuple(_verdict(report, stage.stage) for stage in report.results[0].stages)


def _verdict(report: SweepReport, stage: str) -> str:
    baseline = report.baseline.label
    compared = [
        each
        for each in report.comparisons
        if each.stage == stage and each.measure == report.decided_on
    ]
    if not compared:
        return f"{stage}: there is nothing to compare {baseline} with"
    ranked = sorted(compared, key=lambda each: -each.test.difference)
    outcomes = [outcome(each.test, each.p_corrected) for each in ranked]
    better = [each for each, so in zip(ranked, outcomes, strict=True) if so is Outcome.BETTER]
    worse = [each for each, so in zip(ranked, outcomes, strict=True) if so is Outcome.WORSE]
    if better:
        said = f"{stage}: significantly better than {baseline}: {_listed(report, better)}"
    else:
        said = (
            f"{stage}: keep {baseline}: no configuration is significantly better "
            f"(nearest: {_listed(report, ranked[:1])})"
        )
    return f"{said}; significantly worse: {_listed(report, worse)}" if worse else said


def _listed(report: SweepReport, comparisons: list[SweepComparison]) -> str:
    return ", ".join(
        f"{report.name(each.configuration)} {difference(each.test)}, p = {each.p_corrected:.3g}"
        for each in comparisons
    )
