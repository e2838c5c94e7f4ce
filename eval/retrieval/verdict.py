"""Verdicts: comparisons in plain words, with what can not be decided from so few questions."""

from __future__ import annotations

from enum import StrEnum

from eval.retrieval.stages import ENSEMBLE, ENSEMBLE_RERANK
from eval.retrieval.table import Comparison, Table
from eval.statistics.significance import PairedTest


class Outcome(StrEnum):
    """The outcome of a comparison for the stage."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


def outcome(test: PairedTest, p_corrected: float) -> Outcome:
    """Decides by the corrected p-value of the randomisation test, at the level of the interval.

    The test is exact if few queries differ, where the bootstrap interval excludes 0 too early (four
    questions won and none lost are no evidence: p = 0.125).
    """
    if p_corrected > 1.0 - test.interval.level:
        return Outcome.UNDECIDED
    return Outcome.BETTER if test.difference > 0 else Outcome.WORSE


def verdict(comparison: Comparison, table: Table) -> str:
    """A sentence without a full stop, with its figures."""
    stage, baseline = comparison.stage, comparison.baseline
    questions = len(table.queries)
    if comparison.won == comparison.lost == 0:
        return f"{stage} and {baseline} score alike on each of {questions} questions"
    evidence = (
        f"{difference(comparison.test)}, p = {comparison.p_corrected:.2g}, "
        f"{comparison.won} won, {comparison.lost} lost"
    )
    step = _step(comparison, table)
    match outcome(comparison.test, comparison.p_corrected):
        case Outcome.BETTER if step:
            return f"{step} helps ({stage} against {baseline}: {evidence})"
        case Outcome.BETTER:
            return f"{stage} is better than {baseline} ({evidence})"
        case Outcome.WORSE if step:
            advice = _advice(comparison, table)
            return f"{step} hurts{advice} ({stage} against {baseline}: {evidence})"
        case Outcome.WORSE:
            return f"{stage} is worse than {baseline} ({evidence})"
        case Outcome.UNDECIDED:
            return (
                f"no difference between {stage} and {baseline} can be seen "
                f"with {questions} questions ({evidence})"
            )


def _step(comparison: Comparison, table: Table) -> str:
    """What the stage adds to the baseline, in words; empty if there is no word for it."""
    against_route = comparison.baseline in table.routes
    if comparison.stage == ENSEMBLE and against_route:
        return "fusion"
    if comparison.stage == ENSEMBLE_RERANK:
        return "fusion with reranking" if against_route else "reranking"
    return ""


def _advice(comparison: Comparison, table: Table) -> str:
    """Advice about a step that hurts."""
    if comparison.baseline not in table.routes:
        return ": switch it off"
    if comparison.stage != ENSEMBLE:
        return ": do not serve it"
    if any(
        found.measure == comparison.measure
        and found.baseline == comparison.baseline
        and outcome(found.test, found.p_corrected) is Outcome.BETTER
        for found in table.comparisons
    ):
        return ""  # a later stage makes up for it
    return f": serve {comparison.baseline} alone"


def difference(test: PairedTest) -> str:
    """The mean difference with its interval, signed: ``+0.021 [+0.004, +0.038]``."""
    return f"{test.difference:+.3f} [{test.interval.low:+.3f}, {test.interval.high:+.3f}]"
