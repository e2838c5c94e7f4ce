"""Comparisons in plain words: what to serve, and what can't be told from this many questions."""

from __future__ import annotations

from enum import StrEnum

from eval.table import Comparison, Table


class Outcome(StrEnum):
    """What a comparison shows of the stage."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


def outcome(comparison: Comparison, *, level: float) -> Outcome:
    """Decides by the randomisation test at 1 − ``level``.

    It is exact where few queries differ; the bootstrap interval excludes 0 too early there (four
    questions won and none lost are no evidence: p = 0.125).
    """
    if comparison.test.p_randomisation > 1.0 - level:
        return Outcome.UNDECIDED
    return Outcome.BETTER if comparison.test.difference > 0 else Outcome.WORSE


def verdict(comparison: Comparison, table: Table) -> str:
    """One sentence without a full stop, with the numbers that it rests on."""
    stage, route = comparison.stage, comparison.route
    questions = len(table.queries)
    if comparison.won == comparison.lost == 0:
        return f"{stage} and {route} score alike on each of {questions} questions"
    evidence = f"{difference(comparison)}, p = {comparison.test.p_randomisation:.3g}"
    match outcome(comparison, level=table.resampling.level):
        case Outcome.BETTER:
            return f"{stage} is better than {route} ({evidence})"
        case Outcome.WORSE:
            worse = f"{stage} is worse than {route} ({evidence})"
            if stage in table.routes or _some_combination_wins(table, comparison.measure):
                return worse
            return f"{worse}: serve {route} alone"
        case Outcome.UNDECIDED:
            return (
                f"no difference between {stage} and {route} can be seen "
                f"with {questions} questions ({evidence})"
            )


def _some_combination_wins(table: Table, measure: str) -> bool:
    return any(
        outcome(found, level=table.resampling.level) is Outcome.BETTER
        for found in table.comparisons
        if found.measure == measure and found.stage not in table.routes
    )


def difference(comparison: Comparison) -> str:
    """The mean difference with its interval, signed: ``+0.021 [+0.004, +0.038]``."""
    interval = comparison.test.interval
    return f"{comparison.test.difference:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"
