"""Thresholds for a build: bounds of outcome shares, means and times."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from eval.answers.answer_report import AnswerReport
from eval.answers.measures.mean_score import Score
from eval.answers.outcomes.shares import SHARES
from eval.answers.scoring import MEASURES
from eval.errors import EvaluationError

SENTENCES: Final = "sentences"
"""Name of the mean length of given answers, in sentences."""
TIMES: Final = ("p50_ms", "p95_ms")
"""Names of the times to an answer, in milliseconds."""

_THRESHOLD: Final = re.compile(
    r"(?:(?P<group>[^\s=<>.]+)\.)?(?P<measure>[a-z]\w*)\s*(?P<sign>>=|<=)\s*"
    r"(?P<bound>[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})"
)
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class AnswerThreshold:
    """A bound on a share or a mean, over all questions or over a half, a language or a kind."""

    group: str | None
    measure: str
    sign: str
    bound: float


def parse_answer_threshold(text: str) -> AnswerThreshold:
    """Parses ``right>=0.85``, ``wrong<=0.05``, ``zh.right>=0.8`` or ``p50_ms<=500``.

    Raises:
        EvaluationError: the text has another form, or there is no such measure.
    """
    match = _THRESHOLD.fullmatch(text.strip())
    if match is None:
        raise EvaluationError(
            f'"{text}" is not a threshold; one reads right>=0.85 or wrong<=0.05, or '
            "unseen.right>=0.85 for a half, a language or a kind"
        )
    measure = match["measure"]
    of_groups = (*SHARES, *MEASURES)
    if measure not in (*of_groups, SENTENCES, *TIMES) or (match["group"] and measure not in SHARES):
        raise EvaluationError(
            f'there is no measure "{measure}"{" of a group" if match["group"] else ""}; there are '
            + ", ".join(SHARES if match["group"] else (*of_groups, SENTENCES, *TIMES))
        )
    return AnswerThreshold(match["group"], measure, match["sign"], float(match["bound"]))


def check_answer_thresholds(report: AnswerReport, thresholds: Iterable[str]) -> list[str]:
    """Messages about thresholds that are missed; empty if there are none.

    Raises:
        EvaluationError: a threshold can't be read, or bounds what the report does not hold.
    """
    failures = []
    for threshold in map(parse_answer_threshold, thresholds):
        value = _value(report, threshold)
        if not _COMPARISONS[threshold.sign](value, threshold.bound):
            name = ".".join(filter(None, (threshold.group, threshold.measure)))
            failures.append(f"{name} is {value:.4g}, not {threshold.sign} {threshold.bound:g}")
    return failures


def _value(report: AnswerReport, threshold: AnswerThreshold) -> float:
    if threshold.measure in TIMES:
        times = report.milliseconds
        return times.p50 if threshold.measure == TIMES[0] else times.p95
    outcomes, group = report.outcomes, report.outcomes.overall
    if threshold.group:
        found = outcomes.group(threshold.group)
        if found is None:
            names = ", ".join(name for names in outcomes.groups.values() for name in names)
            raise EvaluationError(f'there is no group "{threshold.group}"; there are {names}')
        group = found
    score: Score | None = (
        outcomes.sentences
        if threshold.measure == SENTENCES
        else {**report.overall.measures, **group.shares}.get(threshold.measure)
    )
    if score is None:
        raise EvaluationError(
            f'no question that was asked defines "{threshold.measure}" for '
            f"{threshold.group or report.dataset}"
        )
    return score.mean
