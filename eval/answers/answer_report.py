"""The report of an evaluation of answers, with the facts needed to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from app.domain.documents import Scalar
from eval.answers.grouping import Group
from eval.answers.judge import JudgeReport
from eval.answers.measures.abstention import Abstention
from eval.answers.measures.calibration import Calibration
from eval.answers.outcomes.shares import Outcomes
from eval.answers.scoring import AnswerScores
from eval.answers.shown import ShownAnswer, writable
from eval.reports.saved_report import SavedReport

FORMAT: Final = "attest-answers/3"
"""Name of the JSON format."""


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Percentiles of the time to a whole answer, including the search, over all questions.

    ``stages`` has the median of each stage over the questions that used it.
    """

    p50: float
    p95: float
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AnswerReport(SavedReport):
    """Scores of the answers to the questions of one dataset, as ids and numbers.

    ``shown`` has the texts if they were requested. ``outcomes``, ``abstention``, ``overall`` and
    ``groups`` (by ``mode``, ``language`` and, if the dataset has it, ``kind``) are over the
    dataset's own questions. ``withheld`` is over its answerable questions and the same ones asked
    with their relevant documents hidden, if that was done. ``calibration`` is over ``all`` answers
    and by language. Times are over all. ``degraded`` counts
    questions on which a part of the service failed, by reason. ``generator`` is ``none`` for
    answers made only of quotations.
    """

    NAME: ClassVar[str] = "a report on answers"

    dataset: str
    dataset_hash: str
    documents: int
    unjudged: tuple[str, ...]
    generator: str
    outcomes: Outcomes
    overall: Group
    groups: Mapping[str, Mapping[str, Group]]
    abstention: Abstention
    withheld: Abstention | None
    calibration: Mapping[str, Calibration]
    quotations: int
    misquoted: int
    milliseconds: Milliseconds
    judge: JudgeReport | None
    degraded: Mapping[str, int]
    provenance: Mapping[str, Scalar]
    questions: tuple[AnswerScores, ...]
    seconds: float
    shown: tuple[ShownAnswer, ...] = ()
    format: str = FORMAT

    def to_json(self) -> str:
        """The report as JSON; half of a surrogate pair becomes a question mark."""
        return writable(super(AnswerReport, self).to_json())
