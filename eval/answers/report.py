"""What one evaluation of answers found, with all that is needed to believe or repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.domain.documents import Scalar
from app.durability.files import write_text
from eval.answers.grouping import Group
from eval.answers.judge import JudgeReport
from eval.answers.measures.abstention import Abstention
from eval.answers.outcomes.shares import Outcomes
from eval.answers.scoring import AnswerScores
from eval.answers.shown import ShownAnswer, writable
from eval.errors import EvaluationError
from eval.json_files import dump_json
from eval.reports.saved import read_saved

FORMAT: Final = "attest-answers/2"
"""Names the layout of a report's JSON."""


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Percentiles of the time to a whole answer, search included, over all questions.

    ``stages`` has the median of each stage over the questions that went through it.
    """

    p50: float
    p95: float
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Answers to the questions of one dataset: ids and numbers.

    ``shown`` has the texts where they were asked for; it is empty otherwise. ``outcomes``,
    ``overall`` and ``groups``, by ``mode``, ``language`` and, where the dataset says, ``kind``, are
    of the dataset's own questions, as is ``abstention``; ``withheld`` is of its answerable ones and
    the same asked without what answers them, where that was done. Times are of all.
    ``degraded`` counts questions on which a part of the service failed, by its reason.
    ``generator`` is ``none`` for answers made of quotations alone.
    """

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
        """The same report always as the same text; `answer_report_from_json` reads it back."""
        return writable(dump_json(asdict(self)))

    def save(self, path: Path) -> None:
        """Writes `to_json` to a file."""
        write_text(path, self.to_json())


def answer_report_from_json(text: str) -> AnswerReport:
    """Reads a report back.

    Raises:
        EvaluationError: the text is not a report of this format.
    """
    return read_saved(text, AnswerReport, format_=FORMAT, what="a report on answers")


def read_answer_report(path: Path) -> AnswerReport:
    """A report of a file.

    Raises:
        EvaluationError: the file can't be read, or is not a report of this format.
    """
    try:
        return answer_report_from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, EvaluationError) as error:
        raise EvaluationError(f"{path}: {error}") from error
